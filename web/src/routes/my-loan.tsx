import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, Navigate, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Empty } from '#components/empty.tsx'
import { LoanSchedule } from '#components/loan-schedule.tsx'
import { MyApplication } from '#components/my-application.tsx'
import { MyDue } from '#components/my-due.tsx'
import { MyOthers } from '#components/my-others.tsx'
import { MyProgress } from '#components/my-progress.tsx'
import { MyStatement } from '#components/my-statement.tsx'
import { MyTerms } from '#components/my-terms.tsx'
import { MyWays } from '#components/my-ways.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { useRows } from '#components/use-rows.ts'
import { infoQuery } from '#services/info.ts'
import { loanQuery, loansQuery, scheduleQuery, type Loan } from '#services/loans.ts'
import { byUrgency } from '#services/own-loans.ts'
import { sessionQuery, useIsStaff, useMay } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import styles from '#components/my-loan.module.css'

const TITLE = 'My loan'

/** What they owe, when, and how far they have come; then where to look further. */
const Standing = ({ loan, today, others }: { readonly loan: Loan; readonly today: string; readonly others: ReactNode }) => {
  const { data: rows = [] } = useQuery(scheduleQuery(loan.id))
  const lent = loan.disbursedOn !== null
  const running = loan.state === 'active'
  return (
    <PageFrame title={TITLE} note={loan.product.name}>
      <div className={styles.board}>
        <div className={styles.column}>
          {running ? <MyDue loan={loan} rows={rows} today={today} /> : <MyApplication loan={loan} />}
          {running && <MyProgress loan={loan} rows={rows} />}
          {lent && <MyTerms loan={loan} rows={rows} today={today} />}
          <MyWays loan={loan} today={today} />
          {others}
        </div>
        {lent && (
          <section className={styles.beside} aria-label="All instalments">
            <LoanSchedule loan={loan} today={today} own />
          </section>
        )}
      </div>
    </PageFrame>
  )
}

type PartProps = { readonly loan: Loan; readonly title: string; readonly children: ReactNode }

const Part = ({ loan, title, children }: PartProps) => (
  <PageFrame title={title} note={loan.product.name} crumbs={[{ word: TITLE, to: `/my-loan/${loan.id}` }]}>
    {children}
  </PageFrame>
)

const OneLoan = ({ id, others }: { readonly id: string; readonly others: ReactNode }) => {
  const [{ tab }] = useUrl()
  const { data: loan, error } = useQuery(loanQuery(id))
  const { data: info } = useQuery(infoQuery)
  const today = info?.businessDate
  if (!loan || today === undefined) return <PageWait title={TITLE} error={error} />
  if (tab === 'money')
    return (
      <Part loan={loan} title="Statement and receipts">
        <MyStatement loan={loan} />
      </Part>
    )
  if (tab === 'schedule')
    return (
      <Part loan={loan} title="All instalments">
        <LoanSchedule loan={loan} today={today} own />
      </Part>
    )
  return <Standing loan={loan} today={today} others={others} />
}

const NoLoan = () => {
  const may = useMay()
  return (
    <PageFrame title={TITLE}>
      <Empty
        title="No loan yet"
        way={
          <>
            {may('lending.apply') && <Link to="/apply">Apply for a loan</Link>} <Link to="/calculator">What would it cost?</Link>
          </>
        }
      >
        Once you have asked for a loan, it stands here: what is due, what was paid, and its receipts.
      </Empty>
    </PageFrame>
  )
}

/** What somebody with a loan comes for; of several, the one that asks for something first. */
export const MyLoanPage = () => {
  const { loan: asked } = useParams({ strict: false })
  const { data: session } = useQuery(sessionQuery)
  // Who may see others' loans has none of those here.
  const mine = { ...loansQuery({ person: session?.person.id ?? '' }), enabled: session !== undefined }
  const { rows: loans, error, hasMore, more } = useRows(useInfiniteQuery(mine))
  const staff = useIsStaff()
  const own = byUrgency(loans ?? [])
  if (staff && asked !== undefined && loans && !own.some((loan) => loan.id === asked))
    return <Navigate to={`/loans/${encodeURIComponent(asked)}`} replace />
  const id = asked ?? own[0]?.id
  if (id === undefined) return loans ? <NoLoan /> : <PageWait title={TITLE} error={error} />
  const others = own.filter((loan) => loan.id !== id)
  return <OneLoan key={id} id={id} others={<MyOthers loans={others} more={hasMore ? more : undefined} />} />
}
