import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { faultsIn, History, stateOf, type Step } from '#test/random-books'
import fc from 'fast-check'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 2)
const small = fc.integer({ min: 1, max: 60 })
const index = fc.nat(40)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('move' as const), from: index, to: index, amount: small }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('hold' as const), on: index, to: index, amount: small }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('capture' as const), hold: index, amount: small }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('release' as const), hold: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reverse' as const), of: index }) },
)
const funding: readonly Step[] = [1, 2, 3, 4].map((to) => ({ kind: 'move', from: 0, to, amount: 100 }))

test('any history: debits equal credits, guards hold, chains and balances recompute; grouped and alone end alike', async () => {
  const histories = fc.sample(fc.array(step, { minLength: 80, maxLength: 120 }), { numRuns: rounds, seed: 20_260_312 })
  for (const history of histories) {
    const [grouped, alone] = [await database(), await database()]
    const ends = []
    for (const [db, groupMax] of [
      [grouped, 128],
      [alone, 1],
    ] as const) {
      const player = new History(db.pool, groupMax)
      await player.open()
      // The same chunks are sent at once to both; alone, each call is a transaction of its own, in order of arrival.
      ends.push(await player.play([...funding, ...history], 1 + (history.length % 9)))
      await player.executor.drain()
      assert.deepEqual(await faultsIn(db.pool), [])
    }
    assert.deepEqual(ends[0]?.length, history.length + funding.length)
    assert.deepEqual(await stateOf(grouped.pool), await stateOf(alone.pool))
    assert.deepEqual(ends[0], ends[1])
  }
})

test('many callers at once: money is conserved and no guard is passed', async () => {
  const db = await database()
  const player = new History(db.pool, 128)
  await player.open()
  const [history = []] = fc.sample(fc.array(step, { minLength: 400, maxLength: 400 }), { numRuns: 1, seed: 7 })
  await player.play([...funding, ...history], 400)
  await player.executor.drain()
  assert.deepEqual(await faultsIn(db.pool), [])
})

test('the server can neither change nor delete an entry or a transfer', async () => {
  const db = await database()
  for (const table of ['entry', 'transfer']) {
    for (const statement of [
      `update ledger.${table} set booked_on = '2020-01-01'`,
      `delete from ledger.${table}`,
      `truncate ledger.${table}`,
    ]) {
      await assert.rejects(db.pool.execute({ name: undefined, text: statement, values: [] }), { code: '42501' }, statement)
    }
  }
  await assert.rejects(db.pool.execute(sql`update ledger.account set unit = 'USD'`), { code: '42501' })
})
