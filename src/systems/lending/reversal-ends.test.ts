import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()

let slips = 0
const repay = async (loan: string, amount: number, excess: 'wallet' | 'prepay' = 'wallet'): Promise<string> => {
  const body = { payment: `slip-${++slips}`, amount, currency: 'INR', from: 'cash', excess }
  const { status, body: told, text } = await call('ravi', `POST /api/v1/loans/${loan}/repayments`, { body })
  assert.equal(status, 201, text)
  return String(told['id'])
}
const reverse = async (loan: string, repayment: string): Promise<unknown> => {
  const { status, body, text } = await call('ravi', `POST /api/v1/loans/${loan}/repayments/${repayment}/reversal`, {
    body: { reason: 'cheque bounced' },
  })
  assert.equal(status, 201, text)
  return body['loanState']
}
const told = async (loan: string): Promise<unknown> => {
  const { state, endedOn } = (await call('ravi', `GET /api/v1/loans/${loan}`)).body
  return { state, endedOn }
}
const eventsOf = async (loan: string): Promise<unknown> => {
  const found = await w.db.pool.query<{ type: string }>(
    sql`select body::jsonb ->> 'type' as type from events.event where key = ${loan} order by id`,
  )
  return found.map(({ type }) => type).filter((type) => /closed|reopened|reversed/.test(type))
}
/** Number, due date, interest, whether it has fallen. */
const rows = async (loan: string): Promise<unknown> =>
  (
    await w.db.pool.query<{ number: number; interest: bigint; fallen: boolean }>(
      sql`select number, interest, fallen from lending.instalment where loan = ${loan} order by number`,
    )
  ).map(({ number, interest, fallen }) => [number, interest, fallen])
const receivable = async (loan: string): Promise<bigint | undefined> =>
  (await w.db.pool.query<{ posted: bigint }>(sql`select posted from ledger.account where id = ${`loan:${loan}:interest`}`))[0]?.posted

// The first row but for a paisa, the paisa, and a payment that with the paisa pays row 2 and leaves 50.00 in row 3; without it, it comes
// off the principal before row 2 falls due, and spares more interest than those 50.00.
const almost = async () => {
  const loan = await w.activeLoan('meera', product.id, { instalments: 3 })
  await repay(loan, 3_416_999)
  const paisa = await repay(loan, 1)
  const large = await repay(loan, 3_417_000 + 3_374_850 - 5_000, 'prepay')
  assert.deepEqual(await rows(loan), [
    [1, 125_000n, false],
    [2, 83_850n, false],
    [3, 63n, false],
  ])
  return { loan, paisa, large }
}

test('a reversal without which more was owed ends the loan, on its own day, and says so', async () => {
  const { loan, paisa } = await almost()
  await w.travelTo('2026-01-20')
  assert.equal(await reverse(loan, paisa), 'closed')
  assert.deepEqual(await told(loan), { state: 'closed', endedOn: '2026-01-20' })
  assert.deepEqual(await eventsOf(loan), ['lending.repayment_reversed.v1', 'lending.closed.v1'])
})

test('rows that fell due, were taken away by a reversal and brought back by another fall due again', async () => {
  const { loan, paisa, large } = await almost()
  await w.travelTo('2026-04-21')
  await reverse(loan, paisa)
  assert.deepEqual(await rows(loan), [[1, 125_000n, true]])
  assert.equal(await reverse(loan, large), 'active')
  assert.deepEqual(await told(loan), { state: 'active', endedOn: null })
  assert.deepEqual(await eventsOf(loan), [
    'lending.repayment_reversed.v1',
    'lending.closed.v1',
    'lending.repayment_reversed.v1',
    'lending.reopened.v1',
  ])
  await w.travelTo('2026-04-22')
  assert.deepEqual(await rows(loan), [
    [1, 125_000n, true],
    [2, 83_850n, true],
    [3, 42_186n, true],
  ])
  assert.equal(await receivable(loan), 83_850n + 42_186n)
})

test('what a foreclosed loan was repaid stands', async () => {
  const loan = await w.activeLoan('meera', product.id)
  const repayment = await repay(loan, 10_000)
  const { body: quoted } = await call('ravi', `GET /api/v1/loans/${loan}/foreclosure-quote`)
  const { quoteId, on, total } = quoted as Readonly<Record<string, unknown>>
  const ended = await call('ravi', `POST /api/v1/loans/${loan}/foreclosure`, { body: { quoteId, on, total, from: 'cash' } })
  assert.equal(ended.status, 200)
  const { status, code } = await call('ravi', `POST /api/v1/loans/${loan}/repayments/${repayment}/reversal`, {
    body: { reason: 'bounced' },
  })
  assert.deepEqual([status, code], [409, 'lending.loan_not_active'])
})

test('a reversal of what a closed loan was left over stays closed, since the same day', async () => {
  const loan = await w.activeLoan('meera', product.id, { instalments: 3 })
  const first = await repay(loan, 100)
  await repay(loan, 20_000_000, 'prepay')
  const before = await told(loan)
  await w.travelTo('2026-04-25')
  assert.equal(await reverse(loan, first), 'closed')
  assert.deepEqual(await told(loan), before)
  assert.deepEqual(await eventsOf(loan), ['lending.closed.v1', 'lending.repayment_reversed.v1'])
})
