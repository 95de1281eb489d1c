import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { type Name, world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const { body: product } = await w.product()
const loan = await w.activeLoan('meera', product.id)
const absent = `loan_${'0'.repeat(26)}`
const person = w.who.meera.id
const cashIn = { payment: 'slip', amount: 1_000, currency: 'INR' }

// Every address that changes something: who may, and a body of the right shape.
const staff = ['asha', 'kiran', 'ravi', 'anil'] as const
const asks: readonly (readonly [address: string, may: readonly Name[], body: object, movesValue: boolean])[] = [
  [`/people/${person}/deposits`, ['asha', 'ravi'], cashIn, true],
  [`/people/${person}/withdrawals`, ['asha', 'ravi'], cashIn, true],
  ['/loan-products', ['asha'], { name: 'x' }, false],
  ['/loans', ['asha', 'kiran', 'ravi', 'meera'], { person, product: 'x' }, false],
  [`/loans/${loan}/approval`, ['asha', 'kiran'], {}, false],
  [`/loans/${loan}/rejection`, ['asha', 'kiran'], { reason: 'because' }, false],
  [`/loans/${loan}/acceptance`, ['asha', 'kiran', 'ravi', 'meera'], {}, false],
  [`/loans/${loan}/disbursal`, ['asha', 'kiran', 'ravi'], {}, true],
  [`/loans/${loan}/repayments`, ['asha', 'ravi', 'meera'], { ...cashIn, from: 'wallet' }, true],
  [`/loans/${loan}/repayments/repayment_${'0'.repeat(26)}/reversal`, ['asha', 'ravi'], { reason: 'bounced' }, true],
  [`/loans/${loan}/foreclosure`, ['asha', 'ravi', 'meera'], { quoteId: 'quote_1', on: '2026-01-15', total: 1 }, true],
]
const views: readonly (readonly [address: string, may: readonly Name[]])[] = [
  [`/people/${person}/wallet`, [...staff, 'meera']],
  ['/loan-products', [...staff, 'meera', 'dev']],
  [`/loan-products/${product.id}`, [...staff, 'meera', 'dev']],
  ['/loans', [...staff, 'meera', 'dev']],
  ['', [...staff, 'meera']],
  ['/schedule', [...staff, 'meera']],
  ['/statement', [...staff, 'meera']],
  ['/foreclosure-quote', [...staff, 'meera']],
  ['/repayment-quote?amount=1', [...staff, 'meera']],
  ['/reports/overview', staff],
].map(([at, may]) => [(at as string).match(/^\/(people|loan|reports)/) ? at : `/loans/${loan}${String(at)}`, may] as [string, Name[]])

const counts = async (): Promise<string> => {
  const [row] = await w.db.pool.query<{ told: string }>(sql`
    select (select count(*) from lending.loan) || ' ' || (select count(*) from lending.movement) || ' ' || (select count(*) from ledger.transfer) as told`)
  return row?.told ?? ''
}

for (const [address, may, body, movesValue] of asks)
  test(`POST ${address.replaceAll(/_[0-9a-z]{26}/g, '')}: login, role, shape, key, object, in this order`, async () => {
    const before = await counts()
    const post = async (who: Name | null, sent: unknown, more: object = {}): Promise<unknown[]> => {
      const { status, code } = await call(who, `POST /api/v1${address}`, { body: sent, ...more })
      return [status, code]
    }
    assert.deepEqual(await post(null, '{'), [401, 'http.not_authenticated'])
    for (const who of ['asha', 'kiran', 'ravi', 'anil', 'meera'] as const)
      if (!may.includes(who)) assert.deepEqual(await post(who, '{'), [403, 'operations.forbidden'], who)
    const who = may[0] as Name
    assert.deepEqual(await post(who, '{'), [400, 'http.body_malformed'])
    assert.deepEqual(await post(who, '[]'), [400, 'operations.input_invalid'])
    assert.deepEqual(await post(who, { ...body, colour: 'red' }), [400, 'operations.input_invalid'])
    if (movesValue) assert.deepEqual(await post(who, body, { key: null }), [400, 'operations.key_missing'])
    assert.equal(await counts(), before)
  })

const others: readonly (readonly [move: string, body: object])[] = [
  ['acceptance', {}],
  ['repayments', { payment: 'slip', amount: 1_000, currency: 'EUR', from: 'wallet' }],
  ['foreclosure', { quoteId: 'quote_1', on: '2026-01-15', total: 1 }],
]
for (const [move, body] of others)
  test(`${move} of another's loan and of none look alike`, async () => {
    for (const id of [loan, absent]) {
      const { status, code, body: told } = await call('dev', `POST /api/v1/loans/${id}/${move}`, { body })
      assert.deepEqual([status, code, told['facts']], [404, 'lending.loan_unknown', { id }])
    }
  })
for (const [move, body] of [
  ['approval', {}],
  ['rejection', { reason: 'because' }],
  ['disbursal', {}],
  ['acceptance', {}],
  ['repayments', { payment: 'slip', amount: 1_000, currency: 'EUR', from: 'cash' }],
  ['repayments/repayment_00000000000000000000000000/reversal', { reason: 'because' }],
  ['foreclosure', { quoteId: 'quote_1', on: '2026-01-15', total: 1 }],
] as const)
  test(`${move.slice(0, 10)} of no loan is not found, before any rule`, async () => {
    const { status, code } = await call('asha', `POST /api/v1/loans/${absent}/${move}`, { body })
    assert.deepEqual([status, code], [404, 'lending.loan_unknown'])
  })

for (const [address, may] of views)
  test(`GET ${address.replaceAll(/_[0-9a-z]{26}/g, '')} by everybody`, async () => {
    assert.equal((await call(null, `GET /api/v1${address}`)).status, 401)
    for (const who of ['asha', 'kiran', 'ravi', 'anil', 'meera', 'dev'] as const) {
      const { status } = await call(who, `GET /api/v1${address}`)
      const refused = address.startsWith('/reports') ? 403 : 404
      assert.equal(status, may.includes(who) ? 200 : refused, who)
    }
  })

test('applying for somebody else is not found, with a product that is absent too', async () => {
  const wanted = { person: w.who.meera.id, product: product.id, principal: 5_000_000, currency: 'INR', instalments: 6 }
  const theirs = await call('dev', 'POST /api/v1/loans', { body: wanted })
  assert.deepEqual([theirs.status, theirs.code], [404, 'identity.person_unknown'])
  const none = await call('meera', 'POST /api/v1/loans', { body: { ...wanted, product: `product_${'0'.repeat(26)}` } })
  assert.deepEqual([none.status, none.code], [404, 'lending.product_unknown'])
})

test('all fields that are wrong are named at once', async () => {
  const { status, body } = await call('ravi', `POST /api/v1/loans/${loan}/repayments`, {
    body: { payment: '', amount: '1', currency: 'rupees', from: 'bank', excess: 'tip', colour: 'red' },
  })
  assert.equal(status, 400)
  const pointers = (body['errors'] as unknown as { pointer: string }[]).map(({ pointer }) => pointer)
  assert.deepEqual(new Set(pointers), new Set(['/payment', '/amount', '/currency', '/from', '/excess', '/colour']))
})

const amounts = [0, -1, 0.5, 1e15, '1000', true, null, [1000], Number.MAX_SAFE_INTEGER, -0]
for (const amount of amounts)
  test(`an amount of ${JSON.stringify(amount)} is refused everywhere`, async () => {
    const before = await counts()
    for (const [who, address, body] of [
      ['ravi', `/people/${person}/deposits`, cashIn],
      ['ravi', `/people/${person}/withdrawals`, cashIn],
      ['ravi', `/loans/${loan}/repayments`, { ...cashIn, from: 'cash' }],
    ] as const) {
      const { status, code } = await call(who, `POST /api/v1${address}`, { body: { ...body, amount } })
      assert.deepEqual([status, code], [400, 'operations.input_invalid'])
    }
    const wanted = { person, product: product.id, principal: amount, currency: 'INR', instalments: 6 }
    assert.equal((await call('meera', 'POST /api/v1/loans', { body: wanted })).status, 400)
    assert.equal(await counts(), before)
  })

for (const [payment, status] of [
  ['UTR#2026/01+15@bank', 201],
  ['₹ किस्त 7', 201],
  ['x'.repeat(80), 201],
  ['x'.repeat(81), 400],
  [' slip', 400],
  ['slip ', 400],
  ['sl\nip', 400],
  ['sl\0ip', 400],
  ['\ud800', 400],
  ['', 400],
  [7, 400],
] as const)
  test(`a payment named ${JSON.stringify(payment).slice(0, 24)}: ${status}`, async () => {
    const came = await call('ravi', `POST /api/v1/people/${person}/deposits`, { body: { payment, amount: 1, currency: 'INR' } })
    assert.equal(came.status, status)
  })

for (const on of ['2026-02-30', '2026-13-01', '2026-1-5', '15-01-2026', '2026-01-15T00:00:00Z', 20_260_115, '0000-00-00', ''])
  test(`a date of ${JSON.stringify(on)} is refused`, async () => {
    const body = { quoteId: 'quote_1', on, total: 1 }
    assert.equal((await call('ravi', `POST /api/v1/loans/${loan}/foreclosure`, { body })).code, 'operations.input_invalid')
    const asked = await call('ravi', `GET /api/v1/loans/${loan}/foreclosure-quote?on=${encodeURIComponent(String(on))}`)
    assert.equal(asked.code, 'operations.input_invalid')
  })
test('a quote for a day that has passed is refused by rule', async () => {
  const { status, code } = await call('ravi', `GET /api/v1/loans/${loan}/foreclosure-quote?on=2026-01-14`)
  assert.deepEqual([status, code], [422, 'lending.date_passed'])
})

for (const name of ['a\0b', '\0', '', ' ', 'a\nb', 'x'.repeat(81), '<b>'])
  test(`a product named ${JSON.stringify(name).slice(0, 20)} is refused`, async () => {
    const { status, code } = await call('asha', 'POST /api/v1/loan-products', {
      body: { name, currency: 'INR', principal: { min: 1, max: 2 }, instalments: { min: 1, max: 2 }, annualRate: '15' },
    })
    assert.deepEqual([status, code], [400, 'operations.input_invalid'])
  })
