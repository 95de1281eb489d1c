import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Empty } from '#components/empty.tsx'
import { Money } from '#components/money.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { useRows } from '#components/use-rows.ts'
import { Waiting } from '#components/waiting.tsx'
import { statementQuery, type Loan, type StatementLine } from '#services/loans.ts'
import { moneyText } from '#services/money.ts'
import { sentence } from '#services/names.ts'
import { instantText } from '#services/when.ts'
import styles from '#components/loan-money.module.css'

const part = (name: string, head: string): Column<StatementLine> => ({
  id: name,
  head,
  align: 'right',
  cell: (line) => (
    <Money minor={line.breakup?.[name] ?? (line.breakup ? 0 : undefined)} currency={line.currency} why="This line is not split" />
  ),
})

/** What the columns leave open: what a disbursal kept back or a foreclosure cost, what became of a repayment, why one was reversed. */
const noteOf = (line: StatementLine): string | undefined => {
  const fees = line.breakup?.['fees'] ?? 0
  if (fees > 0) return `${line.kind === 'disbursal' ? 'less' : 'with'} ${moneyText(fees, line.currency)} fee and GST`
  return line.reversedBy === null ? (line.reason ?? undefined) : 'reversed later'
}

const What = ({ line }: { readonly line: StatementLine }) => {
  const note = noteOf(line)
  return (
    <>
      {sentence(line.kind)}
      {note && <span className={styles.note}>{note}</span>}
    </>
  )
}

const columnsFor = (loan: Loan): readonly Column<StatementLine>[] => [
  { id: 'when', head: 'When, IST', quiet: true, nowrap: true, place: 'line', cell: (line) => instantText(line.at) },
  { id: 'what', head: 'What', strong: true, place: 'start', cell: (line) => <What line={line} /> },
  {
    id: 'amount',
    head: 'Amount ₹',
    align: 'right',
    strong: true,
    place: 'end',
    cell: (line) => <Money minor={line.amount} currency={line.currency} />,
  },
  part('lateCharge', 'Late charge ₹'),
  part('interest', 'Interest ₹'),
  part('principal', 'Principal ₹'),
  part('wallet', 'To wallet ₹'),
  {
    id: 'balance',
    head: 'Principal left ₹',
    align: 'right',
    wide: 'beside',
    cell: (line) => <Money minor={line.balance} currency={line.currency} />,
  },
  {
    id: 'proof',
    head: <span className="visually-hidden">Moves</span>,
    align: 'right',
    cell: (line) => (
      <>
        {loan.moves.includes('reverse') && line.kind === 'repayment' && line.reversedBy === null && (
          <Link to={`/loans/${loan.id}/moves/reverse`} search={{ repayment: line.id }}>
            Reverse
          </Link>
        )}
        {line.transfer && <Link to={`/proof/${line.transfer}`}>Verify</Link>}
      </>
    ),
  },
]

/** The loan's money in and out, newest first, each split into what it paid. */
export const LoanMoney = ({ loan }: { readonly loan: Loan }) => {
  const { rows, error, hasMore, more } = useRows(useInfiniteQuery(statementQuery(loan.id)))
  if (error) return <ProblemNote error={error} />
  if (!rows) return <Waiting what="the statement" />
  if (rows.length === 0) return <Empty title="No money has moved yet">The first line is the disbursal; repayments follow.</Empty>
  return (
    <>
      <PlainTable caption="Statement" columns={columnsFor(loan)} rows={rows} keyOf={(line) => line.id} stack />
      {hasMore && (
        <p>
          <Button onClick={more}>Show older lines</Button>
        </p>
      )}
    </>
  )
}
