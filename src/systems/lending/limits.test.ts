import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { MAX_AMOUNT, parseRate } from '#kernel/money'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'
import { accrueLateCharge, LATE_CHARGE_MAX, lateChargeDue, noLateCharge } from './penalty.ts'

const w = await world(await database())
const { call } = await served(w)
type Figures = { readonly toPay: number; readonly overdue: { readonly lateCharge: number } }

// At once, without the nights between.
const moveTo = (day: string): Promise<unknown> => w.clock.moveTo(Date.parse(`${day}T06:30:00Z`))

// Interest of 83⅓ percent a month, on the largest amount: six instalments come to six times a number of 15 digits.
const vast = { principal: { min: 1, max: MAX_AMOUNT }, annualRate: '1000', method: 'bullet', fee: { rate: '0', taxRate: '0' } }
const charged = { ...vast, lateCharge: { perDay: '9999', rule: 'india-rbi' }, foreclosure: { chargeRate: '9999', taxRate: '9999' } }
const { body: plain } = await w.product({ ...vast, lateCharge: { perDay: '0.000001', rule: 'india-rbi' } })
const { body: dear } = await w.product(charged)
const largest = { principal: MAX_AMOUNT, instalments: 8 }

test('a debt of 16 digits that is late by years is told to the paisa, and paid', async () => {
  const loan = await w.activeLoan('meera', plain.id, largest)
  await moveTo('2030-01-15')
  const { toPay, overdue } = (await call('ravi', `GET /api/v1/loans/${loan}`)).body as unknown as Figures
  const rows = (await call('ravi', `GET /api/v1/loans/${loan}/schedule`)).body['items'] as unknown as { total: number; dueOn: string }[]
  const days = (from: string): bigint => BigInt(Math.round((Date.parse('2030-01-15') - Date.parse(from)) / 86_400_000))
  const amountDays = rows.reduce((sum, row) => sum + BigInt(row.total) * days(row.dueOn), 0n)
  assert.ok(amountDays > 2n ** 63n, `${amountDays} would have fitted`)
  // Ten thousand-millionths of a percent a day: amount × days ÷ 10^8, halves up.
  assert.equal(BigInt(overdue.lateCharge), (amountDays + 50_000_000n) / 100_000_000n)
  assert.equal(toPay, rows.reduce((sum, { total }) => sum + total, 0) + overdue.lateCharge)
  for (let left = toPay, n = 1; left > 0; n++) {
    const amount = Math.min(left, MAX_AMOUNT)
    const body = { payment: `vast-${n}`, amount, currency: 'INR', from: 'cash' }
    const paid = await call('ravi', `POST /api/v1/loans/${loan}/repayments`, { body })
    assert.equal(paid.status, 201, paid.text)
    left -= amount
    if (left === 0) assert.equal(paid.body['loanState'], 'closed')
  }
  const [kept] = await w.db.pool.query<{ late: string }>(sql`select late_amount_days::text as late from lending.loan where id = ${loan}`)
  assert.equal(kept?.late, String(amountDays))
})

test('a late charge stops at 15 digits, so that what is owed with it is told exactly', async () => {
  const loan = await w.activeLoan('meera', dear.id, { ...largest, instalments: 3 })
  await moveTo('2033-01-15')
  const { toPay, overdue } = (await call('ravi', `GET /api/v1/loans/${loan}`)).body as unknown as Figures
  assert.equal(overdue.lateCharge, MAX_AMOUNT)
  assert.ok(Number.isSafeInteger(toPay))
  const body = { payment: 'charge', amount: MAX_AMOUNT, currency: 'INR', from: 'cash' }
  const { split } = (await call('ravi', `POST /api/v1/loans/${loan}/repayments`, { body })).body as unknown as { split: object }
  assert.deepEqual(split, { lateCharge: MAX_AMOUNT, interest: 0, principal: 0, prepaid: 0, wallet: 0 })
  await moveTo('2033-02-15')
  assert.equal(((await call('ravi', `GET /api/v1/loans/${loan}`)).body as unknown as Figures).overdue.lateCharge, 0)
})

test('the charge is exact up to its largest, and that beyond', () => {
  const row = { number: 1, dueOn: '2026-01-01', opening: 1n, principal: LATE_CHARGE_MAX, interest: 0n, paidPrincipal: 0n, paidInterest: 0n }
  const due = (perDay: string, on: string): bigint =>
    lateChargeDue(accrueLateCharge(noLateCharge(parseRate(perDay), '2025-12-01'), [row], on))
  assert.equal(due('100', '2026-01-02'), LATE_CHARGE_MAX)
  assert.equal(due('99.9999', '2026-01-02'), 999_998_999_999_999n)
  assert.equal(due('100.0001', '2026-01-02'), LATE_CHARGE_MAX)
  assert.equal(due('9999', '9999-12-31'), LATE_CHARGE_MAX)
})

test('a quote that no number tells exactly is refused', async () => {
  const loan = await w.activeLoan('meera', dear.id, { ...largest, instalments: 3 })
  const { status, code } = await call('ravi', `GET /api/v1/loans/${loan}/foreclosure-quote`)
  assert.deepEqual([status, code], [422, 'lending.quote_too_large'])
})
