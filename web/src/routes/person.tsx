import { Button } from '@mantine/core'
import { IconCashBanknote, IconCashBanknoteMinus, IconFilePlus, IconUserCheck, IconUserOff, type Icon } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { AccountEntries } from '#components/account-entries.tsx'
import { AuditTable } from '#components/audit-table.tsx'
import { DataTable } from '#components/data-table.tsx'
import { Empty } from '#components/empty.tsx'
import { Facts, type Fact } from '#components/facts.tsx'
import { ownLoanColumns } from '#components/loan-columns.tsx'
import { Keycap } from '#components/keycap.tsx'
import { Money } from '#components/money.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { ShortId } from '#components/short-id.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { Tabs } from '#components/tabs.tsx'
import { useRows } from '#components/use-rows.ts'
import { Waiting } from '#components/waiting.tsx'
import { loansQuery } from '#services/loans.ts'
import { useKeys } from '#services/keys.ts'
import { phoneText } from '#services/names.ts'
import { personQuery, walletQuery, type Wallet } from '#services/people.ts'
import { roleWord, useMay, type Person } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import { dateText, dayOf } from '#services/when.ts'

const factsOf = (person: Person, wallet: Wallet | undefined): readonly Fact[] => [
  {
    label: 'Wallet, available',
    value: <Money minor={wallet?.available} currency={wallet?.currency ?? 'INR'} symbol why="No wallet yet; the first deposit opens it" />,
    of:
      wallet && wallet.held > 0 ? (
        <>
          of it <Money minor={wallet.held} currency={wallet.currency} /> held
        </>
      ) : wallet ? (
        'nothing held'
      ) : (
        'no wallet yet'
      ),
  },
  { label: 'Phone', value: person.phone ? phoneText(person.phone) : '–', of: person.email ?? 'no e-mail known' },
  {
    label: 'PAN',
    value: person.pan ? <code>{person.pan}</code> : <span title="Not given">–</span>,
    of: person.pan ? 'masked' : 'not given',
  },
  {
    label: 'Roles',
    value: person.roles.map(roleWord).join(', ') || '–',
    of: person.login ? `signs in as ${person.login}` : 'has no login',
  },
  { label: 'Known since', value: dateText(dayOf(person.createdAt)) },
]

const Loans = ({ person: { id: person, state } }: { readonly person: Person }) => {
  const may = useMay()
  const { rows: loans, error, hasMore, more } = useRows(useInfiniteQuery(loansQuery({ person })))
  if (error) return <ProblemNote error={error} />
  if (!loans) return <Waiting what="loans" />
  if (loans.length === 0)
    return (
      <Empty
        title="No loan yet"
        way={
          may('lending.apply') &&
          state === 'active' && (
            <Link to="/apply" search={{ person }}>
              Take an application
            </Link>
          )
        }
      >
        Applications and loans of this person stand here.
      </Empty>
    )
  return (
    <DataTable
      caption="Loans"
      columns={ownLoanColumns}
      rows={loans}
      keyOf={(loan) => loan.id}
      to={(loan) => `/loans/${loan.id}`}
      more={hasMore}
      onMore={more}
    />
  )
}

type PersonMove = { readonly key: string; readonly word: string; readonly icon: Icon; readonly go: () => void; readonly filled?: boolean }

const usePersonMoves = ({ id: person, state }: Person, wallet: Wallet | undefined): readonly PersonMove[] => {
  const may = useMay()
  const navigate = useNavigate()
  const active = state === 'active'
  const move = active ? 'deactivate' : 'reactivate'
  const to = (place: string) => () => void navigate({ to: `/people/${person}/${place}` })
  const known: readonly (PersonMove & { readonly may: boolean })[] = [
    {
      key: 'x',
      word: active ? 'Deactivate' : 'Reactivate',
      icon: active ? IconUserOff : IconUserCheck,
      go: to(`moves/${move}`),
      may: may(`identity.${move}`),
    },
    {
      key: 'w',
      word: 'Withdraw',
      icon: IconCashBanknoteMinus,
      go: to('withdraw'),
      may: may('lending.withdraw') && wallet !== undefined && wallet.available > 0,
    },
    { key: 'd', word: 'Deposit', icon: IconCashBanknote, go: to('deposit'), may: may('lending.deposit') },
    {
      key: 'n',
      word: 'New application',
      icon: IconFilePlus,
      go: () => void navigate({ to: '/apply', search: { person } }),
      may: may('lending.apply') && active,
      filled: true,
    },
  ]
  return known.filter((one) => one.may)
}

const Moves = ({ person, wallet }: { readonly person: Person; readonly wallet: Wallet | undefined }) => {
  const moves = usePersonMoves(person, wallet)
  useKeys(Object.fromEntries(moves.map(({ key, word, go }) => [key, [word, go] as const])))
  return moves.map(({ key, word, icon: Shape, go, filled = false }) => (
    <Button
      key={key}
      {...(filled ? { variant: 'filled' } : {})}
      leftSection={<Shape size={16} stroke={1.75} />}
      rightSection={<Keycap onAccent={filled}>{key.toUpperCase()}</Keycap>}
      aria-keyshortcuts={key}
      onClick={go}
    >
      {word}
    </Button>
  ))
}

const WalletTab = ({ wallet }: { readonly wallet: Wallet | undefined }) =>
  wallet ? (
    <AccountEntries account={wallet.account} currency={wallet.currency} side="credit" />
  ) : (
    <Empty title="No wallet yet">The first deposit or disbursal opens it.</Empty>
  )

export const PersonPage = () => {
  const { person: id = '' } = useParams({ strict: false })
  const [{ tab }] = useUrl()
  const may = useMay()
  const { data: person, error } = useQuery(personQuery(id))
  const { data: wallet } = useQuery(walletQuery(id))
  if (!person) return <PageWait title="Person" error={error} />
  const tabs = [
    { id: 'loans', word: 'Loans' },
    ...(may('ledger.transfers') ? [{ id: 'wallet', word: 'Wallet' }] : []),
    ...(may('audit.records') ? [{ id: 'audit', word: 'What they did' }] : []),
  ]
  const here = tabs.find(({ id: name }) => name === tab)?.id ?? 'loans'
  return (
    <PageFrame
      title={person.name}
      crumbs={[{ word: 'People', to: '/people' }, { word: <ShortId id={person.id} copy /> }]}
      badges={<StateBadge state={person.state} soft />}
      actions={<Moves person={person} wallet={wallet} />}
    >
      <Facts facts={factsOf(person, wallet)} />
      <Tabs label="Parts of the person" name="tab" tabs={tabs} here={here} />
      {here === 'loans' && <Loans person={person} />}
      {here === 'wallet' && <WalletTab wallet={wallet} />}
      {here === 'audit' && <AuditTable filter={{ person: id }} />}
    </PageFrame>
  )
}
