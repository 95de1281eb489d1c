import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Empty } from '#components/empty.tsx'
import { Money } from '#components/money.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { Waiting } from '#components/waiting.tsx'
import { statementQuery, type Loan, type StatementLine } from '#services/loans.ts'
import { instantText } from '#services/when.ts'

const sentence = (kind: string) => (kind.charAt(0).toUpperCase() + kind.slice(1)).replaceAll('_', ' ')
const part = (name: string, head: string): Column<StatementLine> => ({
  id: name,
  head,
  align: 'right',
  cell: (line) => <Money minor={line.breakup?.[name] ?? (line.breakup ? 0 : undefined)} why="This line is not split" />,
})

const columnsFor = (loan: Loan): readonly Column<StatementLine>[] => [
  { id: 'when', head: 'When, IST', quiet: true, cell: (line) => instantText(line.at) },
  { id: 'what', head: 'What', strong: true, cell: (line) => sentence(line.kind) },
  { id: 'amount', head: 'Amount ₹', align: 'right', strong: true, cell: (line) => <Money minor={line.amount} currency={line.currency} /> },
  part('lateCharge', 'Late charge ₹'),
  part('interest', 'Interest ₹'),
  part('principal', 'Principal ₹'),
  part('wallet', 'To wallet ₹'),
  { id: 'balance', head: 'Principal left ₹', align: 'right', cell: (line) => <Money minor={line.balance} currency={line.currency} /> },
  {
    id: 'proof',
    head: <span className="visually-hidden">Moves</span>,
    align: 'right',
    cell: (line) => (
      <>
        {loan.moves.includes('reverse') && line.kind === 'repayment' && (
          <Link to={`/loans/${loan.id}/moves/reverse`} search={{ repayment: line.id }}>
            Reverse
          </Link>
        )}{' '}
        {line.transfer && <Link to={`/proof/${line.transfer}`}>Verify</Link>}
      </>
    ),
  },
]

/** The loan's money in and out, newest first, each split into what it paid. */
export const LoanMoney = ({ loan }: { readonly loan: Loan }) => {
  const { data, error, isPending } = useQuery(statementQuery(loan.id))
  if (error) return <ProblemNote error={error} />
  if (isPending) return <Waiting what="the statement" />
  if (data.length === 0) return <Empty title="No money has moved yet">The first line is the disbursal; repayments follow.</Empty>
  return <PlainTable caption="Statement" columns={columnsFor(loan)} rows={data} keyOf={(line) => line.id} stack />
}
