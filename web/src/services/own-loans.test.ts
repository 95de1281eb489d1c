import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Loan, ScheduleRow } from '#services/loans.ts'
import { byUrgency, dueLines, nextAfter, paidSoFar } from '#services/own-loans.ts'

const plain = {
  id: 'loan_a',
  state: 'active',
  person: 'person_a',
  personName: 'Priya Shah',
  product: { id: 'product_a', name: 'Personal loan', version: 1 },
  principal: 300_000,
  currency: 'INR',
  instalments: 3,
  annualRate: '12',
  apr: '12.00',
  netDisbursed: 300_000,
  instalment: 102_000,
  appliedAt: '2026-01-01T05:00:00Z',
  appliedBy: 'person_b',
  offerExpiresOn: null,
  score: null,
  decidedBy: null,
  rejectedReason: null,
  failure: null,
  disbursedOn: '2026-01-05',
  firstDueOn: '2026-02-05',
  endedOn: null,
  toPay: 0,
  overdue: null,
  dpd: 0,
  bucket: 'current',
  outstanding: { principal: 300_000, interest: 0, lateCharge: 0, total: 300_000 },
  nextDue: { number: 1, dueOn: '2026-02-05', amount: 102_000 },
  paidInstalments: 0,
  moves: [],
} as const satisfies Loan
const loan = (changes: Partial<Loan>): Loan => ({ ...plain, ...changes })

const row = (number: number, changes: Partial<ScheduleRow> = {}): ScheduleRow => ({
  number,
  dueOn: `2026-0${number + 1}-05`,
  opening: 0,
  principal: 100_000,
  interest: 2_000,
  lateCharge: 0,
  total: 102_000,
  closing: 0,
  paidPrincipal: 0,
  paidInterest: 0,
  state: 'to come',
  paidOn: null,
  daysLate: 0,
  ...changes,
})
const paid = { state: 'paid', paidPrincipal: 100_000, paidInterest: 2_000 } as const

void test('of several loans the one that asks for something comes first', () => {
  const loans = [
    loan({ id: 'closed', state: 'closed', nextDue: null }),
    loan({ id: 'applied', state: 'applied' }),
    loan({ id: 'later' }),
    loan({ id: 'sooner', nextDue: { number: 1, dueOn: '2026-01-20', amount: 1 } }),
    loan({ id: 'offered', state: 'offered' }),
    loan({ id: 'late', toPay: 5, dpd: 3 }),
    loan({ id: 'later still', toPay: 5, dpd: 40 }),
  ]
  assert.deepEqual(
    byUrgency(loans).map(({ id }) => id),
    ['later still', 'late', 'offered', 'sooner', 'later', 'applied', 'closed'],
  )
})

void test('the lines sum to what is to pay: instalments due by today, also one paid in part, and the late charge', () => {
  const outstanding = { principal: 250_000, interest: 4_000, lateCharge: 321, total: 254_321 }
  const rows = [row(1, { state: 'late', paidInterest: 2_000, paidPrincipal: 50_000 }), row(2, { state: 'due' }), row(3)]
  assert.deepEqual(dueLines(loan({ outstanding }), rows, '2026-03-05'), [
    { word: 'Instalments 1 and 2 of 3', minor: 152_000 },
    { word: 'Late charge', minor: 321 },
  ])
  assert.deepEqual(dueLines(loan({}), rows, '2026-02-05'), [{ word: 'Instalment 1 of 3', minor: 50_000 }])
  assert.deepEqual(dueLines(loan({}), rows, '2026-04-05')[0]?.word, 'Instalments 1 to 3 of 3')
  assert.deepEqual(dueLines(loan({}), [row(1, paid), row(2)], '2026-02-05'), [])
})

void test('next is the first after today that is not wholly paid, and what is left of it', () => {
  const rows = [row(1, { state: 'late' }), row(2, paid), row(3, { state: 'part', paidInterest: 500 })]
  assert.deepEqual(nextAfter(rows, '2026-02-10'), { dueOn: '2026-04-05', minor: 101_500 })
  assert.equal(nextAfter(rows, '2026-04-05'), undefined)
})

void test('paid so far counts principal paid in advance, and late charges but not those still owed', () => {
  const outstanding = { principal: 120_000, interest: 0, lateCharge: 30, total: 120_030 }
  const rows = [row(1, { ...paid, lateCharge: 80 }), row(2)]
  assert.deepEqual(paidSoFar(loan({ outstanding }), rows), { principal: 180_000, interest: 2_000, lateCharge: 50, total: 182_050 })
})
