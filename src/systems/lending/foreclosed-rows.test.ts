import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const loans = [await w.activeLoan('meera', product.id), await w.activeLoan('meera', product.id)]
const short = await w.activeLoan('meera', product.id, { instalments: 3 })
const loan = (at: number): string => loans[at] ?? ''

const foreclose = async (of: string): Promise<string> => {
  const { body } = await call('ravi', `GET /api/v1/loans/${of}/foreclosure-quote`)
  const { quoteId, on, total } = body as Readonly<Record<string, unknown>>
  const ended = await call('ravi', `POST /api/v1/loans/${of}/foreclosure`, { body: { quoteId, on, total, from: 'cash' } })
  assert.equal(ended.status, 200, ended.text)
  return String(ended.body['receipt'])
}
const repay = (of: string, amount: number) =>
  call('ravi', `POST /api/v1/loans/${of}/repayments`, { body: { payment: `${of}-${amount}`, amount, currency: 'INR', from: 'cash' } })
const incomeOf = async (transfer: string): Promise<unknown> =>
  (
    await w.db.pool.query<{ amount: bigint }>(
      sql`select amount from ledger.entry where transfer = ${transfer} and account = 'income:interest'`,
    )
  )[0]?.amount
/** Number, due date, opening, principal, interest, all of it paid, on which day, fallen. */
const rows = async (of: string): Promise<unknown> =>
  (
    await w.db.pool.query<Record<'number' | 'due_on' | 'opening' | 'principal' | 'interest' | 'paid' | 'paid_on' | 'fallen', unknown>>(sql`
      select number, due_on, opening, principal, interest, paid_principal = principal and paid_interest = interest as paid, paid_on, fallen
      from lending.instalment where loan = ${of} order by number`)
  ).map((row) => Object.values(row))
const line = async (of: string): Promise<unknown> => {
  const { body } = await call('ravi', `GET /api/v1/loans/${of}/statement?limit=1`)
  const [last] = body['items'] as unknown as readonly Readonly<Record<string, unknown>>[]
  return [last?.['kind'], last?.['amount'], last?.['breakup'], last?.['balance']]
}

test('what was paid in advance and what was not is one row on the day, with the interest so far', async () => {
  await w.travelTo('2026-01-25')
  await repay(loan(0), 902_600)
  await repay(loan(0), 10_000)
  await foreclose(loan(0))
  // Ten of 31 days of 1,250.00; 1,350.00 had been paid in advance.
  assert.deepEqual(await rows(loan(0)), [[1, '2026-01-25', 10_000_000n, 10_000_000n, 40_323n, true, '2026-01-25', true]])
  const fees = Math.round(9_222_400 * 0.03) + Math.round(Math.round(9_222_400 * 0.03) * 0.18)
  const breakup = { lateCharge: 0, interest: 40_323 - 135_000, principal: 9_222_400, fees, wallet: 0 }
  assert.deepEqual(await line(loan(0)), ['foreclosure', 9_222_400 + 40_323 - 135_000 + fees, breakup, 0])
})

test('an instalment whose day has come, but not its booking, is earned with the foreclosure, and never again', async () => {
  // One minute into the due date; interest falls due at five past.
  await w.clock.moveTo(Date.parse('2026-02-14T18:31:00Z'))
  assert.equal(w.clock.today(), '2026-02-15')
  assert.equal(await incomeOf(await foreclose(loan(1))), -125_000n)
  assert.deepEqual(await rows(loan(1)), [
    [1, '2026-02-15', 10_000_000n, 777_600n, 125_000n, true, '2026-02-15', true],
    [2, '2026-02-15', 9_222_400n, 9_222_400n, 0n, true, '2026-02-15', true],
  ])
  const breakup = { lateCharge: 0, interest: 125_000, principal: 10_000_000, fees: 354_000, wallet: 0 }
  assert.deepEqual(await line(loan(1)), ['foreclosure', 10_479_000, breakup, 0])
  await w.travelTo('2026-03-20')
  assert.deepEqual(await line(loan(1)), ['foreclosure', 10_479_000, breakup, 0])
})

test('after the last due date there is no row but those that were due', async () => {
  await w.travelTo('2026-04-16')
  assert.equal(await incomeOf(await foreclose(short)), undefined)
  assert.deepEqual(await rows(short), [
    [1, '2026-02-15', 10_000_000n, 3_292_000n, 125_000n, true, '2026-04-16', true],
    [2, '2026-03-15', 6_708_000n, 3_333_150n, 83_850n, true, '2026-04-16', true],
    [3, '2026-04-15', 3_374_850n, 3_374_850n, 42_186n, true, '2026-04-16', true],
  ])
})
