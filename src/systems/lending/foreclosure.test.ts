import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const loans: string[] = []
for (let at = 0; at < 9; at++) loans.push(await w.activeLoan('meera', product.id))
const loan = (at: number): string => loans[at] ?? ''
await w.paidIn('meera', 200_000_000)

type Figure = 'principal' | 'overdueInterest' | 'accruedInterest' | 'interestInAdvance' | 'lateCharge' | 'fee' | 'feeTax' | 'total'
type Quote = Record<Figure, number> & { readonly quoteId: string; readonly on: string }
const quote = async (of: string, on = w.clock.today()): Promise<Quote> =>
  (await call('meera', `GET /api/v1/loans/${of}/foreclosure-quote?on=${on}`)).body as unknown as Quote
const foreclose = (of: string, { quoteId, on, total }: Quote, more: object = {}) =>
  call('meera', `POST /api/v1/loans/${of}/foreclosure`, { body: { quoteId, on, total, ...more } })
const repay = (of: string, amount: number) =>
  call('ravi', `POST /api/v1/loans/${of}/repayments`, {
    body: { payment: `${of}-${amount}`, amount, currency: 'INR', from: 'cash' },
  })
const stale = async (of: string, quoted: Quote, more: object = {}): Promise<void> => {
  const { status, code } = await foreclose(of, quoted, more)
  assert.deepEqual([status, code], [409, 'lending.quote_stale'])
}
const legs = async (transfer: string): Promise<Record<string, number>> => {
  const rows = await w.db.pool.query<{ account: string; amount: bigint }>(
    sql`select account, amount from ledger.entry where transfer = ${transfer}`,
  )
  return Object.fromEntries(rows.map(({ account, amount }) => [account.replace(/loan_\w+|person_\w+/, '…'), Number(amount)]))
}

const lastLine = async (of: string): Promise<Record<string, unknown>> =>
  ((await call('meera', `GET /api/v1/loans/${of}/statement?limit=1`)).body['items'] as unknown as Record<string, unknown>[])[0] ?? {}
const ends = async (of: string): Promise<unknown> =>
  (await w.db.pool.query<{ body: string }>(sql`select body from events.event where key = ${of} and type = 'lending.foreclosed.v1'`)).map(
    ({ body }) => (JSON.parse(body) as { data: { total: number } }).data.total,
  )

await w.travelTo('2026-02-25')

test('a quote, figure by figure, and a foreclosure that posts exactly it', async () => {
  const quoted = await quote(loan(0))
  // Ten of the 28 days from 15 February of 1,152.80 … the second row's interest on 1,00,000.00: the first instalment is unpaid.
  const expected = {
    principal: 10_000_000,
    overdueInterest: 125_000,
    accruedInterest: Math.round((115_280 * 10) / 28),
    interestInAdvance: 0,
    lateCharge: 4_513,
    fee: 300_000,
    feeTax: 54_000,
  }
  const { principal, overdueInterest, accruedInterest, interestInAdvance, lateCharge, fee, feeTax, total } = quoted
  assert.deepEqual({ principal, overdueInterest, accruedInterest, interestInAdvance, lateCharge, fee, feeTax }, expected)
  assert.equal(
    total,
    Object.values(expected).reduce((sum, figure) => sum + figure, 0),
  )
  const { status, body } = await foreclose(loan(0), quoted)
  assert.deepEqual([status, body['state'], body['loanState'], body['total']], [200, 'foreclosed', 'foreclosed', total])
  assert.deepEqual(await legs(String(body['receipt'])), {
    'wallet:…': total,
    'loan:…:principal': -10_000_000,
    'loan:…:interest': -125_000,
    'income:interest': -accruedInterest,
    'income:late_charge': -4_513,
    'income:foreclosure': -300_000,
    'tax:gst_output': -54_000,
  })
  const after = (await call('ravi', `GET /api/v1/loans/${loan(0)}`)).body as Record<string, unknown>
  assert.deepEqual([after['state'], after['endedOn'], after['toPay'], after['nextDue']], ['foreclosed', '2026-02-25', 0, null])
  assert.deepEqual(await ends(loan(0)), [total])
})

test('its statement has the lines of this loan alone, each divided; what a foreclosure cost beside what was owed is fees', async () => {
  const { body } = await call('meera', `GET /api/v1/loans/${loan(0)}/statement`)
  const lines = body['items'] as unknown as readonly Record<string, unknown>[]
  assert.deepEqual(
    lines.map(({ kind, breakup, balance }) => [kind, Object.values(breakup as object), balance]),
    // Late charge, interest, principal, fees, wallet.
    [
      ['foreclosure', [4_513, 125_000 + 41_171, 10_000_000, 354_000, 0], 0],
      ['interest_due', [0, 125_000, 0, 0, 0], 10_000_000],
      ['disbursal', [0, 0, 10_000_000, 236_000, 9_764_000], 10_000_000],
    ],
  )
})

test('interest paid in advance counts against the running interest', async () => {
  await repay(loan(1), 902_600 + 4_513 + 115_280)
  const quoted = await quote(loan(1))
  const { principal, overdueInterest, accruedInterest, interestInAdvance } = quoted
  assert.deepEqual([principal, overdueInterest, accruedInterest, interestInAdvance], [9_222_400, 0, 41_171, 115_280])
  const { status, body } = await foreclose(loan(1), quoted)
  assert.equal(status, 200)
  const booked = await legs(String(body['receipt']))
  assert.deepEqual([booked['loan:…:interest_in_advance'], booked['income:interest']], [115_280, -41_171])
  const { breakup } = await lastLine(loan(1))
  assert.deepEqual(breakup, {
    lateCharge: 0,
    interest: 41_171 - 115_280,
    principal: 9_222_400,
    fees: quoted.fee + quoted.feeTax,
    wallet: 0,
  })
})

test('interest of several periods paid in advance is all given back', async () => {
  await repay(loan(7), 902_600 + 4_513 + 902_600)
  await repay(loan(7), 50_000)
  const quoted = await quote(loan(7))
  assert.deepEqual([quoted.accruedInterest, quoted.interestInAdvance], [41_171, 115_280 + 50_000])
  const { status, body } = await foreclose(loan(7), quoted)
  assert.equal(status, 200)
  const booked = await legs(String(body['receipt']))
  assert.deepEqual([booked['loan:…:interest_in_advance'], booked['income:interest']], [165_280, -41_171])
})

test('what was paid before the end keeps its day', async () => {
  await repay(loan(8), 902_600 + 4_513)
  await w.travelTo('2026-02-26')
  assert.equal((await foreclose(loan(8), await quote(loan(8)))).status, 200)
  const rows = (await call('meera', `GET /api/v1/loans/${loan(8)}/schedule`)).body['items'] as unknown as readonly Record<string, unknown>[]
  assert.deepEqual(
    rows.map(({ paidOn }) => paidOn),
    ['2026-02-25', '2026-02-26'],
  )
})

test('stale: another total, another id, another day, money in between, a day later', async () => {
  const quoted = await quote(loan(2))
  await stale(loan(2), { ...quoted, total: quoted.total - 1 })
  await stale(loan(2), { ...quoted, quoteId: 'quote_of_mine' })
  await stale(loan(2), { ...quoted, on: '2026-02-27' })
  await stale(loan(2), { ...(await quote(loan(3))), total: quoted.total })
  const tomorrow = await quote(loan(2), '2026-02-27')
  await stale(loan(2), tomorrow)
  assert.equal((await repay(loan(2), 1_000)).status, 201)
  await stale(loan(2), quoted)
  const fresh = await quote(loan(2))
  await w.travelTo('2026-02-27')
  await stale(loan(2), fresh)
  await stale(loan(2), tomorrow)
  assert.equal((await foreclose(loan(2), await quote(loan(2)))).status, 200)
})

test('stale: a payment that came and was reversed leaves the figures as they were, and another version of the loan', async () => {
  const quoted = await quote(loan(3))
  const { body: paid } = await repay(loan(3), 2_000)
  const address = `POST /api/v1/loans/${loan(3)}/repayments/${String(paid['id'])}/reversal`
  assert.equal((await call('ravi', address, { body: { reason: 'typed twice' } })).status, 201)
  const again = await quote(loan(3))
  assert.equal(again.total, quoted.total)
  assert.notEqual(again.quoteId, quoted.quoteId)
  await stale(loan(3), quoted)
})

test('a quote for a later day holds on that day if nothing was paid, across a due date', async () => {
  const quoted = await quote(loan(3), '2026-03-16')
  await w.travelTo('2026-03-16')
  assert.deepEqual(await quote(loan(3)), quoted)
  const { status, body } = await foreclose(loan(3), quoted)
  assert.deepEqual([status, body['total']], [200, quoted.total])
  // The late charge of one that ended on 25 February stands as it was that day.
  const rows = (await call('meera', `GET /api/v1/loans/${loan(0)}/schedule`)).body['items'] as unknown as readonly Record<string, unknown>[]
  assert.deepEqual(
    rows.map(({ lateCharge, paidOn }) => [lateCharge, paidOn]),
    [
      [4_513, '2026-02-25'],
      [0, '2026-02-25'],
    ],
  )
})

test('twenty foreclosures at once end it once', async () => {
  const quoted = await quote(loan(4))
  const came = await Promise.all(Array.from({ length: 20 }, () => foreclose(loan(4), quoted)))
  assert.deepEqual(came.map(({ status, code }) => code ?? `${status}`).toSorted(), [
    '200',
    ...Array.from({ length: 19 }, () => 'lending.loan_not_active'),
  ])
})

test('a repayment and a foreclosure at once: either the quote is stale or the loan is ended', async () => {
  const quoted = await quote(loan(5))
  const [ended, paid] = await Promise.all([foreclose(loan(5), quoted), repay(loan(5), 5_000)])
  const told = [ended.code ?? ended.status, paid.code ?? paid.status].join(' ')
  assert.ok(['200 lending.loan_not_active', 'lending.quote_stale 201'].includes(told), told)
})

test('a wallet that has not enough, and cash said by a borrower, change nothing', async () => {
  const { available } = (await call('ravi', `GET /api/v1/people/${w.who.meera.id}/wallet`)).body as unknown as { available: number }
  await call('ravi', `POST /api/v1/people/${w.who.meera.id}/withdrawals`, { body: { payment: 'all', amount: available, currency: 'INR' } })
  const quoted = await quote(loan(6))
  const poor = await foreclose(loan(6), quoted)
  assert.deepEqual([poor.status, poor.code], [422, 'ledger.insufficient'])
  const cash = await foreclose(loan(6), quoted, { from: 'cash' })
  assert.deepEqual([cash.status, cash.code], [422, 'lending.cash_by_staff_only'])
  assert.deepEqual(await quote(loan(6)), quoted)
})

test('an ended loan gives no quote', async () => {
  const { status, code } = await call('meera', `GET /api/v1/loans/${loan(0)}/foreclosure-quote`)
  assert.deepEqual([status, code], [409, 'lending.loan_not_active'])
})
