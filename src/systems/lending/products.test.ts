import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deactivate } from '#kernel/identity'
import { database } from '#test/database'
import { world } from '#test/world'
import { personalLoan } from '#test/personal-loan'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const make = (change: object) => call('asha', 'POST /api/v1/loan-products', { body: { ...personalLoan, ...change } })
const { body: product } = await make({})

const apply = (change: object) =>
  call('meera', 'POST /api/v1/loans', {
    body: { person: w.who.meera.id, product: product['id'], principal: 10_000_000, currency: 'INR', instalments: 12, ...change },
  })

test('a product is told as it was made, with what was left out', async () => {
  assert.deepEqual(product, {
    id: product['id'],
    version: 1,
    state: 'offered',
    ...personalLoan,
    method: 'emi',
    frequency: 'monthly',
    dayCount: 'per_period',
    rounding: { instalment: 'rupee_nearest', residue: 'last' },
    approval: 'score',
  })
  assert.deepEqual((await call('dev', `GET /api/v1/loan-products/${String(product['id'])}`)).body, product)
})

test('a new version is for new loans: a loan keeps the version it was made from, to its end', async () => {
  const old = String((await apply({})).body['id'])
  await w.settled()
  const dearer = {
    product: product['id'],
    annualRate: '24',
    lateCharge: { perDay: '1', rule: 'india-rbi' },
    fee: { rate: '0', taxRate: '0' },
  }
  const { body: second } = await make(dearer)
  assert.deepEqual([second['id'], second['version'], second['annualRate']], [product['id'], 2, '24'])
  const young = String((await apply({})).body['id'])
  await w.settled()
  for (const [loan, version, rate, instalment, net] of [
    [old, 1, '15', 902_600, 9_764_000],
    [young, 2, '24', 945_600, 10_000_000],
  ] as const) {
    await call('meera', `POST /api/v1/loans/${loan}/acceptance`)
    await w.settled()
    const { body } = await call('meera', `GET /api/v1/loans/${loan}`)
    assert.deepEqual(
      [
        body['state'],
        (body['product'] as unknown as { version: number }).version,
        body['annualRate'],
        body['instalment'],
        body['netDisbursed'],
      ],
      ['active', version, rate, instalment, net],
    )
    const rows = (await call('meera', `GET /api/v1/loans/${loan}/schedule`)).body['items'] as unknown as { total: number }[]
    assert.equal(rows[0]?.total, instalment)
  }
  const address = `GET /api/v1/loan-products/${String(product['id'])}`
  assert.equal((await call('meera', `${address}?version=1`)).body['annualRate'], '15')
  assert.equal((await call('meera', address)).body['version'], 2)
  assert.equal((await call('meera', `${address}?version=3`)).code, 'lending.product_unknown')
})

test('products are listed once each, in their newest versions, newest first, by pages', async () => {
  const { body: other } = await make({ name: 'Gold loan' })
  const { body } = await call('meera', 'GET /api/v1/loan-products')
  const items = body['items'] as unknown as { id: string; version: number }[]
  assert.deepEqual(
    items.map(({ id, version }) => [id, version]),
    [
      [other['id'], 1],
      [product['id'], 2],
    ],
  )
  const first = (await call('meera', 'GET /api/v1/loan-products?limit=1')).body
  const second = (await call('meera', `GET /api/v1/loan-products?limit=1&after=${String(first['next'])}`)).body
  assert.deepEqual([second['items'], second['next']], [[items[1]], null])
})

for (const [what, change] of [
  ['a range upside down', { principal: { min: 2, max: 1 } }],
  ['no instalments', { instalments: { min: 0, max: 1 } }],
  ['too many instalments', { instalments: { min: 1, max: 1201 } }],
  ['a rate that is a number', { annualRate: 15 }],
  ['a negative rate', { annualRate: '-1' }],
  ['an unrounded one', { rounding: { instalment: 'none', residue: 'last' } }],
  ['weeks', { frequency: 'weekly' }],
  ['another rule of late charges', { lateCharge: { perDay: '1', rule: 'compound' } }],
  ['a field too many', { colour: 'red' }],
  ['a fraction of a paisa', { principal: { min: 0.5, max: 1 } }],
] as const)
  test(`a product with ${what} is refused`, async () => {
    const { status, code } = await make(change)
    assert.deepEqual([status, code], [400, 'operations.input_invalid'])
  })

test('a product of another currency, or a version of none, is refused by rule', async () => {
  const euro = await make({ currency: 'EUR' })
  assert.deepEqual([euro.status, euro.code], [422, 'lending.currency_mismatch'])
  const none = await make({ product: `product_${'0'.repeat(26)}` })
  assert.deepEqual([none.status, none.code], [404, 'lending.product_unknown'])
})

for (const [what, change, status, code] of [
  ['below the range', { principal: 999_999 }, 422, 'lending.principal_out_of_range'],
  ['above the range', { principal: 100_000_001 }, 422, 'lending.principal_out_of_range'],
  ['too short', { instalments: 2 }, 422, 'lending.instalments_out_of_range'],
  ['too long', { instalments: 61 }, 422, 'lending.instalments_out_of_range'],
  ['in another currency', { currency: 'EUR' }, 422, 'lending.currency_mismatch'],
  ['in a currency that is none', { currency: 'XXX' }, 400, 'operations.input_invalid'],
  ['for half an instalment', { instalments: 3.5 }, 400, 'operations.input_invalid'],
  ['at the edge', { principal: 1_000_000, instalments: 3 }, 201, undefined],
] as const)
  test(`an application ${what}`, async () => {
    const came = await apply(change)
    assert.deepEqual([came.status, came.code], [status, code])
    if (status === 422 && code !== 'lending.currency_mismatch')
      assert.deepEqual(Object.keys(came.body['facts'] as unknown as object).toSorted(), ['max', 'min'])
  })

test('fees that leave nothing of the principal refuse the product, that nobody could apply for', async () => {
  for (const [rate, taxRate, status] of [
    ['85', '18', 422],
    ['100', '0', 422],
    ['250', '0', 422],
    ['99.99', '0', 201],
    ['84.74', '18', 201],
  ] as const) {
    const { code, ...came } = await make({ name: 'All fee', fee: { rate, taxRate } })
    assert.deepEqual([came.status, code], [status, status === 422 ? 'lending.fees_exceed_principal' : undefined], rate)
  }
  const { body: dear } = await make({ fee: { rate: '85', taxRate: '18' } })
  assert.deepEqual(dear['facts'], { principal: 1_000_000, fees: 850_000, tax: 153_000 })
  // Where rounding leaves something of the least and of the most, the application is refused.
  const { body: odd } = await make({ principal: { min: 1, max: 101 }, fee: { rate: '49.5', taxRate: '100' } })
  const { status, code } = await apply({ product: odd['id'], principal: 10 })
  assert.deepEqual([status, code], [422, 'lending.fees_exceed_principal'])
})

test('a person who was deactivated borrows nothing', async () => {
  await w.ask(w.who.asha, deactivate, { person: w.who.tara.id as never, reason: 'asked for it' })
  const { status, code } = await call('ravi', 'POST /api/v1/loans', {
    body: { person: w.who.tara.id, product: product['id'], principal: 10_000_000, currency: 'INR', instalments: 12 },
  })
  assert.deepEqual([status, code], [409, 'identity.deactivated'])
})
