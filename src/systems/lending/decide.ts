import { rows, sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { enqueue } from '#kernel/jobs'
import { operation, type Principal } from '#kernel/operations'
import { each, type Tx } from '#kernel/tx'
import { z } from 'zod'
import { LoanMoved, movedTo } from './apply.ts'
import { approved, creditChecked, offered, referred, rejected } from './events.ts'
import { LoanId, lockLoan } from './loan.ts'
import type { Loan, LoanState } from './loan.ts'
import { offerStandsUntil } from './offer.ts'
import { scoreApplication } from './score.ts'
import type { BureauReport } from './score.ts'

type Decided = Pick<Loan, 'id' | 'state' | 'score' | 'decision' | 'reasons' | 'decided_by' | 'offer_expires_on' | 'rejected_reason'>
const saveDecision = each<Decided>(sql`
  update lending.loan l set state = x.state, score = x.score, decision = x.decision, reasons = x.reasons, decided_by = x.decided_by,
    offer_expires_on = x.offer_expires_on, rejected_reason = x.rejected_reason, revision = l.revision + 1
  from ${rows({
    id: 'text',
    state: 'text',
    score: 'integer',
    decision: 'text',
    reasons: 'text',
    decided_by: 'text',
    offer_expires_on: 'date',
    rejected_reason: 'text',
  })} x where l.id = x.id`)

const makeOffer = (tx: Tx, loan: Loan, decided: Partial<Decided>): void => {
  const expiresOn = offerStandsUntil(tx.moment.today)
  saveDecision(tx, { ...loan, ...decided, state: 'offered', offer_expires_on: expiresOn })
  const { id, person, currency } = loan
  emit(tx, offered, id, { loan: id, person, principal: Number(loan.principal), currency, expiresOn })
}

export const Report = z.strictObject({
  score: z.int().min(0).max(999).nullable(),
  writtenOff: z.boolean(),
  overdueAccounts: z.int().min(0),
  enquiries6Months: z.int().min(0),
  monthlyObligations: z.int().min(0).nullable(),
})

// Marks an application as being assessed; the credit check is under way.
export const startAssessment = operation(
  'lending.start_assessment',
  {
    summary: 'Begin the assessment of an application',
    input: z.strictObject({ loan: LoanId }),
    answer: LoanMoved,
    locks: (i) => [i.loan],
    may: ['system'],
    faults: ['lending.loan_unknown', 'lending.not_applied'],
  },
  async ({ tx }, i) => {
    const loan = await lockLoan(tx, i.loan, 'assess')
    saveDecision(tx, { ...loan, state: 'assessing' })
    enqueue(tx, { name: 'lending.credit_check' }, { loan: loan.id })
    return movedTo(loan, 'assessing', tx.moment.at)
  },
)

// The scorecard's word, or a referral where no bureau answered: nobody is rejected, or trusted, for a bureau's silence.
const verdictOf = (loan: Loan, report: z.infer<typeof Report> | null): { decision: 'approve' | 'refer' | 'reject'; reasons: string[] } => {
  if (report === null) return { decision: 'refer', reasons: [loan.pan === null ? 'pan_not_given' : 'bureau_unavailable'] }
  const told: BureauReport = {
    ...report,
    monthlyObligations: report.monthlyObligations === null ? null : BigInt(report.monthlyObligations),
  }
  const { decision, reasons } = scoreApplication(told, { instalment: loan.instalment, monthlyIncome: loan.monthly_income })
  const codes = reasons.map(({ code }) => code)
  if (decision === 'approve' && loan.approval === 'officer') return { decision: 'refer', reasons: [...codes, 'product_needs_officer'] }
  return { decision, reasons: codes }
}

// Judges an application by what the bureau said (null: it gave no answer): offered, referred or rejected.
export const judge = operation(
  'lending.judge',
  {
    summary: "Judge an application by the bureau's report",
    input: z.strictObject({ loan: LoanId, report: Report.nullable() }),
    answer: LoanMoved,
    locks: (i) => [i.loan],
    may: ['system'],
    faults: ['lending.loan_unknown', 'lending.not_assessing'],
  },
  async ({ tx }, { loan: id, report }) => {
    const loan = await lockLoan(tx, id, 'judge')
    const { decision, reasons } = verdictOf(loan, report)
    const decided = { score: report?.score ?? null, decision, reasons: JSON.stringify(reasons) }
    const states: Record<typeof decision, LoanState> = { approve: 'offered', refer: 'referred', reject: 'rejected' }
    const state = states[decision]
    emit(tx, creditChecked, id, { loan: id, person: loan.person, score: decided.score, decision, reasons })
    if (decision === 'approve') makeOffer(tx, loan, { ...decided, decided_by: 'scorecard' })
    else {
      const reason = `The scorecard: ${reasons.join(', ')}`
      const refused = decision === 'reject'
      saveDecision(tx, { ...loan, ...decided, state, decided_by: refused ? 'scorecard' : null, rejected_reason: refused ? reason : null })
      if (refused) emit(tx, rejected, id, { loan: id, person: loan.person, reason })
      else emit(tx, referred, id, { loan: id, person: loan.person })
    }
    return movedTo(loan, state, tx.moment.at)
  },
)

const refuseOwnApplication = (loan: Loan, { id }: Principal): void => {
  if (loan.applied_by === id || loan.person === id) throw new Fault('lending.own_application', { loan: loan.id })
}

// An officer's yes to a referred application. Never by who applied, or for themselves.
export const approve = operation(
  'lending.approve',
  {
    summary: 'Approve a referred application',
    input: z.strictObject({ loan: LoanId }),
    answer: LoanMoved,
    locks: (i) => [i.loan],
    may: ['admin', 'credit_officer'],
    faults: ['lending.loan_unknown', 'lending.not_referred', 'lending.own_application'],
  },
  async ({ tx, principal: caller }, i) => {
    const loan = await lockLoan(tx, i.loan, 'approve')
    refuseOwnApplication(loan, caller)
    emit(tx, approved, loan.id, { loan: loan.id, person: loan.person, by: caller.id })
    makeOffer(tx, loan, { decided_by: caller.id })
    return movedTo(loan, 'offered', tx.moment.at)
  },
)

// An officer's no, with its reason.
export const reject = operation(
  'lending.reject',
  {
    summary: 'Reject a referred application',
    input: z.strictObject({ loan: LoanId, reason: z.string().trim().min(3).max(500) }),
    answer: LoanMoved,
    locks: (i) => [i.loan],
    may: ['admin', 'credit_officer'],
    faults: ['lending.loan_unknown', 'lending.not_referred', 'lending.own_application'],
  },
  async ({ tx, principal: caller }, i) => {
    const loan = await lockLoan(tx, i.loan, 'reject')
    refuseOwnApplication(loan, caller)
    saveDecision(tx, { ...loan, state: 'rejected', decided_by: caller.id, rejected_reason: i.reason })
    emit(tx, rejected, loan.id, { loan: loan.id, person: loan.person, reason: i.reason })
    return movedTo(loan, 'rejected', tx.moment.at)
  },
)
