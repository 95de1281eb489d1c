import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { addDays, parseRate } from '#kernel/money'
import { bucketOf, daysOverdue, daysPastDue, loanRowsOf } from './loan-row.ts'
import type { Bucket } from './loan-row.ts'
import { offerStandsUntil } from './offer.ts'
import type { Terms } from '#kernel/amortisation'

const terms: Terms = {
  principal: 300_000n,
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

test("RBI's own dates: the class is set at the end of the day on which the days past due pass 30, 60 and 90", () => {
  const file = readFileSync(new URL('../../../test/lending/sma-npa-dates.json', import.meta.url), 'utf8')
  const { cases } = JSON.parse(file) as { cases: { due: string; sma_1: string; sma_2: string; npa: string }[] }
  assert.equal(cases.length, 2)
  for (const { due, ...days } of cases) {
    const rows = loanRowsOf({ ...terms, instalments: 1, disbursedOn: addDays(due, -31), firstDueOn: due })
    const at = (on: string): Bucket => bucketOf(daysPastDue(rows, on))
    assert.deepEqual([at(addDays(due, -1)), at(due)], ['current', 'SMA-0'])
    const before = { 'SMA-1': 'SMA-0', 'SMA-2': 'SMA-1', NPA: 'SMA-2' } as const
    for (const bucket of ['SMA-1', 'SMA-2', 'NPA'] as const) {
      const from = days[({ 'SMA-1': 'sma_1', 'SMA-2': 'sma_2', NPA: 'npa' } as const)[bucket]]
      assert.equal(at(from), bucket)
      assert.equal(at(addDays(from, -1)), before[bucket])
    }
  }
})

test('a non-performing loan is upgraded only when nothing is in arrears', () => {
  assert.equal(bucketOf(91), 'NPA')
  assert.equal(bucketOf(5, 'NPA'), 'NPA')
  assert.equal(bucketOf(0, 'NPA'), 'current')
  assert.equal(bucketOf(5, 'SMA-2'), 'SMA-0')
})

test('days past due run from the oldest unpaid instalment, and overdue days from its due date', () => {
  const rows = loanRowsOf(terms)
  assert.equal(daysPastDue(rows, '2024-02-09'), 0)
  assert.equal(daysPastDue(rows, '2024-02-10'), 1)
  assert.equal(daysPastDue(rows, '2024-03-10'), 30)
  const [first, ...others] = rows
  assert.ok(first)
  const almost = [{ ...first, paidInterest: first.interest, paidPrincipal: first.principal - 1n }, ...others]
  assert.equal(daysPastDue(almost, '2024-03-10'), 30)
  const paid = [{ ...first, paidInterest: first.interest, paidPrincipal: first.principal }, ...others]
  assert.equal(daysPastDue(paid, '2024-03-09'), 0)
  assert.equal(daysPastDue(paid, '2024-03-11'), 2)
  assert.deepEqual(
    [daysOverdue('2024-02-10', '2024-02-09'), daysOverdue('2024-02-10', '2024-02-10'), daysOverdue('2024-02-10', '2024-02-13')],
    [0, 0, 3],
  )
})

test('an offer stands for three working days after the day it was made', () => {
  const table = [
    ['2024-06-03', '2024-06-06'], // Monday → Thursday
    ['2024-06-06', '2024-06-10'], // Thursday → Friday, Saturday, Monday
    ['2024-06-08', '2024-06-12'],
    ['2024-08-13', '2024-08-17'], // the 15th is a holiday
    ['2024-01-25', '2024-01-30'], // the 26th, then a Sunday
  ] as const
  for (const [made, until] of table) assert.equal(offerStandsUntil(made), until, made)
})
