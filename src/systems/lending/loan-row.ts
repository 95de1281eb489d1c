import { Fault } from '#kernel/faults'
import { daysBetween } from '#kernel/money'
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

export const sameRows = (some: readonly LoanRow[], others: readonly LoanRow[]): boolean =>
  some.length === others.length &&
  some.every((row, at) => {
    const other = others[at]
    return other !== undefined && (Object.keys(row) as (keyof LoanRow)[]).every((field) => row[field] === other[field])
  })

export const unpaidPrincipal = (row: LoanRow): bigint => row.principal - row.paidPrincipal

export const unpaidInterest = (row: LoanRow): bigint => row.interest - row.paidInterest

export const unpaid = (row: LoanRow): bigint => unpaidPrincipal(row) + unpaidInterest(row)

// Principal that is still owed, due or not.
export const outstandingPrincipal = (rows: readonly LoanRow[]): bigint => rows.reduce((sum, row) => sum + unpaidPrincipal(row), 0n)

// What is due on or before a day and unpaid.
export const overdueAmount = (rows: readonly LoanRow[], on: IsoDate): bigint =>
  rows.reduce((sum, row) => (row.dueOn <= on ? sum + unpaid(row) : sum), 0n)

// Days past due at a day's end: the due date of the oldest unpaid instalment counts as the first (RBI clarification on IRAC norms,
// 12 Nov 2021). 0 when nothing that is due is unpaid.
export const daysPastDue = (rows: readonly LoanRow[], on: IsoDate): number => {
  const oldest = rows.find((row) => row.dueOn <= on && unpaid(row) > 0n)
  return oldest ? daysBetween(oldest.dueOn, on) + 1 : 0
}

// How late a payment of an instalment is: 0 on its due date or before.
export const daysOverdue = (dueOn: IsoDate, paidOn: IsoDate): number => Math.max(0, daysBetween(dueOn, paidOn))

export const BUCKETS = ['current', 'SMA-0', 'SMA-1', 'SMA-2', 'NPA'] as const
export type Bucket = (typeof BUCKETS)[number]

// RBI's classes by days past due: special mention 1–30, 31–60, 61–90, and non-performing above 90. A loan that is non-performing
// stays so until every arrear is paid; it does not climb back through the classes.
export const bucketOf = (daysPastDueNow: number, before: Bucket = 'current'): Bucket => {
  if (daysPastDueNow <= 0) return 'current'
  if (before === 'NPA' || daysPastDueNow > 90) return 'NPA'
  if (daysPastDueNow > 60) return 'SMA-2'
  return daysPastDueNow > 30 ? 'SMA-1' : 'SMA-0'
}
