import { Link } from '@tanstack/react-router'
import { Dpd } from '#components/bucket.tsx'
import { Money, Unknown } from '#components/money.tsx'
import { reasonWord } from '#components/reason-words.ts'
import { OneLine } from '#components/one-line.tsx'
import type { Column } from '#components/plain-table.tsx'
import { ShortId } from '#components/short-id.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import type { Loan } from '#services/loans.ts'
import { dateText, dayOf } from '#services/when.ts'

const borrower: Column<Loan> = {
  id: 'borrower',
  head: 'Borrower',
  strong: true,
  place: 'start',
  cell: (loan) => <Link to={`/loans/${loan.id}`}>{loan.personName}</Link>,
}
const id: Column<Loan> = { id: 'loan', head: 'Loan', quiet: true, wide: 'most', cell: (loan) => <ShortId id={loan.id} /> }
const product: Column<Loan> = {
  id: 'product',
  head: 'Product',
  quiet: true,
  wide: true,
  cell: (loan) => <OneLine>{loan.product.name}</OneLine>,
}
const state: Column<Loan> = { id: 'state', head: 'State', place: 'end', cell: (loan) => <StateBadge state={loan.state} /> }
const principal: Column<Loan> = {
  id: 'principal',
  head: 'Principal ₹',
  align: 'right',
  sort: 'principal',
  cell: (loan) => <Money minor={loan.principal} currency={loan.currency} />,
}
const applied: Column<Loan> = {
  id: 'applied',
  head: 'Applied',
  align: 'right',
  quiet: true,
  wide: 'most',
  sort: 'appliedAt',
  cell: (loan) => dateText(dayOf(loan.appliedAt)),
}

export const loanColumns: readonly Column<Loan>[] = [
  borrower,
  id,
  product,
  state,
  principal,
  {
    id: 'outstanding',
    head: 'Outstanding ₹',
    align: 'right',
    place: 'end',
    cell: (loan) => (
      <Money minor={loan.disbursedOn ? loan.outstanding?.principal : undefined} currency={loan.currency} why="Nothing was lent" />
    ),
  },
  {
    id: 'dpd',
    head: 'DPD',
    sort: 'dpd',
    place: 'line',
    cell: (loan) => <Dpd dpd={loan.dpd} bucket={loan.state === 'active' ? loan.bucket : null} />,
  },
  {
    id: 'due',
    head: 'Due',
    align: 'right',
    wide: true,
    sort: 'due',
    cell: (loan) =>
      loan.overdue?.since ? (
        dateText(loan.overdue.since)
      ) : loan.nextDue ? (
        dateText(loan.nextDue.dueOn)
      ) : (
        <Unknown why="No instalment is to come" />
      ),
  },
  applied,
]

/** The loans of one person, whose name needs no column: each is told by what it is. */
export const ownLoanColumns: readonly Column<Loan>[] = [
  {
    id: 'product',
    head: 'Product',
    strong: true,
    place: 'start',
    cell: (loan) => <Link to={`/loans/${loan.id}`}>{loan.product.name}</Link>,
  },
  ...loanColumns.filter((column) => column !== borrower && column !== product),
]

export const applicationColumns: readonly Column<Loan>[] = [
  borrower,
  id,
  product,
  state,
  principal,
  { id: 'instalments', head: 'Instalments', align: 'right', wide: true, cell: (loan) => loan.instalments },
  {
    id: 'score',
    head: 'Score',
    align: 'right',
    place: 'end',
    cell: (loan) => loan.score?.score ?? <Unknown why="The credit check has not answered yet" />,
  },
  {
    id: 'why',
    head: 'Why',
    quiet: true,
    wide: true,
    cell: (loan) => loan.failure ?? loan.rejectedReason ?? reasonWord(loan.score?.reasons[0] ?? ''),
  },
  applied,
]
