import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { AccountName } from '#components/account-name.tsx'
import { DataTable } from '#components/data-table.tsx'
import { Empty } from '#components/empty.tsx'
import { FilterChips } from '#components/filter-chips.tsx'
import { Money } from '#components/money.tsx'
import { MonoName } from '#components/mono-name.tsx'
import { PageFrame } from '#components/page.tsx'
import type { Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { useRows } from '#components/use-rows.ts'
import { Waiting } from '#components/waiting.tsx'
import { counted } from '#services/counted.ts'
import { accountsQuery, type Account } from '#services/ledger.ts'
import { glows } from '#services/live.ts'
import { useUrl } from '#services/url.ts'

const columns: readonly Column<Account>[] = [
  {
    id: 'account',
    head: 'Account',
    strong: true,
    place: 'start',
    cell: (account) => (
      <Link to={`/ledger/${encodeURIComponent(account.id)}`}>
        <AccountName id={account.id} />
      </Link>
    ),
  },
  { id: 'code', head: 'Code', wide: 'most', cell: (account) => <MonoName>{account.code}</MonoName> },
  { id: 'type', head: 'Side', quiet: true, wide: true, cell: (account) => account.type },
  { id: 'unit', head: 'Unit', quiet: true, wide: true, cell: (account) => account.unit },
  {
    id: 'posted',
    head: 'Posted',
    align: 'right',
    bare: true,
    place: 'end',
    cell: (account) => <Money minor={account.posted} currency={account.unit} />,
  },
  { id: 'held', head: 'Held', align: 'right', wide: true, cell: (account) => <Money minor={account.held} currency={account.unit} /> },
  {
    id: 'available',
    head: 'Available',
    align: 'right',
    wide: true,
    strong: true,
    cell: (account) => <Money minor={account.available} currency={account.unit} />,
  },
]

/** Every account with what is posted, held and available, each on its own side. */
export const LedgerPage = () => {
  const [{ q }] = useUrl()
  const { rows, error, hasMore, more } = useRows(useInfiniteQuery(accountsQuery(q ? { q } : {})))
  return (
    <PageFrame title="Ledger" note={rows && (hasMore ? `${rows.length}+ accounts` : counted(rows.length, 'account'))}>
      <FilterChips fields={[]} search="Search account or code" />
      {error && <ProblemNote error={error} />}
      {!rows && !error && <Waiting what="accounts" />}
      {rows && rows.length > 0 && (
        <DataTable
          caption="Accounts"
          columns={columns}
          rows={rows}
          keyOf={(account) => account.id}
          to={(account) => `/ledger/${encodeURIComponent(account.id)}`}
          tone={(account) => (glows(account.id) ? 'glow' : undefined)}
          more={hasMore}
          onMore={more}
        />
      )}
      {rows?.length === 0 && (
        <Empty
          title="No account matches"
          way={
            <Link to="." search={{}}>
              Take the search away
            </Link>
          }
        >
          An account is opened by the first entry that names it.
        </Empty>
      )}
    </PageFrame>
  )
}
