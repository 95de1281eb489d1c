import { daysBetween } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { unpaid } from './loan-row.ts'
import type { LoanRow } from './loan-row.ts'

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
