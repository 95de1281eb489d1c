import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { personalLoan } from '#test/personal-loan'
import { world } from '#test/world'
import { served } from '#test/world-http'

const w = await world(await database())
const { call } = await served(w)
const told = async (): Promise<unknown> =>
  (
    await w.db.pool.query<{ type: string; key: string; data: string }>(
      sql`select type, key, (body::jsonb -> 'data')::text as data from events.event where type like 'lending.product%' order by pos`,
    )
  ).map(({ type, key, data }) => [type, key, JSON.parse(data)])

test('a product that is made, and each new version of it, is announced; a refused one is not', async () => {
  const make = (change: object) => call('asha', 'POST /api/v1/loan-products', { body: { ...personalLoan, ...change } })
  const { body: first } = await make({ name: 'Gold loan' })
  const product = first['id']
  await make({ product, name: 'Gold loan, dearer', annualRate: '18' })
  assert.equal((await make({ product, currency: 'EUR' })).status, 422)
  assert.equal((await make({ product: `product_${'0'.repeat(26)}` })).status, 404)
  assert.deepEqual(await told(), [
    ['lending.product_made.v1', product, { product, version: 1, name: 'Gold loan' }],
    ['lending.product_changed.v1', product, { product, version: 2, name: 'Gold loan, dearer' }],
  ])
})
