import { IconAlertCircle, IconClock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { bucketWord } from '#components/bucket.tsx'
import type { Fact } from '#components/facts.tsx'
import { decisionWord } from '#components/event-what.ts'
import { Money } from '#components/money.tsx'
import { PersonName } from '#components/person-name.tsx'
import { Badge, StateBadge } from '#components/state-badge.tsx'
import { isOverdue, PAST_DUE_HOW, pastDueText } from '#services/arrears.ts'
import { counted } from '#services/counted.ts'
import type { Loan } from '#services/loans.ts'
import { moneyText } from '#services/money.ts'
import { dateText, dayOf } from '#services/when.ts'

/** The state, and one alarm at most. */
export const LoanBadges = ({ loan }: { readonly loan: Loan }): ReactNode => (
  <>
    <StateBadge state={loan.state} soft />
    {isOverdue(loan) && loan.bucket && (
      <span title={PAST_DUE_HOW}>
        <Badge icon={IconAlertCircle} tone="bad" soft word={`${pastDueText(loan.dpd)}, ${bucketWord(loan.bucket)}`} />
      </span>
    )}
    {loan.dpd === 1 && <Badge icon={IconClock} tone="attention" soft word={pastDueText(loan.dpd)} />}
    {loan.dpd === 0 && loan.failure && <Badge icon={IconAlertCircle} tone="bad" soft word="disbursal failed" />}
  </>
)

const toPayFact = (loan: Loan): Fact => {
  const late = isOverdue(loan)
  const of = late
    ? `since ${loan.overdue?.since ? dateText(loan.overdue.since) : ''}${loan.overdue && loan.overdue.lateCharge > 0 ? `, with ${moneyText(loan.overdue.lateCharge, loan.currency)} late charge` : ''}`
    : 'nothing is due now'
  return {
    label: 'To pay now',
    value: <Money minor={loan.toPay} currency={loan.currency} symbol />,
    of: loan.toPay > 0 && !late ? 'due today' : of,
    bad: late,
  }
}

const rateFact = (loan: Loan): Fact => ({
  label: 'Rate and APR',
  value: `${Number(loan.annualRate)} % · ${loan.apr ? `${loan.apr} %` : '–'}`,
  of: `${loan.product.name}, version\u00a0${loan.product.version}`,
})

const scoreFact = (loan: Loan): Fact => ({
  label: 'Score',
  value: loan.score?.score ?? <span title="The credit check has not answered yet">–</span>,
  of: loan.score ? decisionWord(loan.score.decision) : 'credit check on its way',
})

const running = (loan: Loan): readonly Fact[] => [
  toPayFact(loan),
  {
    label: 'Outstanding principal',
    value: <Money minor={loan.outstanding?.principal} currency={loan.currency} symbol />,
    of: `of ${moneyText(loan.principal, loan.currency)}`,
  },
  {
    label: 'Instalment',
    value: <Money minor={loan.instalment} currency={loan.currency} symbol />,
    of: `${loan.paidInstalments} of ${loan.instalments} paid`,
  },
  {
    label: isOverdue(loan) ? 'Oldest unpaid' : 'Next due',
    value: loan.nextDue ? dateText(loan.nextDue.dueOn) : <span title="No instalment is to come">–</span>,
    of: loan.nextDue ? `instalment ${loan.nextDue.number}` : 'nothing to come',
  },
  rateFact(loan),
  scoreFact(loan),
]

const applying = (loan: Loan): readonly Fact[] => [
  {
    label: 'Asked for',
    value: <Money minor={loan.principal} currency={loan.currency} symbol />,
    of: `in ${counted(loan.instalments, 'instalment')}`,
  },
  { label: 'Instalment', value: <Money minor={loan.instalment} currency={loan.currency} symbol />, of: 'a month' },
  rateFact(loan),
  scoreFact(loan),
  {
    label: 'Applied',
    value: dateText(dayOf(loan.appliedAt)),
    of: (
      <>
        taken by <PersonName id={loan.appliedBy} />
      </>
    ),
  },
  ...(loan.offerExpiresOn ? [{ label: 'Offer stands until', value: dateText(loan.offerExpiresOn), of: 'end of that day' }] : []),
]

export const loanFacts = (loan: Loan): readonly Fact[] => (loan.disbursedOn ? running(loan) : applying(loan))
