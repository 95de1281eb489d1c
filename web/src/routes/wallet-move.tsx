import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Changes, Done, NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { Money } from '#components/money.tsx'
import { MoneyField } from '#components/money-field.tsx'
import { MovePage } from '#components/move-page.tsx'
import { NotFound } from '#components/not-found.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { TextField } from '#components/text-field.tsx'
import { useForm } from '#services/form.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { sentAmount, useMove } from '#services/move.ts'
import { personQuery, walletQuery } from '#services/people.ts'
import { useBodySchema } from '#services/schema.ts'
import type { Person } from '#services/session.ts'

type Kind = { readonly operation: string; readonly path: string; readonly title: string; readonly verb: string; readonly sign: 1 | -1 }
type Values = { readonly payment: string; readonly amount: number | undefined; readonly currency: string }
type Answer = { readonly id: string; readonly receipt?: string; readonly transfer?: string }

const KINDS: Record<string, Kind> = {
  deposit: { operation: 'lending.deposit', path: 'deposits', title: 'Deposit', verb: 'Deposit', sign: 1 },
  withdraw: { operation: 'lending.withdraw', path: 'withdrawals', title: 'Withdraw', verb: 'Pay out', sign: -1 },
}
const BY_CODE = {
  'lending.payment_known': 'payment',
  'ledger.transfer_known': 'payment',
  'ledger.insufficient': 'amount',
  'people.payment_known': 'payment',
}

type Form = ReturnType<typeof useForm<Values>>

const Fields = ({ form, refused, available }: { readonly form: Form; readonly refused: unknown; readonly available: number }) => {
  const { values, set, errorOf } = form
  return (
    <>
      <MoneyField
        label="Amount"
        big
        autoFocus
        currency={values.currency}
        minor={values.amount}
        onChange={(amount) => set('amount', amount)}
        error={errorOf('amount', refused)}
        hint={`In the wallet now: ${moneyWithSymbol(available, values.currency)}`}
      />
      <TextField
        label="Payment reference"
        mono
        value={values.payment}
        onChange={(payment) => set('payment', payment)}
        error={errorOf('payment', refused)}
        hint="The same reference is taken once, for ever."
      />
    </>
  )
}

const Recorded = ({
  person,
  amount,
  currency,
  answer,
}: {
  readonly person: Person
  readonly amount: number
  readonly currency: string
  readonly answer: Answer | undefined
}) => {
  const entry = answer?.receipt ?? answer?.transfer
  return (
    <Done
      title={`${moneyWithSymbol(amount, currency)} recorded`}
      ways={
        <>
          <Link to={`/people/${person.id}`}>Back to {person.name}</Link>
          {entry && <Link to={`/proof/${entry}`}>Verify the entry</Link>}
        </>
      }
    >
      The wallet is up to date.
    </Done>
  )
}

const WalletMoveForm = ({ person, kind }: { readonly person: Person; readonly kind: Kind }) => {
  const { data: wallet } = useQuery(walletQuery(person.id))
  const currency = wallet?.currency ?? 'INR'
  const schema = useBodySchema(kind.operation)
  const move = useMove<Answer>(`${kind.operation}:${person.id}`)
  const show = { amount: (minor: number) => moneyWithSymbol(minor, currency) }
  const form = useForm<Values>({ payment: `desk-${move.key.slice(0, 8)}`, amount: undefined, currency }, schema, { byCode: BY_CODE, show })
  const { values } = form
  const refused = move.state === 'refused' ? move.error : undefined
  const available = wallet?.available ?? 0
  const after = available + kind.sign * (values.amount ?? 0)
  return (
    <MovePage
      title={kind.title}
      note={`wallet of ${person.name}`}
      crumbs={[
        { word: 'People', to: '/people' },
        { word: person.name, to: `/people/${person.id}` },
      ]}
      back={`/people/${person.id}`}
      button={values.amount ? `${kind.verb} ${moneyWithSymbol(values.amount, currency)}` : kind.verb}
      under="A double click or reload cannot record it twice."
      state={move.state}
      onSend={() => form.ready() && move.submit(`/api/v1/people/${person.id}/${kind.path}`, values)}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={<Fields form={form} refused={refused} available={available} />}
      consequence={
        move.state === 'done' ? (
          <Recorded person={person} amount={sentAmount(move.sent)} currency={currency} answer={move.answer} />
        ) : (
          <>
            <WhatHappens />
            {refused && <NothingRecorded />}
            <Panel title="The wallet" level={3}>
              <Changes
                changes={[
                  {
                    what: 'Available',
                    before: <Money minor={available} currency={currency} />,
                    after: <Money minor={after} currency={currency} />,
                  },
                ]}
              />
            </Panel>
          </>
        )
      }
    />
  )
}

export const WalletMovePage = () => {
  const { person: id = '', move = '' } = useParams({ strict: false })
  const { data: person, error } = useQuery(personQuery(id))
  const kind = KINDS[move]
  if (!kind) return <NotFound />
  return person ? <WalletMoveForm key={`${id}${move}`} person={person} kind={kind} /> : <PageWait title={kind.title} error={error} />
}
