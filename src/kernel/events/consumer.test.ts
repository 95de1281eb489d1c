import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Connection, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { openAccount, transfer } from '#kernel/ledger'
import { Executor, type Operation, operation, type Principal, system } from '#kernel/operations'
import { database } from '#test/database'
import { z } from 'zod'
import { Consumer, emit, event, on } from './index.ts'
import { eventRoutes } from './views.ts'

const db = await database()
const clock = realClock()
const consumers: Consumer[] = []
const executor = new Executor({ pool: db.pool, clock, onCommit: () => consumers.forEach((one) => one.wake()) })

const noted = event('sample.noted.v1', z.strictObject({ n: z.int() }), 'A number was noted.')
const Note = z.strictObject({ key: z.string(), n: z.int() })
const note = operation(
  'sample.note',
  { summary: 'Note', input: Note, answer: z.strictObject({}), may: ['system'], locks: ({ key }) => [key] },
  ({ tx }, { key, n }) => {
    emit(tx, noted, key, { n })
    return {}
  },
)
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const run = executor.run(system('sample.test'), 'req_test')
const asAdmin = executor.run(admin, 'req_test')
for (const id of ['in', 'out']) await asAdmin(openAccount, { id, code: 'c', unit: 'N', side: 'debit', min: null })

const heardOf = new Map<string, number[]>()
const trouble = new Map<string, Error>()
let tries = 0
const count = on(noted, 'sample.count', async ({ run: inside }, { id, key, data }) => {
  const failing = trouble.get(`${key}:${data.n}`)
  if (failing) {
    tries += 1
    throw failing
  }
  await inside(
    transferAsSystem,
    {
      key: id,
      legs: [
        { account: 'in', amount: 1, unit: 'N' },
        { account: 'out', amount: -1, unit: 'N' },
      ],
    },
    { key: id },
  )
  heardOf.set(key, [...(heardOf.get(key) ?? []), data.n])
})
const transferAsSystem: typeof transfer = { ...transfer, spec: { ...transfer.spec, may: ['system'] } }

async function consumer(): Promise<Consumer> {
  const made = new Consumer({ name: 'sample', reactions: [count], executor, pool: db.pool })
  consumers.push(made)
  await made.start()
  return made
}
const first = await consumer()
db.closing(async () => {
  await executor.drain()
  for (const one of consumers) await one.stop()
})

const booked = async (): Promise<bigint> =>
  (await db.pool.query<{ posted: bigint }>(sql`select posted from ledger.account where id = 'in'`))[0]?.posted ?? 0n
const parked = async () =>
  db.pool.query<{ state: string; key: string; tries: number }>(sql`select state, key, tries from events.parked order by pos`)

test('every event is heard once and in the order of its key, with another transaction held open all the time', async () => {
  const held = await Connection.open(db.server)
  await held.begin()
  await held.query(sql`select pg_current_xact_id()::text as tx`)
  const keysOf = Array.from({ length: 20 }, (_, at) => `k${at}`)
  for (let n = 0; n < 10; n++) await Promise.all(keysOf.map((key) => run(note, { key, n })))
  await first.caughtUp()
  assert.equal(await booked(), 200n)
  for (const key of keysOf)
    assert.deepEqual(
      heardOf.get(key),
      Array.from({ length: 10 }, (_, n) => n),
    )
  await held.rollback()
  await held.close()
})

test('a transaction that drew its position early and committed late is not skipped', async () => {
  const slow = await Connection.open(db.server)
  await slow.begin()
  await slow.query(sql`
    insert into events.event (id, key, type, at, principal, body, salt, digest)
    values ('event_late', 'late', 'sample.noted.v1', now(), 'p', '{"data":{"n":7}}', '\\x00', '\\x00')`)
  await run(note, { key: 'quick', n: 1 })
  await first.caughtUp()
  assert.deepEqual([heardOf.get('quick'), heardOf.get('late')], [[1], undefined])
  await slow.commit()
  await slow.close()
  await first.caughtUp()
  assert.deepEqual(heardOf.get('late'), [7])
})

test('a refusal parks its key with all later events of it; others go on; replay drains in order', async () => {
  const before = await booked()
  trouble.set('bad:1', new Fault('events.letter_unknown'))
  for (let n = 0; n < 4; n++) await Promise.all(['bad', 'good'].map((key) => run(note, { key, n })))
  await first.caughtUp()
  assert.deepEqual([heardOf.get('bad'), heardOf.get('good')], [[0], [0, 1, 2, 3]])
  assert.deepEqual(
    (await parked()).map(({ state }) => state),
    ['dead', 'waiting', 'waiting'],
  )
  trouble.clear()
  const [letter] = await db.pool.query<{ id: string }>(sql`select id from events.parked where state = 'dead'`)
  const replay = eventRoutes.find(({ target }) => target.name === 'events.replay')?.target as Operation<{ letter: string }>
  await asAdmin(replay, { letter: letter?.id ?? '' })
  while ((await parked()).length > 0) await first.caughtUp()
  assert.deepEqual(heardOf.get('bad'), [0, 1, 2, 3])
  assert.equal((await booked()) - before, 8n)
})

test('another failure is tried again by itself, and its key goes on when it passes', async () => {
  trouble.set('flaky:0', new Error('a passing fault'))
  tries = 0
  await run(note, { key: 'flaky', n: 0 })
  await run(note, { key: 'flaky', n: 1 })
  await first.caughtUp()
  assert.ok((await parked()).some(({ state, key }) => state === 'retrying' && key === 'flaky'))
  trouble.clear()
  while ((await parked()).length > 0) await first.caughtUp()
  assert.deepEqual(heardOf.get('flaky'), [0, 1])
  assert.ok(tries >= 1)
})

test('two members share the keys, one that stops leaves its keys to the other, and nothing is heard twice', async () => {
  const before = await booked()
  const second = await consumer()
  const keysOf = Array.from({ length: 30 }, (_, at) => `m${at}`)
  for (let n = 0; n < 3; n++) await Promise.all(keysOf.map((key) => run(note, { key, n })))
  await second.stop()
  const owners = await db.pool.query(sql`select distinct owner from events.slot where owner is not null`)
  assert.equal(owners.length, 1, 'the slots of a member that stopped are free at once')
  for (let n = 3; n < 6; n++) await Promise.all(keysOf.map((key) => run(note, { key, n })))
  const waited = performance.now()
  while ((await booked()) - before < 180n && performance.now() - waited < 15_000) await first.caughtUp()
  assert.equal((await booked()) - before, 180n)
  for (const key of keysOf) assert.deepEqual(heardOf.get(key), [0, 1, 2, 3, 4, 5])
})
