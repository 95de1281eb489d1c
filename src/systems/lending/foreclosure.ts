import { RATE_DENOMINATOR, daysBetween, divide } from '#kernel/money'
import type { IsoDate, Rate } from '#kernel/money'
import type { LoanPosition } from './appropriate.ts'
import { outstandingPrincipal, unpaidInterest } from './loan-row.ts'
import { accrueLateCharge, lateChargeDue } from './penalty.ts'

// A product's price of leaving early: percent of the principal outstanding, and the tax on it in percent. RBI forbids any on
// floating-rate loans to individuals (Pre-payment Charges Directions 2025): such a product has a rate of 0.
export type ForeclosureTerms = { readonly feeRate: Rate; readonly taxRate: Rate }

// What ends a loan on a day, in minor units. total = all the others, less interestInAdvance.
export type ForeclosureFigures = {
  readonly principal: bigint // outstanding, due or not
  readonly overdueInterest: bigint // fallen due and unpaid
  readonly accruedInterest: bigint // of the running period, up to the day
  readonly interestInAdvance: bigint // already paid of the running period and of those after it
  readonly lateCharge: bigint
  readonly fee: bigint
  readonly feeTax: bigint
  readonly total: bigint
}

// Interest of the period that runs on a day: the row's own interest in proportion to the days gone, halves up. It is 0 on
// the day the period begins and the row's interest on the day it ends, whatever the day count. After the last due date nothing accrues.
export const accruedInterest = ({ terms, rows }: Pick<LoanPosition, 'terms' | 'rows'>, on: IsoDate): bigint => {
  const at = rows.findIndex((row) => row.dueOn > on)
  const row = rows[at]
  if (!row) return 0n
  const from = rows[at - 1]?.dueOn ?? terms.disbursedOn
  if (on <= from) return 0n
  return divide(row.interest * BigInt(daysBetween(from, on)), BigInt(daysBetween(from, row.dueOn)), 'half_up')
}

// A part of an amount, in percent, halves up: fees, and the tax on them.
export const percentOf = (amount: bigint, rate: Rate): bigint => divide(amount * rate, RATE_DENOMINATOR, 'half_up')

// The figures of a foreclosure on a day. RangeError for a day before disbursal.
export const foreclosureFigures = (position: LoanPosition, terms: ForeclosureTerms, on: IsoDate): ForeclosureFigures => {
  if (on < position.terms.disbursedOn) throw new RangeError('a loan cannot be foreclosed before it is disbursed')
  const principal = outstandingPrincipal(position.rows)
  let [overdueInterest, interestInAdvance] = [0n, 0n]
  for (const row of position.rows) {
    if (row.dueOn <= on) overdueInterest += unpaidInterest(row)
    else interestInAdvance += row.paidInterest
  }
  const accrued = accruedInterest(position, on)
  const lateCharge = lateChargeDue(accrueLateCharge(position.lateCharge, position.rows, on))
  const fee = percentOf(principal, terms.feeRate)
  const feeTax = percentOf(fee, terms.taxRate)
  const total = principal + overdueInterest + accrued - interestInAdvance + lateCharge + fee + feeTax
  return { principal, overdueInterest, accruedInterest: accrued, interestInAdvance, lateCharge, fee, feeTax, total }
}
