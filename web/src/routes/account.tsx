import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { AccountEntries } from '#components/account-entries.tsx'
import { useAccountName } from '#components/account-name.tsx'
import { Facts } from '#components/facts.tsx'
import { Money } from '#components/money.tsx'
import { MonoName } from '#components/mono-name.tsx'
import { PageFrame } from '#components/page.tsx'
import { PersonName } from '#components/person-name.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { ShortId } from '#components/short-id.tsx'
import { counted } from '#services/counted.ts'
import { accountQuery } from '#services/ledger.ts'

export const AccountPage = () => {
  const { account: id = '' } = useParams({ strict: false })
  const { data: account, error } = useQuery(accountQuery(id))
  const name = useAccountName(id)
  if (!account) return <PageWait title="Account" error={error} />
  return (
    <PageFrame
      title={name}
      crumbs={[{ word: 'Ledger', to: '/ledger' }, { word: <ShortId id={account.id} copy /> }]}
      note={
        <>
          {account.owner?.startsWith('person_') && (
            <>
              <PersonName id={account.owner} />,{' '}
            </>
          )}
          {account.type} side, {account.unit}, {counted(account.entries, 'entry', 'entries')}
        </>
      }
    >
      <Facts
        facts={[
          { label: 'Posted', value: <Money minor={account.posted} currency={account.unit} symbol />, of: 'what entries add up to' },
          { label: 'Held', value: <Money minor={account.held} currency={account.unit} symbol />, of: 'reserved, not yet moved' },
          { label: 'Available', value: <Money minor={account.available} currency={account.unit} symbol />, of: 'posted less held' },
          { label: 'Code', value: <MonoName>{account.code}</MonoName>, of: 'in the trial balance' },
        ]}
      />
      <AccountEntries account={account.id} currency={account.unit} side={account.type} />
    </PageFrame>
  )
}
