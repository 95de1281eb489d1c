import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedClock } from '#kernel/clock'
import { operation, system } from '#kernel/operations'
import { database } from '#test/database'
import { quietServer } from '#test/quiet-server'
import { Executor, type Principal } from '#kernel/operations'
import { makeServer } from '#kernel/http'
import { sql } from '#kernel/db'
import { z } from 'zod'
import { ledgerRoutes, post } from '#kernel/ledger'

const db = await database()
const clock = simulatedClock(Date.parse('2026-03-10T06:00:00Z'))
const executor = new Executor({ pool: db.pool, clock })
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const app = await makeServer({ routes: ledgerRoutes, executor, pool: db.pool, clock, ...quietServer(), authenticate: async () => admin })
db.closing(async () => {
  await app.close()
  await executor.drain()
})

let calls = 0
type Said = Readonly<Record<string, unknown>> & { readonly facts?: Said }
const call = async (url: string, body: object): Promise<readonly [status: number, said: Said]> => {
  const headers = { 'content-type': 'application/json', 'idempotency-key': `call-${++calls}` }
  const { statusCode, body: text } = await app.inject({
    method: 'POST',
    url: `/api/v1/ledger/${url}`,
    headers,
    payload: JSON.stringify(body),
  })
  return [statusCode, JSON.parse(text) as Said]
}
const made = async (url: string, body: object): Promise<Said> => {
  const [status, said] = await call(url, body)
  assert.ok(status < 300, JSON.stringify(said))
  return said
}
const legs = [
  { account: 'equity', amount: -7, unit: 'INR' },
  { account: 'till', amount: 7, unit: 'INR' },
]
for (const id of ['equity', 'till']) await made('accounts', { id, unit: 'INR' })
await made('transfers', { key: 'fund', legs })

/** Somebody's own transfer under the very key that a capture or a reversal will book its own under. */
const byHand = (key: string): Promise<Said> => made('transfers', { key, legs })

test('a transfer by hand under the key of a capture keeps no hold from being captured', async () => {
  const { id } = await made('holds', { account: 'till', to: 'equity', amount: 5, expiresAt: '2099-01-01T00:00:00Z' })
  const taken = await byHand(`capture:${String(id)}:5`)
  const captured = await made(`holds/${String(id)}/capture`, {})
  assert.equal(captured['state'], 'captured')
  assert.notEqual(captured['transfer'], taken['id'])
  const read = await app.inject({ method: 'GET', url: `/api/v1/ledger/holds/${String(id)}` })
  assert.equal((JSON.parse(read.body) as Said)['transfer'], captured['transfer'])
})

test('nor does one under the key of a reversal keep a transfer from being reversed', async () => {
  const { id } = await byHand('to be undone')
  await byHand(`reversal:${String(id)}`)
  assert.equal((await made(`transfers/${String(id)}/reversal`, { reason: 'typed twice' }))['reverses'], id)
})

test('within each space a key works once for ever', async () => {
  const first = await byHand('once')
  const [status, said] = await call('transfers', { key: 'once', legs })
  assert.deepEqual([status, said['code'], said.facts], [409, 'ledger.transfer_known', { key: 'once', transfer: first['id'] }])
  const booking = operation(
    'test.book',
    { summary: 'Book', input: z.strictObject({}), answer: z.strictObject({ id: z.string() }), may: ['system'] },
    async ({ tx }) => {
      const moved = legs.map(({ account, amount }) => ({ account, amount: BigInt(amount) }))
      return { id: (await post(tx, { key: 'once', legs: moved })).receipt }
    },
  )
  const run = executor.run(system('test'), 'req_once')
  const own = await run(booking, {})
  await assert.rejects(run(booking, {}), { code: 'ledger.transfer_known', facts: { key: 'once', transfer: own.id } })
})

test('six at once by hand under one key: one of them', async () => {
  const tries = await Promise.all(Array.from({ length: 6 }, () => call('transfers', { key: 'race', legs })))
  assert.deepEqual(
    tries.map(([status]) => status).toSorted((a, b) => a - b),
    [201, 409, 409, 409, 409, 409],
  )
  const [row] = await db.pool.query<{ n: bigint }>(sql`select count(*) as n from ledger.transfer where key = 'race'`)
  assert.equal(row?.n, 1n)
})
