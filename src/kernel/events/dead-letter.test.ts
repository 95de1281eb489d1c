import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { openAccount, transfer } from '#kernel/ledger'
import { Executor, operation, type Principal, system } from '#kernel/operations'
import { database } from '#test/database'
import { z } from 'zod'
import { Consumer, emit, event, on } from './index.ts'
import { replay } from './views.ts'

const db = await database()
const executor = new Executor({ pool: db.pool, clock: realClock(), onCommit: () => consumer.wake() })
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const asAdmin = executor.run(admin, 'req_test')
const run = executor.run(system('doomed.test'), 'req_test')
const named = event('doomed.named.v1', z.strictObject({ n: z.int() }), 'A number was named.')
const name = operation(
  'doomed.name',
  {
    summary: 'Name',
    input: z.strictObject({ key: z.string(), n: z.int() }),
    answer: z.strictObject({}),
    may: ['system'],
    locks: ({ key }) => [key],
  },
  ({ tx }, { key, n }) => {
    emit(tx, named, key, { n })
    return {}
  },
)
const nameAll = operation(
  'doomed.name_all',
  {
    summary: 'Name all',
    input: z.strictObject({ key: z.string(), numbers: z.array(z.int()) }),
    answer: z.strictObject({}),
    may: ['system'],
    locks: ({ key }) => [key],
  },
  ({ tx }, { key, numbers: all }) => {
    for (const n of all) emit(tx, named, key, { n })
    return {}
  },
)
const bySystem: typeof transfer = { ...transfer, spec: { ...transfer.spec, may: ['system'] } }

/** Each event moves its number from the store to its key's account, which is never below zero; one key's first event throws after that. */
let broken = true
const tries: string[] = []
const book = on(named, 'doomed.book', async ({ run: inside }, { id, key, data }) => {
  const legs = [data.n, -data.n].map((amount) => ({ account: amount === data.n ? `of:${key}` : 'store', amount, unit: 'N' }))
  await inside(bySystem, { key: id, legs }, { key: id })
  tries.push(`${key} ${data.n}`)
  if (broken && key !== 'good' && data.n === 5) throw new Error('it never works')
})
const consumer = new Consumer({ name: 'doomed', reactions: [book], executor, pool: db.pool })
await consumer.start()
db.closing(async () => {
  await executor.drain()
  await consumer.stop()
})
for (const id of ['store', 'of:bad', 'of:good', 'of:page'])
  await asAdmin(openAccount, { id, code: id, unit: 'N', side: 'debit', min: id === 'store' ? null : 0 })

const parked = async () =>
  db.pool.query<{ id: string; state: string; tries: number; error: string | null }>(
    sql`select id, state, tries, error from events.parked where consumer = 'doomed' order by pos`,
  )
const posted = async (): Promise<Record<string, bigint>> => {
  const found = await db.pool.query<{ id: string; posted: bigint }>(
    sql`select id, posted from ledger.account where id in ('of:bad', 'of:good') order by id`,
  )
  return Object.fromEntries(found.map(({ id, posted }) => [id, posted]))
}
/** Waits are of machine time; a test makes them pass. */
const hurry = () => db.pool.execute(sql`update events.parked set next_at = now() where state = 'retrying'`)
const roundsMax = 200
async function until(done: () => Promise<boolean>): Promise<void> {
  for (let round = 0; !(await done()); round++) {
    assert.ok(round < roundsMax, 'it never came to that')
    await hurry()
    await consumer.caughtUp()
  }
}
// Later numbers need the earlier ones: out of order the account would go below zero, and be refused.
const numbers = [5, -2, 4, -7]

test('a reaction that always throws is tried five times, then parked with every later event of its key; nothing of it stays', async () => {
  for (const n of numbers) for (const key of ['bad', 'good']) await run(name, { key, n })
  await consumer.caughtUp()
  await until(async () => (await parked())[0]?.state === 'dead')
  const rows = await parked()
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['dead', 'waiting', 'waiting', 'waiting'],
  )
  assert.deepEqual([rows[0]?.tries, rows[0]?.error], [5, 'Error: it never works'])
  // The first try may have been made together with others' events and again alone; none of them left anything.
  const made = tries.filter((one) => one === 'bad 5').length
  assert.ok(made >= 5 && made <= 6, `${made} tries`)
  assert.ok(!tries.includes('bad -2'))
  assert.deepEqual(await posted(), { 'of:bad': 0n, 'of:good': 0n })
})

test('replayed while it still fails, it is parked again; once mended, its events follow in order to the state of a key that never failed', async () => {
  const letter = (await parked())[0]?.id ?? ''
  await asAdmin(replay, { letter })
  await until(async () => (await parked())[0]?.state === 'dead')
  assert.deepEqual([(await parked()).length, (await parked())[0]?.tries], [4, 5])
  broken = false
  tries.length = 0
  await asAdmin(replay, { letter })
  await until(async () => (await parked()).length === 0)
  assert.deepEqual(
    tries,
    numbers.map((n) => `bad ${n}`),
  )
  assert.deepEqual(await posted(), { 'of:bad': 0n, 'of:good': 0n })
  await assert.rejects(asAdmin(replay, { letter }), { code: 'events.letter_unknown' })
  const booked = await db.pool.query<{ account: string; n: number }>(
    sql`select account, count(*)::int as n from ledger.entry where account in ('of:bad', 'of:good') group by account order by account`,
  )
  assert.deepEqual(booked, [
    { account: 'of:bad', n: 4 },
    { account: 'of:good', n: 4 },
  ])
})

test('of events read in one go, those behind the one that breaks the transaction queue behind it', async () => {
  broken = true
  tries.length = 0
  await run(nameAll, { key: 'page', numbers })
  await consumer.caughtUp()
  assert.deepEqual(
    (await parked()).map(({ state }) => state),
    ['retrying', 'waiting', 'waiting', 'waiting'],
  )
  assert.deepEqual([...new Set(tries)], ['page 5'])
  broken = false
  tries.length = 0
  await until(async () => (await parked()).length === 0)
  assert.deepEqual(
    tries,
    numbers.map((n) => `page ${n}`),
  )
})
