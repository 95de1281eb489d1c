import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Clock, formatInstant, simulatedClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { Worker } from '#kernel/jobs'
import { Executor, type Operation, type Principal } from '#kernel/operations'
import { database } from '#test/database'
import { holdExpiry, makeHold, openAccount } from './index.ts'
import { account } from './views.ts'

const db = await database()
const start = Date.parse('2026-03-10T00:00:00Z')
const clock = simulatedClock(start)
const executor = new Executor({ pool: db.pool, clock })
db.closing(() => executor.drain())
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
let calls = 0
const ask = <I, A>(operation: Operation<I, A>, input: NoInfer<I>) =>
  executor.submit({ operation, input, principal: admin, key: `key-${++calls}`, requestId: 'req_test' })
for (const id of ['from', 'to']) await ask(openAccount, { id, unit: 'INR', side: 'debit', min: null })
const held = async () => (await db.pool.query<{ held: bigint }>(sql`select held from ledger.account where id = 'from'`))[0]?.held

test('a hold whose expiry was looked at too early, by a clock that is ahead, expires when its time is there', async () => {
  assert.equal((await ask(makeHold, { account: 'from', to: 'to', amount: 7, expiresAt: formatInstant(start + 60_000) })).status, 201)
  const ahead: Clock = { now: () => clock.now() + 5_000, micros: () => clock.micros(), today: (zone) => clock.today(zone) }
  clock.advanceTo(start + 58_000)
  await new Worker({ jobs: [holdExpiry], executor, pool: db.pool, clock: ahead }).runDue()
  assert.equal(await held(), 7n)
  clock.advanceTo(start + 70_000)
  await new Worker({ jobs: [holdExpiry], executor, pool: db.pool, clock }).runDue()
  assert.equal(await held(), 0n)
})

test('what is held stays within what an answer tells exactly', async () => {
  const most = 999_999_999_999_999
  const replies = []
  for (let n = 0; n < 11; n++)
    replies.push(await ask(makeHold, { account: 'from', to: 'to', amount: most, expiresAt: '2099-01-01T00:00:00Z' }))
  assert.deepEqual(
    replies.slice(8).map(({ status, fault }) => [status, fault]),
    [[201, undefined], ...Array.from({ length: 2 }, () => [422, 'ledger.amount_too_large'])],
  )
  assert.ok(Number.isSafeInteger(Number(await held())))
})

test('instants at the ends of what a calendar tells are told or refused, and break nothing', async () => {
  const expiry = makeHold.spec.input
  const holdUntil = (expiresAt: string) => expiry.safeParse({ account: 'from', to: 'to', amount: 1, expiresAt }).success
  assert.deepEqual(['9999-12-31T23:59:59Z', '9999-12-31T23:59:59-12:00'].map(holdUntil), [true, false])
  for (const [asked, told] of [
    [{ on: '0000-01-01T00:00:00Z' }, false],
    [{ on: '0001-01-01T00:00:00+13:00' }, false],
    [{ on: '9999-12-31T23:59:59Z' }, true],
    [{ on: '9999-12-31T23:59:59-12:00' }, false],
    [{ knownAt: '0000-01-01T00:00:00Z' }, false],
    [{ on: '0001-01-01T00:00:00Z', knownAt: '0001-01-01T00:00:00Z' }, true],
  ] as const) {
    const input = account.spec.input.safeParse({ account: 'to', ...asked })
    assert.equal(input.success, told, JSON.stringify(asked))
    if (!input.success) continue
    const answer = await account.body({ read: (statement) => db.pool.query(statement), clock, principal: admin }, input.data)
    assert.equal(answer.posted, 0)
  }
})
