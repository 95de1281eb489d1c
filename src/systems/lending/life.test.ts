import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Connection, sql } from '#kernel/db'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'
import { LOAN_STATES } from './loan.ts'
import { expire } from './offer.ts'
import { judge, startAssessment } from './decide.ts'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const loan = await w.activeLoan('meera', product.id)
const owner = await Connection.open(w.db.owner)
w.db.closing(() => owner.close())

// What each move is refused with from every state that it does not start from; the table of a loan's life.
const moves: readonly (readonly [move: string, from: readonly string[], refusal: string, body: object])[] = [
  ['approval', ['referred'], 'lending.not_referred', {}],
  ['rejection', ['referred'], 'lending.not_referred', { reason: 'income not shown' }],
  ['acceptance', ['offered'], 'lending.not_offered', {}],
  ['disbursal', ['accepted'], 'lending.not_accepted', {}],
  ['repayments', ['active'], 'lending.loan_not_active', { payment: 'slip', amount: 1_000, currency: 'INR', from: 'cash' }],
  ['foreclosure', ['active'], 'lending.loan_not_active', { quoteId: 'quote_1', on: '2026-01-15', total: 1 }],
]
const snapshot = async (): Promise<string> => {
  const [row] = await owner.query<{ told: string }>(sql`
    select (select l::text from lending.loan l where id = ${loan}) || (select count(*) from lending.movement) ||
      (select count(*) from ledger.transfer) || (select count(*) from events.event) as told`)
  return row?.told ?? ''
}
const movesOf = async (who: 'meera' | 'kiran' | 'asha', id: string): Promise<unknown> =>
  (await call(who, `GET /api/v1/loans/${id}`)).body['moves']
const stage = (state: string): Promise<unknown> =>
  owner.execute(sql`update lending.loan set state = ${state}, offer_expires_on = '2026-12-31' where id = ${loan}`)

for (const [move, from, refusal, body] of moves)
  for (const state of LOAN_STATES.filter((one) => !from.includes(one)))
    test(`${move} of a loan that is ${state} is refused and changes nothing`, async () => {
      await stage(state)
      const before = await snapshot()
      const { status, code } = await call('asha', `POST /api/v1/loans/${loan}/${move}`, { body })
      assert.deepEqual([status, code], [409, move === 'acceptance' && state === 'expired' ? 'lending.offer_expired' : refusal])
      assert.equal(await snapshot(), before)
    })

for (const state of LOAN_STATES)
  test(`what Holdfast does by itself to a loan that is ${state}`, async () => {
    await stage(state)
    const before = await snapshot()
    if (state !== 'applied') await assert.rejects(w.asSystem(startAssessment, { loan }), { code: 'lending.not_applied' })
    if (state !== 'assessing') await assert.rejects(w.asSystem(judge, { loan, report: null }), { code: 'lending.not_assessing' })
    await w.asSystem(expire, { loan })
    assert.equal(await snapshot(), before)
  })

test('the legal life: applied, assessing, offered, accepted, active, closed, each told by an event', async () => {
  const product2 = (await w.product({ instalments: { min: 1, max: 60 } })).body
  const id = await w.activeLoan('meera', product2.id, { instalments: 1 })
  await w.paidIn('meera', 20_000_000)
  const { body } = await call('meera', `POST /api/v1/loans/${id}/repayments`, {
    body: { payment: 'all', amount: 15_000_000, currency: 'INR', from: 'wallet' },
  })
  assert.equal(body['loanState'], 'closed')
  const { endedOn, nextDue, moves: left } = (await call('ravi', `GET /api/v1/loans/${id}`)).body
  assert.deepEqual([endedOn, nextDue, left], [w.clock.today(), null, ['reverse']])
  const told = await owner.query<{ type: string }>(sql`select type from events.event where key = ${id} order by pos`)
  assert.deepEqual(
    told.map(({ type }) => type),
    ['applied', 'credit_checked', 'offered', 'accepted', 'disbursed', 'repaid', 'closed'].map((name) => `lending.${name}.v1`),
  )
})

test('a referred application: approved, or rejected with a reason, by someone else', async () => {
  for (const [who, move, body, state] of [
    ['kiran', 'approval', {}, 'offered'],
    ['kiran', 'rejection', { reason: 'income not shown' }, 'rejected'],
  ] as const) {
    const id = await w.application('dev', product.id)
    const { status, body: told } = await call(who, `POST /api/v1/loans/${id}/${move}`, { body })
    assert.deepEqual([status, told['state'], told['id']], [200, state, id])
  }
})

test('nobody decides on an application of their own: neither who took it nor whose it is', async () => {
  const taken = await call('kiran', 'POST /api/v1/loans', {
    body: { person: w.who.dev.id, product: product.id, principal: 5_000_000, currency: 'INR', instalments: 6 },
  })
  const kirans = await call('asha', 'POST /api/v1/loans', {
    body: { person: w.who.kiran.id, product: product.id, principal: 5_000_000, currency: 'INR', instalments: 6 },
  })
  await w.settled()
  for (const id of [taken.body['id'], kirans.body['id']])
    for (const [move, body] of [
      ['approval', {}],
      ['rejection', { reason: 'no reason' }],
    ] as const) {
      const { status, code } = await call('kiran', `POST /api/v1/loans/${String(id)}/${move}`, { body })
      assert.deepEqual([status, code], [422, 'lending.own_application'])
    }
  // Nor is it shown to them as a move of theirs; it is to another officer.
  for (const [who, id, shown] of [
    ['kiran', taken, []],
    ['asha', taken, ['approve', 'reject']],
    ['kiran', kirans, []],
    ['asha', kirans, []],
  ] as const)
    assert.deepEqual(await movesOf(who, String(id.body['id'])), shown)
})

test("with a product's approval 'officer', what the scorecard approves is referred", async () => {
  const careful = (await w.product({ approval: 'officer' })).body
  const id = await w.application('meera', careful.id)
  const { body } = await call('kiran', `GET /api/v1/loans/${id}`)
  assert.equal(body['state'], 'referred')
  assert.deepEqual((body['score'] as unknown as { reasons: string[] }).reasons.at(-1), 'product_needs_officer')
  assert.deepEqual(body['moves'], ['approve', 'reject'])
  const rejected = await w.application('tara', careful.id)
  assert.equal((await call('kiran', `GET /api/v1/loans/${rejected}`)).body['state'], 'rejected')
})

test('an offer stands for three working days and expires by itself', async () => {
  // Thursday 15 January 2026: Friday, Saturday and Monday follow.
  const taken = await w.application('meera', product.id)
  const left = await w.application('meera', product.id)
  await w.travelTo('2026-01-19')
  assert.deepEqual(await movesOf('meera', taken), ['accept'])
  assert.equal((await call('meera', `POST /api/v1/loans/${taken}/acceptance`)).status, 200)
  // Its last day is one of its days.
  await w.asSystem(expire, { loan: left })
  assert.equal((await call('meera', `GET /api/v1/loans/${left}`)).body['state'], 'offered')
  await w.travelTo('2026-01-20')
  assert.equal((await call('meera', `GET /api/v1/loans/${left}`)).body['state'], 'expired')
  const { status, code } = await call('meera', `POST /api/v1/loans/${left}/acceptance`)
  assert.deepEqual([status, code], [409, 'lending.offer_expired'])
})

test('an offer past its day is refused even before the schedule has marked it', async () => {
  const id = await w.application('meera', product.id)
  await owner.execute(sql`update lending.loan set offer_expires_on = ${w.clock.today()}::date - 1 where id = ${id}`)
  assert.deepEqual(await movesOf('meera', id), [])
  const { status, code } = await call('meera', `POST /api/v1/loans/${id}/acceptance`)
  assert.deepEqual([status, code], [409, 'lending.offer_expired'])
})
