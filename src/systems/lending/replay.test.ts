import assert from 'node:assert/strict'
import test from 'node:test'
import { parseRate } from '#kernel/money'
import { appropriate, beginning, replay } from './appropriate.ts'
import type { LoanPosition, Payment } from './appropriate.ts'
import { loanRowsOf } from './loan-row.ts'
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
const start = beginning(terms, parseRate('0.1'))
const EMI = 3_400_221n
const paid = (on: string, amount: bigint, excess: Payment['excess'] = 'wallet'): Payment => ({ on, amount, excess })
const go = (payments: readonly Payment[], until?: string, from: LoanPosition = start) => replay(from, payments, until)

test('a loan begins with nothing charged, nothing paid, and rows that a bullet may leave without principal', () => {
  assert.deepEqual(start.lateCharge, { perDay: parseRate('0.1'), amountDays: 0n, until: '2024-01-10', paid: 0n })
  const { paidOn, overdue, toWallet, npa } = go([])
  assert.deepEqual([[...paidOn], [...overdue], toWallet, npa], [[], [], 0n, false])
  for (const rounding of ['paisa', 'rupee_nearest', 'rupee_up'] as const) {
    const bullet = loanRowsOf({ ...terms, method: 'bullet', rounding })
    assert.deepEqual(
      bullet.map(({ principal }) => principal),
      [0n, 0n, 10_000_000n],
    )
  }
  // Nothing to pay is paid from the first day.
  const free = beginning({ ...terms, method: 'bullet', annualRate: parseRate('0') }, parseRate('0'))
  assert.deepEqual(
    [...go([], undefined, free).paidOn],
    [
      [1, '2024-01-10'],
      [2, '2024-01-10'],
    ],
  )
})

test('non-performing from the 91st day past due, until nothing is in arrears, and not before a payment says so', () => {
  const part = (on: string): Payment => paid(on, 100n)
  assert.equal(go([]).npa, false)
  assert.equal(go([part('2024-05-09')]).npa, false) // 90 days past due
  assert.equal(go([part('2024-05-10')]).npa, true)
  // It stays so though the oldest arrear is young again, and ends with the last of them.
  const younger = [part('2024-05-10'), paid('2024-05-11', EMI + 1_000_000n)]
  assert.equal(go(younger).npa, true)
  assert.equal(go([...younger, part('2024-05-12')]).npa, true)
  assert.equal(go([...younger, paid('2024-05-12', 20_000_000n)]).npa, false)
  assert.equal(go([paid('2024-02-10', EMI)]).npa, false)
})

test('a row was paid on the day on which nothing of it was left', () => {
  const days = [paid('2024-02-01', EMI - 1n), paid('2024-02-05', 1n), paid('2024-03-20', 1_000n), paid('2024-03-21', 20_000_000n)]
  assert.deepEqual(
    [1, 2, 3, 4].map((upTo) => [...go(days.slice(0, upTo)).paidOn]),
    [
      [],
      [[1, '2024-02-05']],
      [[1, '2024-02-05']],
      [
        [1, '2024-02-05'],
        [2, '2024-03-21'],
        [3, '2024-03-21'],
      ],
    ],
  )
})

test('what was overdue is kept row by row: unpaid × days, and together the loan’s own', () => {
  const { overdue, position } = go([paid('2024-03-15', 1_000_000n)], '2024-04-11')
  const late = (EMI * 34n + EMI * 5n + 500n) / 1000n
  const left = EMI - (1_000_000n - late - 66_998n)
  assert.deepEqual(
    [...overdue],
    [
      [1, EMI * 34n + left * 27n],
      [2, EMI * 5n + (EMI - 66_998n) * 27n],
      [3, EMI + 1n],
    ],
  )
  assert.deepEqual([position.lateCharge.amountDays, position.lateCharge.until], [EMI * 39n, '2024-03-15'])
  const one = { ...start, rows: start.rows.map((row) => ({ ...row, paidInterest: row.interest, paidPrincipal: row.principal - 1n })) }
  assert.deepEqual([...go([], '2024-02-11', one).overdue], [[1, 1n]])
})

test('a paisa that is left of a row is what the next payment takes first', () => {
  const { position } = appropriate(start, paid('2024-01-20', EMI - 1n))
  const { shares, toWallet } = appropriate(position, paid('2024-01-21', 3n))
  assert.deepEqual([shares, toWallet], [[{ number: 1, interest: 0n, principal: 1n }], 2n])
})
