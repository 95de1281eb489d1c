import { useQuery } from '@tanstack/react-query'
import { Empty } from '#components/empty.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { ScheduleBars } from '#components/schedule-bars.tsx'
import { ScheduleTable } from '#components/schedule-table.tsx'
import { Waiting } from '#components/waiting.tsx'
import { scheduleQuery, type Loan } from '#services/loans.ts'

type Props = { readonly loan: Loan; readonly today: string | undefined; readonly own?: boolean }

/** The schedule as bars and rows. `own`: for whoever borrowed, without the balances. */
export const LoanSchedule = ({ loan, today, own = false }: Props) => {
  const { data, error, isPending } = useQuery(scheduleQuery(loan.id))
  if (!data && error) return <ProblemNote error={error} />
  if (isPending) return <Waiting what="the schedule" />
  if (data.length === 0)
    return (
      <Empty title="No schedule yet">
        The schedule is written when the loan is disbursed. Until then the calculator shows what it would be.
      </Empty>
    )
  return (
    <>
      <ScheduleBars bars={data} currency={loan.currency} {...(today ? { today } : {})} />
      <ScheduleTable rows={data} own={own} />
    </>
  )
}
