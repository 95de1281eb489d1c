import assert from 'node:assert/strict'
import test from 'node:test'
import { Fault } from '#kernel/faults'
import { parseRate } from '#kernel/money'
import { appropriate, isPaidOff } from './appropriate.ts'
import type { Appropriation, LoanPosition } from './appropriate.ts'

import { lendingFaults } from './faults.ts'
import { foreclosureFigures } from './foreclosure.ts'
import { loanRowsOf, outstandingPrincipal, overdueAmount } from './loan-row.ts'
import { lateChargeDue, noLateCharge } from './penalty.ts'
import type { Terms } from '#kernel/amortisation'

// Rows of 34,002.21: interest 1,000.00, 669.98, 336.66.
const terms: Terms = {
  principal: 10_000_000n,
  currency: 'INR',
  annualRate: parseRate('12'),
  instalments: 3,
  frequency: 'monthly',
  method: 'emi',
  dayCount: 'per_period',
  instalmentBasis: 'period_rate',
  disbursedOn: '2024-01-10',
  firstDueOn: '2024-02-10',
  rounding: 'paisa',
}
const fresh: LoanPosition = { terms, rows: loanRowsOf(terms), lateCharge: noLateCharge(parseRate('0.1'), terms.disbursedOn) }
const EMI = 3_400_221n

const pay = (position: LoanPosition, amount: bigint, on: string, excess: 'wallet' | 'prepay' = 'wallet'): Appropriation =>
  appropriate(position, { amount, on, excess })

const shares = (got: Appropriation): unknown => got.shares.map((row) => [row.number, row.interest, row.principal])

test('in part, exactly, and with something over', () => {
  const part = pay(fresh, 150_000n, '2024-02-10')
  assert.deepEqual([shares(part), part.toWallet], [[[1, 100_000n, 50_000n]], 0n])
  const exact = pay(fresh, EMI, '2024-02-10')
  assert.deepEqual([shares(exact), exact.inAdvance, exact.lateCharge], [[[1, 100_000n, 3_300_221n]], 0n, 0n])
  const over = pay(fresh, 2n * EMI + 5_000n, '2024-02-10')
  assert.deepEqual(
    [shares(over), over.inAdvance, over.toWallet],
    [
      [
        [1, 100_000n, 3_300_221n],
        [2, 66_998n, 3_333_223n],
      ],
      66_998n,
      5_000n,
    ],
  )
})

test('in advance: one row beyond the day, interest first, the rest to the wallet', () => {
  const got = pay(fresh, EMI + 1n, '2024-01-20')
  assert.deepEqual([shares(got), got.inAdvance, got.toWallet], [[[1, 100_000n, 3_300_221n]], 100_000n, 1n])
  // The next payment takes the row after it.
  const then = pay(got.position, 500n, '2024-01-21')
  assert.deepEqual([shares(then), then.inAdvance, then.toWallet], [[[2, 500n, 0n]], 500n, 0n])
})

test('late charge first, then interest of every overdue row, then their principal, then the next row', () => {
  // Row 1 stands 33 days late and row 2 four: 0.1 % a day of 34,002.21.
  const on = '2024-03-14'
  const late = (EMI * 33n + EMI * 4n + 500n) / 1000n
  const table: readonly (readonly [bigint, bigint, unknown, bigint])[] = [
    [100n, 100n, [], 0n],
    [late + 1n, late, [[1, 1n, 0n]], 0n],
    [
      late + 100_000n + 66_998n,
      late,
      [
        [1, 100_000n, 0n],
        [2, 66_998n, 0n],
      ],
      0n,
    ],
    [
      late + 166_998n + 3_300_222n,
      late,
      [
        [1, 100_000n, 3_300_221n],
        [2, 66_998n, 1n],
      ],
      0n,
    ],
    [
      late + 2n * EMI + 33_700n,
      late,
      [
        [1, 100_000n, 3_300_221n],
        [2, 66_998n, 3_333_223n],
        [3, 33_666n, 34n],
      ],
      0n,
    ],
    [
      late + 3n * EMI + 90n,
      late,
      [
        [1, 100_000n, 3_300_221n],
        [2, 66_998n, 3_333_223n],
        [3, 33_666n, 3_366_556n],
      ],
      89n,
    ],
  ]
  for (const [amount, charge, want, toWallet] of table) {
    const got = pay(fresh, amount, on)
    assert.deepEqual([got.lateCharge, shares(got), got.toWallet], [charge, want, toWallet], `${amount}`)
  }
  assert.equal(isPaidOff(pay(fresh, late + 3n * EMI + 1n, on).position), true)
  assert.equal(isPaidOff(pay(fresh, late + 3n * EMI, on).position), false)
})

test('the late charge stops where the arrear stops, is never charged on itself, and counts no day twice', () => {
  const part = pay(fresh, 50_000n, '2024-02-20') // ten days of row 1: 340.02 charged and paid first
  assert.deepEqual([part.lateCharge, overdueAmount(part.position.rows, '2024-02-20')], [34_002n, EMI - 15_998n])
  const later = pay(part.position, 0n, '2024-02-25')
  assert.equal(lateChargeDue(later.position.lateCharge), (EMI * 10n + (EMI - 15_998n) * 5n + 500n) / 1000n - 34_002n)
  assert.deepEqual(pay(later.position, 0n, '2024-02-22').position, later.position)
  const onTime = pay(fresh, EMI, '2024-02-10').position
  assert.equal(lateChargeDue(pay(onTime, 0n, '2024-03-10').position.lateCharge), 0n)
})

test('prepaying keeps the instalment and shortens the loan', () => {
  const year: Terms = { ...terms, instalments: 12 }
  const start: LoanPosition = { ...fresh, terms: year, rows: loanRowsOf(year) }
  const emi = 888_488n
  const got = pay(start, 2n * emi + 2_000_000n, '2024-02-10', 'prepay')
  assert.deepEqual([got.prepaid, got.toWallet], [2_000_000n, 0n])
  const rows = got.position.rows
  assert.equal(rows.length, 10)
  assert.equal(outstandingPrincipal(rows), 10_000_000n - got.principal - 2_000_000n)
  assert.ok(rows.slice(2, -1).every((row) => row.principal + row.interest === emi))
  assert.deepEqual(
    rows.map((row) => row.dueOn),
    start.rows.slice(0, 10).map((row) => row.dueOn),
  )
  const all = pay(start, 20_000_000n, '2024-02-10', 'prepay')
  assert.equal(isPaidOff(all.position), true)
  assert.equal(all.interest + all.principal + all.prepaid + all.toWallet, 20_000_000n)
  assert.equal(pay(start, 100n, '2024-02-10', 'prepay').prepaid, 0n)
  assert.equal(pay(start, 2n * emi + 1n, '2024-02-10', 'prepay').prepaid, 1n)
})

test('foreclosure: principal, interest to the day, arrears, and the fee with its tax', () => {
  const price = { feeRate: parseRate('4'), taxRate: parseRate('18') }
  const early = foreclosureFigures(fresh, price, '2024-01-25') // 15 of 31 days
  assert.deepEqual(early, {
    principal: 10_000_000n,
    overdueInterest: 0n,
    accruedInterest: 48_387n,
    interestInAdvance: 0n,
    lateCharge: 0n,
    fee: 400_000n,
    feeTax: 72_000n,
    total: 10_520_387n,
  })
  assert.equal(foreclosureFigures(fresh, price, '2024-01-10').accruedInterest, 0n)
  const late = foreclosureFigures(fresh, price, '2024-02-20')
  assert.deepEqual([late.overdueInterest, late.accruedInterest, late.lateCharge], [100_000n, 23_103n, 34_002n]) // 10 of 29 days
  const ahead = foreclosureFigures(pay(fresh, EMI, '2024-01-20').position, price, '2024-01-25')
  assert.deepEqual([ahead.accruedInterest, ahead.interestInAdvance, ahead.principal], [48_387n, 100_000n, 6_699_779n])
  assert.equal(ahead.total, 6_699_779n + 48_387n - 100_000n + ahead.fee + ahead.feeTax)
  assert.equal(foreclosureFigures(fresh, price, '2024-08-01').accruedInterest, 0n)
  assert.throws(() => foreclosureFigures(fresh, price, '2024-01-09'), RangeError)
})

test('a flat loan: interest of a period is what was agreed, whatever is owed; a prepayment ends the loan sooner', () => {
  const flatTerms: Terms = { ...terms, method: 'flat', principal: 12_000_000n, instalments: 12 }
  const flat: LoanPosition = { ...fresh, terms: flatTerms, rows: loanRowsOf(flatTerms) }
  // 1,000,000 of principal and 120,000 of interest a month.
  const { position, prepaid } = pay(flat, 1_120_000n + 3_000_000n, '2024-02-10', 'prepay')
  const ahead = pay(flat, 1_120_000n + 1_120_000n + 3_000_000n, '2024-02-10', 'prepay')
  assert.equal(prepaid, 3_000_000n - 1_120_000n)
  assert.equal(ahead.prepaid, 3_000_000n)
  assert.deepEqual(new Set(ahead.position.rows.map(({ interest }) => interest)), new Set([120_000n]))
  assert.deepEqual([position.rows.length, ahead.position.rows.length], [11, 9])
  // Three months less: their interest is never charged.
  const total = (rows: LoanPosition['rows']): bigint => rows.reduce((sum, { interest }) => sum + interest, 0n)
  assert.equal(total(flat.rows) - total(ahead.position.rows), 360_000n)
  assert.equal(foreclosureFigures(flat, { feeRate: parseRate('0'), taxRate: parseRate('0') }, '2024-01-10').total, 12_000_000n)
})

test('terms that cannot be posted are refused', () => {
  assert.ok(lendingFaults.length > 0)
  assert.throws(
    () => loanRowsOf({ ...terms, rounding: 'none' }),
    (error) => error instanceof Fault && error.code === 'lending.rounding_not_postable',
  )
  const long: Terms = { ...terms, instalments: 360, dayCount: 'act/365', disbursedOn: '2023-10-01' }
  assert.throws(
    () => loanRowsOf(long),
    (error) => error instanceof Fault && error.code === 'lending.instalment_below_interest',
  )
})
