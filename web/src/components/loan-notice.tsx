import { IconAlertCircle, IconUserQuestion, type Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { PersonName } from '#components/person-name.tsx'
import { reasonWord } from '#components/reason-words.ts'
import type { Loan } from '#services/loans.ts'
import styles from '#components/loan-notice.module.css'

const Notice = ({
  icon: Shape,
  tone,
  title,
  children,
}: {
  readonly icon: Icon
  readonly tone: 'bad' | 'judge' | 'neutral'
  readonly title: ReactNode
  readonly children: ReactNode
}) => (
  <section className={styles.notice} data-tone={tone}>
    <Shape size={20} stroke={1.6} aria-hidden="true" />
    <div>
      <h2>{title}</h2>
      <div className={styles.why}>{children}</div>
    </div>
  </section>
)

const Reasons = ({ loan }: { readonly loan: Loan }) =>
  loan.score && loan.score.reasons.length > 0 ? (
    <ul>
      {loan.score.reasons.map((reason) => (
        <li key={reason}>{reasonWord(reason)}</li>
      ))}
    </ul>
  ) : (
    <p>The scorecard gave no reason.</p>
  )

/** Why the loan stands still: a person must decide, the disbursal failed, or it was rejected. */
export const LoanNotice = ({ loan }: { readonly loan: Loan }) => {
  if (loan.failure)
    return (
      <Notice icon={IconAlertCircle} tone="bad" title="The disbursal failed; no money has moved">
        <p>{loan.failure}</p>
      </Notice>
    )
  if (loan.state === 'referred')
    return (
      <Notice icon={IconUserQuestion} tone="judge" title="A person must decide, and not the one who applied">
        <Reasons loan={loan} />
      </Notice>
    )
  if (loan.state === 'rejected') {
    const byScorecard = loan.decidedBy === null || loan.decidedBy === 'scorecard'
    return (
      <Notice
        icon={IconAlertCircle}
        tone="neutral"
        title={
          byScorecard ? (
            'Rejected by the scorecard'
          ) : (
            <>
              Rejected by <PersonName id={loan.decidedBy} />
            </>
          )
        }
      >
        {byScorecard ? <Reasons loan={loan} /> : <p>{loan.rejectedReason}</p>}
      </Notice>
    )
  }
  return null
}
