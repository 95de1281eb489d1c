import { useQuery } from '@tanstack/react-query'
import { Link, Navigate, useParams } from '@tanstack/react-router'
import { AuditTable } from '#components/audit-table.tsx'
import { Facts } from '#components/facts.tsx'
import { LoanBadges, loanFacts } from '#components/loan-header.tsx'
import { LoanLedger } from '#components/loan-ledger.tsx'
import { LoanMoney } from '#components/loan-money.tsx'
import { LoanMoves } from '#components/loan-moves.tsx'
import { LoanNotice } from '#components/loan-notice.tsx'
import { LoanSchedule } from '#components/loan-schedule.tsx'
import { LoanTimeline } from '#components/loan-timeline.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { ShortId } from '#components/short-id.tsx'
import { Tabs, type Tab } from '#components/tabs.tsx'
import { infoQuery } from '#services/info.ts'
import { useLive } from '#services/live.ts'
import { loanQuery } from '#services/loans.ts'
import { useIsStaff, useMay } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import styles from '#routes/loan.module.css'

/** At the desk all there is to one loan; whoever borrowed has a page of their own. */
export const LoanPage = () => {
  const { loan = '' } = useParams({ strict: false })
  return useIsStaff() ? <LoanAtDesk key={loan} /> : <Navigate to={`/my-loan/${encodeURIComponent(loan)}`} search replace />
}

const LoanAtDesk = () => {
  const { loan: id = '' } = useParams({ strict: false })
  const [url] = useUrl()
  const may = useMay()
  useLive()
  const { data: info } = useQuery(infoQuery)
  const { data: loan, error } = useQuery(loanQuery(id))
  if (!loan) return <PageWait title="Loan" error={error} />
  const tabs: readonly Tab[] = [
    { id: 'schedule', word: 'Schedule', count: loan.disbursedOn ? loan.instalments : undefined },
    { id: 'money', word: 'Money' },
    ...(may('ledger.transfers') ? [{ id: 'ledger', word: 'Ledger' }] : []),
    ...(may('audit.records') ? [{ id: 'audit', word: 'Audit' }] : []),
  ]
  const tab = tabs.find(({ id: name }) => name === url['tab'])?.id ?? 'schedule'
  return (
    <PageFrame
      title={loan.personName}
      heading={may('identity.person') ? <Link to={`/people/${loan.person}`}>{loan.personName}</Link> : loan.personName}
      crumbs={[{ word: 'Loans', to: '/loans' }, { word: <ShortId id={loan.id} copy /> }]}
      badges={<LoanBadges loan={loan} />}
      actions={<LoanMoves loan={loan} />}
    >
      <Facts facts={loanFacts(loan)} />
      <LoanNotice loan={loan} />
      <div>
        <Tabs label="Parts of the loan" name="tab" tabs={tabs} here={tab} />
        <div className={styles.parts} data-tab={tab}>
          <div className={styles.main}>
            {tab === 'schedule' && <LoanSchedule loan={loan} today={info?.businessDate} />}
            {tab === 'money' && <LoanMoney loan={loan} />}
            {tab === 'ledger' && <LoanLedger loan={loan} />}
            {tab === 'audit' && <AuditTable filter={{ object: loan.id }} />}
          </div>
          {tab === 'schedule' && <LoanTimeline loan={loan} />}
        </div>
      </div>
    </PageFrame>
  )
}
