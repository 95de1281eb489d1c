import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { DataTable } from '#components/data-table.tsx'
import { Empty } from '#components/empty.tsx'
import { transferWord } from '#components/entry-card.tsx'
import { Money } from '#components/money.tsx'
import type { Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { ShortId } from '#components/short-id.tsx'
import { useRows } from '#components/use-rows.ts'
import { Waiting } from '#components/waiting.tsx'
import { glows } from '#services/live.ts'
import { transfersQuery, type Transfer } from '#services/ledger.ts'
import { instantText } from '#services/when.ts'

const columnsFor = (account: string, currency: string, side: 'debit' | 'credit'): readonly Column<Transfer>[] => {
  const legOf = (transfer: Transfer) => transfer.legs.find((leg) => leg.account === account)
  const unit = currency === 'INR' ? '₹' : currency
  return [
    { id: 'when', head: 'When, IST', quiet: true, cell: (transfer) => instantText(transfer.at) },
    { id: 'what', head: 'What', strong: true, place: 'start', cell: transferWord },
    { id: 'entry', head: 'Entry', wide: true, cell: (transfer) => <ShortId id={transfer.id} /> },
    {
      id: 'debit',
      head: `Debit ${unit}`,
      align: 'right',
      place: 'end',
      cell: (transfer) => {
        const amount = legOf(transfer)?.amount ?? 0
        return amount > 0 ? <Money minor={amount} currency={currency} /> : ''
      },
    },
    {
      id: 'credit',
      head: `Credit ${unit}`,
      align: 'right',
      place: 'end',
      cell: (transfer) => {
        const amount = legOf(transfer)?.amount ?? 0
        return amount < 0 ? <Money minor={-amount} currency={currency} /> : ''
      },
    },
    {
      id: 'after',
      head: `Balance ${unit}`,
      align: 'right',
      wide: true,
      cell: (transfer) => <Money minor={ownSide(legOf(transfer)?.balanceAfter, side)} currency={currency} why="Not told for this entry" />,
    },
    {
      id: 'verify',
      head: <span className="visually-hidden">Proof</span>,
      align: 'right',
      place: 'end',
      cell: (transfer) => <Link to={`/proof/${transfer.id}`}>Verify</Link>,
    },
  ]
}

// Entries tell balances debit positive; an account tells its own on the side where it normally lies.
const ownSide = (posted: number | undefined, side: 'debit' | 'credit') => (posted === undefined || side === 'debit' ? posted : 0 - posted)

/** An account's entries, newest first, each a link to its proof. */
export const AccountEntries = ({
  account,
  currency,
  side,
}: {
  readonly account: string
  readonly currency: string
  readonly side: 'debit' | 'credit'
}) => {
  const { rows, error, hasMore, more } = useRows(useInfiniteQuery(transfersQuery({ account })))
  const columns = useMemo(() => columnsFor(account, currency, side), [account, currency, side])
  if (error) return <ProblemNote error={error} />
  if (!rows) return <Waiting what="entries" />
  if (rows.length === 0) return <Empty title="No entry yet">The account is open; nothing has moved on it.</Empty>
  return (
    <DataTable
      caption="Entries"
      dense
      columns={columns}
      rows={rows}
      keyOf={(transfer) => transfer.id}
      to={(transfer) => `/proof/${transfer.id}`}
      tone={(transfer) => (glows(transfer.id) ? 'glow' : undefined)}
      more={hasMore}
      onMore={more}
    />
  )
}
