import { MAX_AMOUNT, RATE_DENOMINATOR, daysBetween, divide } from '#kernel/money'
import type { IsoDate, Rate } from '#kernel/money'
import { unpaid } from './loan-row.ts'
import type { LoanRow } from './loan-row.ts'

// The late charge, india-rbi: a penal charge (RBI, fair lending practice, 18 Aug 2023), simple, on the overdue instalments only, never on
// itself, never added to what bears interest; one rate for all loans of a product; no GST on it (CBIC circular 245/02/2025).
// It grows each day by so many percent of what is overdue. Kept as amount × days, a whole number, so that the charge is exact however often
// it is reckoned in between, and rounding happens once, on the sum.
export type LateCharge = {
  readonly perDay: Rate // percent a day of the overdue amount
  readonly amountDays: bigint // minor units × days overdue, up to `until`
  readonly until: IsoDate
  readonly paid: bigint
}

// A loan's late charge on the day of disbursal.
export const noLateCharge = (perDay: Rate, disbursedOn: IsoDate): LateCharge => ({ perDay, amountDays: 0n, until: disbursedOn, paid: 0n })

// What a row adds to a charge between two days: unpaid minor units × days. A row due on D and paid on D + 3 bears 3 days.
export const overdueDays = (row: LoanRow, since: IsoDate, on: IsoDate): bigint => {
  const from = row.dueOn > since ? row.dueOn : since
  return from < on ? unpaid(row) * BigInt(daysBetween(from, on)) : 0n
}

// The charge brought forward to a day, for rows that have stood unchanged since `until`.
// A day already passed changes nothing.
export const accrueLateCharge = (charge: LateCharge, rows: readonly LoanRow[], on: IsoDate): LateCharge => {
  if (on <= charge.until) return charge
  let { amountDays } = charge
  for (const row of rows) {
    if (row.dueOn >= on) break
    amountDays += overdueDays(row, charge.until, on)
  }
  return { ...charge, amountDays, until: on }
}

// The largest charge, an amount of 15 digits: with a schedule that leaves it room, all that is owed of a loan is a number that JSON tells exactly.
export const LATE_CHARGE_MAX = BigInt(MAX_AMOUNT)

// All that has been charged until now, paid or not, halves up; it grows no further than its largest.
export const lateChargeSoFar = (charge: LateCharge): bigint => {
  const grown = divide(charge.amountDays * charge.perDay, RATE_DENOMINATOR, 'half_up')
  return grown < LATE_CHARGE_MAX ? grown : LATE_CHARGE_MAX
}

// What is owed of it.
export const lateChargeDue = (charge: LateCharge): bigint => lateChargeSoFar(charge) - charge.paid
