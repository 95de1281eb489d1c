import { keys, rows, sql, type Sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { idOf } from '#kernel/ids'
import { isCurrency, parseRate } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { ownerOf, type Principal } from '#kernel/operations'
import { each, keyed, type Tx } from '#kernel/tx'
import type { Frequency, InstalmentRounding, LoanDayCount, Method, Terms } from '#kernel/amortisation'

export const LoanId = idOf('loan')

export const LOAN_STATES = [
  'applied',
  'assessing',
  'offered',
  'referred',
  'rejected',
  'accepted',
  'expired',
  'active',
  'closed',
  'foreclosed',
] as const
export type LoanState = (typeof LOAN_STATES)[number]

// The life of a loan: each move, the states it starts from, and the refusal from any other. Nothing else decides what may follow what.
export const MOVES = {
  assess: { from: ['applied'], refuses: 'lending.not_applied' },
  judge: { from: ['assessing'], refuses: 'lending.not_assessing' },
  approve: { from: ['referred'], refuses: 'lending.not_referred' },
  reject: { from: ['referred'], refuses: 'lending.not_referred' },
  accept: { from: ['offered'], refuses: 'lending.not_offered' },
  expire: { from: ['offered'], refuses: 'lending.not_offered' },
  disburse: { from: ['accepted'], refuses: 'lending.not_accepted' },
  repay: { from: ['active'], refuses: 'lending.loan_not_active' },
  reverse: { from: ['active', 'closed'], refuses: 'lending.loan_not_active' },
  foreclose: { from: ['active'], refuses: 'lending.loan_not_active' },
} as const satisfies Record<string, { readonly from: readonly LoanState[]; readonly refuses: string }>
export type Move = keyof typeof MOVES

export const allows = (state: LoanState, move: Move): boolean => (MOVES[move].from as readonly LoanState[]).includes(state)

// What its moves need to know of a loan that was disbursed. Dates are ISO text.
export interface Lent {
  readonly id: string
  readonly state: LoanState
  readonly person: string
  readonly principal: bigint
  readonly currency: string
  readonly instalments: number
  readonly annual_rate: string
  readonly method: Method
  readonly frequency: Frequency
  readonly day_count: LoanDayCount
  readonly rounding: InstalmentRounding
  readonly late_per_day: string
  readonly foreclosure_rate: string
  readonly foreclosure_tax: string
  readonly disbursed_on: IsoDate | null
  readonly first_due_on: IsoDate | null
  // A whole number of any length.
  readonly late_amount_days: string
  readonly late_until: IsoDate | null
  readonly late_paid: bigint
  readonly npa: boolean
  readonly ended_on: IsoDate | null
  readonly revision: bigint
}

// A loan as stored.
export interface Loan extends Lent {
  readonly person_name: string
  readonly pan: string | null
  readonly product: string
  readonly product_name: string
  readonly product_version: number
  readonly approval: 'score' | 'officer'
  readonly fee: bigint
  readonly fee_tax: bigint
  readonly instalment: bigint
  readonly apr: string
  readonly monthly_income: bigint | null
  readonly applied_at: string
  readonly applied_by: string
  readonly score: number | null
  readonly decision: string | null
  readonly reasons: string
  readonly decided_by: string | null
  readonly offer_expires_on: IsoDate | null
  readonly rejected_reason: string | null
  readonly failure: string | null
  readonly unpaid_since: IsoDate | null
}

export const loanColumns = sql`
  id, state, person, person_name, pan, product, product_name, product_version, approval, principal, currency, instalments, annual_rate,
  method, frequency, day_count, rounding, late_per_day, foreclosure_rate, foreclosure_tax, fee, fee_tax, instalment, apr, monthly_income,
  applied_at, applied_by, score, decision, reasons, decided_by, offer_expires_on, rejected_reason, failure, disbursed_on, first_due_on,
  ended_on, late_amount_days, late_until, late_paid, npa, unpaid_since, revision`

const lentColumns = sql`
  id, state, person, principal, currency, instalments, annual_rate, method, frequency, day_count, rounding, late_per_day, foreclosure_rate,
  foreclosure_tax, disbursed_on, first_due_on, late_amount_days, late_until, late_paid, npa, ended_on, revision`

const locked = (columns: Sql): Sql => sql`select ${columns} from lending.loan where id = any(${keys('text')}) order by id for update`
// Half the columns: what the others tell nobody looks at when money moves.
export const lockedLent = locked(lentColumns)

// Whose a loan is: for `own('borrower', ownerOfLoan)`. An absent loan and another's look alike.
export const ownerOfLoan = ownerOf<{ readonly loan: string }>(
  'lending.loan_unknown',
  sql`select id, person as owner from lending.loan where id = any(${keys('text')})`,
  (input) => input.loan,
)

// Somebody of the company, not only a borrower: who may read every loan and every receipt.
export const isStaff = ({ roles }: Principal): boolean => roles.some((role) => role !== 'borrower')

const byId = keyed<Loan>(locked(loanColumns), 'id')

// The loan with its row locked, or a 404; with a move named, refused (409) unless it may make it now.
export const lockLoan = async (tx: Tx, id: string, move?: Move): Promise<Loan> => {
  const loan = await byId(tx, id)
  if (!loan) throw new Fault('lending.loan_unknown', { id })
  if (move) refuseUnless(loan, move)
  return loan
}

export const refuseUnless = ({ id, state }: Lent, move: Move): void => {
  if (!allows(state, move)) throw new Fault(MOVES[move].refuses, { loan: id, state })
}

// Terms of a loan: of one not yet disbursed, as they would be on the dates given.
export const termsOf = (loan: Lent, dates: { readonly disbursedOn: IsoDate; readonly firstDueOn: IsoDate }): Terms => {
  if (!isCurrency(loan.currency)) throw new Error(`loan ${loan.id} is in ${loan.currency}, which is no currency`)
  return {
    principal: loan.principal,
    currency: loan.currency,
    annualRate: parseRate(loan.annual_rate),
    instalments: loan.instalments,
    frequency: loan.frequency,
    method: loan.method,
    dayCount: loan.day_count,
    instalmentBasis: 'period_rate',
    rounding: loan.rounding,
    ...dates,
  }
}

// What a payment, a reversal or an end changes on the loan itself.
export interface Standing {
  readonly id: string
  readonly state: LoanState
  readonly late_amount_days: string
  readonly late_until: IsoDate
  readonly late_paid: bigint
  readonly npa: boolean
  readonly unpaid_since: IsoDate | null
  readonly ended_on: IsoDate | null
}
export const saveStanding = each<Standing>(sql`
  update lending.loan l set state = x.state, late_amount_days = x.late_amount_days::numeric, late_until = x.late_until, late_paid = x.late_paid,
    npa = x.npa, unpaid_since = x.unpaid_since, ended_on = x.ended_on, revision = l.revision + 1
  from ${rows({
    id: 'text',
    state: 'text',
    late_amount_days: 'text',
    late_until: 'date',
    late_paid: 'bigint',
    npa: 'boolean',
    unpaid_since: 'date',
    ended_on: 'date',
  })} x where l.id = x.id`)
