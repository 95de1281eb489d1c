import { Fault } from '#kernel/faults'
import type { IsoDate } from '#kernel/money'
import { scheduleOf } from '#kernel/amortisation'
import type { ScheduleRow } from '#kernel/amortisation'
import type { Terms } from '#kernel/amortisation'

// One instalment of a live loan, in minor units: what falls due on a day, and what has been paid of it.
export type LoanRow = {
  readonly number: number
  readonly dueOn: IsoDate
  readonly opening: bigint
  readonly principal: bigint
  readonly interest: bigint
  readonly paidPrincipal: bigint
  readonly paidInterest: bigint
}

// A schedule's row as it stands on the day of disbursal, unpaid. Only of schedules of scale 1.
export const unpaidRow = ({ number, dueOn, opening, principal, interest }: ScheduleRow): LoanRow => ({
  number,
  dueOn,
  opening,
  principal,
  interest,
  paidPrincipal: 0n,
  paidInterest: 0n,
})

// The rows of a loan as disbursal posts them: figure for figure what a quote of the same terms shows. Refuses terms that leave
// fractions of a minor unit, and schedules with a row that does not pay its own interest (a quote may show one; a loan may not
// have one: RBI bars negative amortisation).
export const loanRowsOf = (terms: Terms): LoanRow[] => {
  if (terms.rounding === 'none') throw new Fault('lending.rounding_not_postable', { rounding: terms.rounding })
  return scheduleOf(terms).rows.map((row) => {
    if (row.principal < 0n)
      throw new Fault('lending.instalment_below_interest', { number: row.number, total: `${row.total}`, interest: `${row.interest}` })
    return unpaidRow(row)
  })
}

export const unpaidPrincipal = (row: LoanRow): bigint => row.principal - row.paidPrincipal

export const unpaidInterest = (row: LoanRow): bigint => row.interest - row.paidInterest

export const unpaid = (row: LoanRow): bigint => unpaidPrincipal(row) + unpaidInterest(row)

// Principal that is still owed, due or not.
export const outstandingPrincipal = (rows: readonly LoanRow[]): bigint => rows.reduce((sum, row) => sum + unpaidPrincipal(row), 0n)

// What is due on or before a day and unpaid.
export const overdueAmount = (rows: readonly LoanRow[], on: IsoDate): bigint =>
  rows.reduce((sum, row) => (row.dueOn <= on ? sum + unpaid(row) : sum), 0n)
