import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedClock } from '#kernel/clock'
import { makeServer } from '#kernel/http'
import { ledgerRoutes } from '#kernel/ledger'
import { Executor, type Principal } from '#kernel/operations'
import { database } from '#test/database'
import { quietServer } from '#test/quiet-server'
import { footprint } from '#test/stage'

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
const call = async (url: string, body: object): Promise<unknown> => {
  const headers = { 'content-type': 'application/json', 'idempotency-key': `call-${++calls}` }
  const reply = await app.inject({ method: 'POST', url: `/api/v1/ledger/${url}`, headers, payload: JSON.stringify(body) })
  const { code, facts } = JSON.parse(reply.body) as { code?: string; facts?: object }
  return reply.statusCode < 300 ? reply.statusCode : [reply.statusCode, code, facts]
}
const leg = (account: string, amount: number) => ({ account, amount, unit: 'INR' })
for (const id of ['till', 'shop', 'bank']) await call('accounts', { id, unit: 'INR', min: id === 'till' ? 0 : null })

// A till that is empty could otherwise show that any sum went in and out of it.
const refused = [422, 'ledger.account_twice', { account: 'till' }]
const tables: readonly (readonly [title: string, legs: readonly object[], came: unknown])[] = [
  ['out of an account and back into it', [leg('till', -500), leg('till', 500)], refused],
  ['into an account and out of it again', [leg('till', 500), leg('till', -500)], refused],
  ['beside others', [leg('shop', -5), leg('till', -500), leg('bank', 5), leg('till', 500)], refused],
  ['two legs that say the same', [leg('bank', -5), leg('till', 2), leg('till', 3)], refused],
  [
    'an unknown account is told before',
    [leg('till', -5), leg('till', 4), leg('none', 1)],
    [404, 'ledger.account_unknown', { account: 'none' }],
  ],
  ['each once', [leg('bank', -5), leg('till', 2), leg('shop', 3)], 201],
]
for (const [title, legs, came] of tables)
  test(`a transfer names an account once: ${title}`, async () => {
    const before = await footprint(db)
    assert.deepEqual(await call('transfers', { key: title, legs }), came)
    if (came !== 201) assert.equal(await footprint(db), before)
  })

test('nothing is reserved on an account for itself', async () => {
  const hold = { account: 'till', to: 'till', amount: 1, expiresAt: '2099-01-01T00:00:00Z' }
  assert.deepEqual(await call('holds', hold), refused)
})
