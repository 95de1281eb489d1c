import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const [loan, other, ending, prepaying, plain] = [
  await w.activeLoan('meera', product.id),
  await w.activeLoan('meera', product.id),
  await w.activeLoan('meera', product.id, { instalments: 3 }),
  await w.activeLoan('meera', product.id),
  await w.activeLoan('meera', product.id),
]

let slips = 0
const repay = async (of: string, amount: number, more: object = {}): Promise<string> => {
  const { status, body } = await call('ravi', `POST /api/v1/loans/${of}/repayments`, {
    body: { payment: `slip-${++slips}`, amount, currency: 'INR', from: 'cash', ...more },
  })
  assert.equal(status, 201, JSON.stringify(body))
  return String(body['id'])
}
const reverse = (of: string, repayment: string, more: object = {}) =>
  call('ravi', `POST /api/v1/loans/${of}/repayments/${repayment}/reversal`, { body: { reason: 'cheque bounced' }, ...more })

// Everything that a repayment touches, as it stands: the loan without its revision, its rows, and every balance.
const standing = async (of: string): Promise<unknown> => {
  const [row] = await w.db.pool.query<{ told: string }>(sql`
    select (select to_jsonb(l) - 'revision' from lending.loan l where id = ${of})::text ||
      (select jsonb_agg(i order by number) from lending.instalment i where loan = ${of})::text ||
      (select jsonb_agg(jsonb_build_array(id, posted) order by id) from ledger.account where posted <> 0)::text as told`)
  return row?.told
}

const receivable = async (of: string): Promise<bigint> => {
  const [row] = await w.db.pool.query<{ posted: bigint }>(sql`select posted from ledger.account where id = ${`loan:${of}:interest`}`)
  return row?.posted ?? 0n
}
const overdue = async (of: string): Promise<unknown> => (await call('ravi', `GET /api/v1/loans/${of}`)).body['overdue']
const rows = async (of: string): Promise<unknown> => (await call('ravi', `GET /api/v1/loans/${of}/schedule`)).body['items']

const payments: readonly (readonly [what: string, amount: number, more: object])[] = [
  ['a part', 30_000, {}],
  ['an instalment', 902_600, {}],
  ['more than is due, to the wallet', 2_000_000, {}],
  ['from the wallet', 902_600, { from: 'wallet' }],
  ['a prepayment', 5_000_000, { excess: 'prepay' }],
]
for (const [what, amount, more] of payments)
  test(`the reversal of ${what} leaves everything as it was before`, async () => {
    const before = await standing(loan)
    const repayment = await repay(loan, amount, more)
    assert.notEqual(await standing(loan), before)
    const { status, body } = await reverse(loan, repayment)
    assert.deepEqual(
      [status, body['state'], body['loanState'], body['amount'], body['repayment']],
      [201, 'done', 'active', amount, repayment],
    )
    assert.equal(await standing(loan), before)
  })

test('a reversal names what it reverses, in the statement and in the ledger', async () => {
  const repayment = await repay(loan, 10_000)
  const { body } = await reverse(loan, repayment)
  const lines = (await call('ravi', `GET /api/v1/loans/${loan}/statement?limit=2`)).body['items'] as unknown as Record<string, unknown>[]
  assert.deepEqual(
    lines.map(({ id, kind, amount, reversedBy, reason }) => [id, kind, amount, reversedBy, reason]),
    [
      [body['id'], 'reversal', -10_000, null, 'cheque bounced'],
      [repayment, 'repayment', 10_000, body['id'], null],
    ],
  )
  const [booked] = await w.db.pool.query<{ reverses: string }>(
    sql`select reverses from ledger.transfer where id = ${String(body['receipt'])}`,
  )
  assert.equal(booked?.reverses, lines[1]?.['transfer'])
})

test('refusals: no reason, no such repayment, of another loan, reversed already', async () => {
  const first = await repay(loan, 10_000)
  const second = await repay(loan, 10_000)
  const elsewhere = await repay(other, 10_000)
  assert.equal((await reverse(loan, second, { body: {} })).status, 400)
  assert.equal((await reverse(loan, second, { body: { reason: ' x ' } })).status, 400)
  assert.equal((await reverse(loan, second, { key: null })).code, 'operations.key_missing')
  const unknown = await reverse(loan, `repayment_${'0'.repeat(26)}`)
  assert.deepEqual([unknown.status, unknown.code], [404, 'lending.repayment_unknown'])
  assert.equal((await reverse(loan, elsewhere)).code, 'lending.repayment_unknown')
  const done = await reverse(loan, second)
  assert.equal(done.status, 201)
  const again = await reverse(loan, second)
  assert.deepEqual([again.status, again.code, again.body['facts']], [409, 'lending.repayment_reversed', { reversal: done.body['id'] }])
  assert.equal((await reverse(loan, first)).status, 201)
  assert.equal((await reverse(other, elsewhere)).status, 201)
})

test('twenty reversals of one repayment at once: one is done', async () => {
  const repayment = await repay(loan, 10_000)
  const came = await Promise.all(Array.from({ length: 20 }, () => reverse(loan, repayment)))
  assert.deepEqual(came.map(({ status, code }) => code ?? `${status}`).toSorted(), [
    '201',
    ...Array.from({ length: 19 }, () => 'lending.repayment_reversed'),
  ])
})

test('what was given to the wallet and spent since cannot be taken back', async () => {
  const repayment = await repay(loan, 40_000_000)
  const { body } = await call('ravi', `GET /api/v1/people/${w.who.meera.id}/wallet`)
  const all = { payment: 'out', amount: body['available'], currency: 'INR' }
  assert.equal((await call('ravi', `POST /api/v1/people/${w.who.meera.id}/withdrawals`, { body: all })).status, 201)
  const { status, code } = await reverse(loan, repayment)
  assert.deepEqual([status, code], [422, 'ledger.insufficient'])
  await w.paidIn('meera', 60_000_000)
  assert.equal((await reverse(loan, repayment)).status, 201)
})

test('after its due date: what was paid in advance is owed again from that day, with the late charge', async () => {
  const repayment = await repay(other, 902_600)
  await w.travelTo('2026-02-25')
  assert.equal((await call('ravi', `GET /api/v1/loans/${other}`)).body['dpd'], 0)
  assert.equal((await reverse(other, repayment)).status, 201)
  const { dpd, overdue } = (await call('ravi', `GET /api/v1/loans/${other}`)).body as Record<string, unknown>
  assert.deepEqual([dpd, overdue], [11, { amount: 902_600, since: '2026-02-15', lateCharge: 4_513 }])
  assert.equal(await receivable(other), 125_000n)
})

test('a prepayment that bounces after a due date: the interest that it had saved is owed for that date too', async () => {
  const repayment = await repay(prepaying, 902_600 + 4_513 + 5_000_000, { excess: 'prepay' })
  const twin = await repay(plain, 902_600 + 4_513)
  // The second instalment was paid in advance with the prepayment; the third, now smaller, fell due on 15 April.
  await w.travelTo('2026-04-20')
  const reduced = await receivable(prepaying)
  assert.ok(reduced > 0n && reduced < 105_439n, String(reduced))
  assert.equal((await reverse(prepaying, repayment)).status, 201)
  assert.equal((await reverse(plain, twin)).status, 201)
  for (const what of [receivable, overdue, rows]) assert.deepEqual(await what(prepaying), await what(plain))
  const lines = (await call('ravi', `GET /api/v1/loans/${prepaying}/statement?limit=2`)).body['items'] as unknown as Record<
    string,
    unknown
  >[]
  // Both lines of one instant, and all before them, come once however they are paged.
  const walked: unknown[] = []
  for (let after = ''; ;) {
    const { body } = await call('ravi', `GET /api/v1/loans/${prepaying}/statement?limit=1${after}`)
    walked.push(...(body['items'] as unknown as unknown[]))
    if (body['next'] === null || walked.length > 9) break
    after = `&after=${String(body['next'])}`
  }
  assert.deepEqual(walked, (await call('ravi', `GET /api/v1/loans/${prepaying}/statement`)).body['items'])
  const missed = lines.find(({ kind }) => kind === 'interest_due')
  assert.deepEqual([missed?.['amount'], missed?.['bookedOn']], [Number(105_439n - reduced), '2026-04-20'])
})

test('a loan that the repayment closed is active again, and owes what it owed', async () => {
  await w.travelTo('2026-04-21')
  const { toPay } = (await call('ravi', `GET /api/v1/loans/${ending}`)).body as unknown as { toPay: number }
  const repayment = await repay(ending, toPay)
  assert.equal((await call('ravi', `GET /api/v1/loans/${ending}`)).body['state'], 'closed')
  const { body } = await reverse(ending, repayment)
  assert.equal(body['loanState'], 'active')
  const after = (await call('ravi', `GET /api/v1/loans/${ending}`)).body as Record<string, unknown>
  assert.deepEqual([after['state'], after['toPay'], after['endedOn']], ['active', toPay, null])
})
