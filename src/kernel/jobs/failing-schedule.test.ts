import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatInstant, realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { Executor, type Principal } from '#kernel/operations'
import { database } from '#test/database'
import { every, SandboxClock, Scheduler, travel, travelOperation, Worker } from './index.ts'
import { runs } from './views.ts'

const db = await database()
const begins = Date.parse('2026-01-31T06:00:00Z')
const clock = await SandboxClock.resume(realClock(), db.pool, { at: begins, stands: true })
const executor = new Executor({ pool: db.pool, clock })
db.closing(() => executor.drain())
const hour = 3_600_000
const first = '2026-01-31T18:35:00.000Z'

const told: string[] = []
let broken = true
let begun = 0
const failing = every('night.failing', { daily: '00:05' }, async () => {
  begun += 1
  if (broken) throw new Error(`the night failed ${begun}`)
})
const ran: string[] = []
const beside = every('night.beside', { daily: '00:10' }, async ({ on }) => void ran.push(on))
const scheduler = new Scheduler({
  schedules: [failing, beside],
  executor,
  pool: db.pool,
  clock,
  zone: 'Asia/Kolkata',
  onError: (error) => void told.push(String(error)),
})
await db.pool.execute(sql`
  insert into jobs.fire (schedule, nominal, state) select name, ${formatInstant(begins)}, 'done' from unnest('{night.failing,night.beside}'::text[]) s(name)`)
const worker = new Worker({ jobs: [], executor, pool: db.pool, clock })
const parts = { clock, scheduler, worker, settled: async () => undefined, zone: 'Asia/Kolkata', busyMs: 100 }
const move = travelOperation(() => parts)
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const moveTo = (at: number) =>
  executor.submit({ operation: move, input: { to: formatInstant(at) }, principal: admin, requestId: 'req_test' })
const history = () =>
  db.pool.query<{ outcome: string; tries: number; error: string | null }>(
    sql`select outcome, tries, error from jobs.run where name = 'night.failing' order by id`,
  )
const restS = async () => {
  const [row] = await db.pool.query<{ s: number }>(
    sql`select extract(epoch from retry_at - ended_at)::int as s from jobs.fire where schedule = 'night.failing' and state = 'failed'`,
  )
  return row?.s
}

test('a schedule that fails rests before it is tried again, others go on; its history is one row', async () => {
  await clock.moveTo(begins + 24 * hour)
  await assert.rejects(scheduler.runDue(), { name: 'ScheduleFailed', schedule: 'night.failing', nominal: first })
  assert.deepEqual([begun, ran, await restS()], [1, ['2026-02-01'], 5])
  for (let again = 0; again < 3; again++) await scheduler.runDue()
  assert.equal(begun, 1)
  for (const rest of [10, 20, 40]) {
    await db.pool.execute(sql`update jobs.fire set retry_at = now() where state = 'failed'`)
    await assert.rejects(scheduler.runDue(), /night.failing of 2026-01-31T18:35:00.000Z: the night failed/)
    assert.equal(await restS(), rest)
  }
  assert.deepEqual(await history(), [{ outcome: 'failed', tries: 4, error: 'the night failed 4' }])
  assert.equal(told.length, 4)
  await db.pool.execute(sql`update jobs.fire set retry_at = now(), tries = 1000 where state = 'failed'`)
  await assert.rejects(scheduler.runDue())
  assert.equal(await restS(), 600)
})

test('a move of the clock answers which schedule fails and why, and stands where it stopped', async () => {
  const before = clock.now()
  const reply = await moveTo(begins + 96 * hour)
  const { code, facts } = JSON.parse(reply.body) as { code: string; facts: Record<string, string> }
  assert.deepEqual([reply.status, code], [409, 'jobs.schedule_failed'])
  // Tried once more although it rests: who moves the clock may have mended it.
  assert.deepEqual(facts, { schedule: 'night.failing', nominal: first, error: 'the night failed 6', now: formatInstant(before) })
  assert.equal(clock.now(), before)
})

test('the newest run stands first, with the number of failures; once mended the clock moves on', async () => {
  broken = false
  assert.equal((await moveTo(begins + 48 * hour)).status, 200)
  const read = <Row extends object>(statement: ReturnType<typeof sql>) => db.pool.query<Row>(statement)
  const page = await runs.body({ read, clock, principal: admin }, { limit: 50, name: 'night.failing' })
  const states = page.items.map(({ state, tries, nominal }) => [state, tries, nominal?.slice(0, 10)])
  assert.deepEqual(states, [
    ['done', 1, '2026-02-01'],
    ['done', 1, '2026-01-31'],
    ['failed', 6, '2026-01-31'],
  ])
})

test('a program that starts tries at once what failed before', async () => {
  broken = true
  await clock.moveTo(begins + 72 * hour)
  await assert.rejects(scheduler.runDue())
  broken = false
  const ours = begun
  const next = new Scheduler({ schedules: [failing], executor, pool: db.pool, clock, zone: 'Asia/Kolkata' })
  await next.start()
  try {
    await next.runDue()
    assert.equal(begun, ours + 1)
  } finally {
    await next.stop()
  }
})

test('what another process is at is waited for with pauses, and not for ever', async () => {
  const nominal = formatInstant((await scheduler.nextDue()) ?? 0)
  await db.pool.execute(sql`
    insert into jobs.fire (schedule, nominal, state, lease_until) select name, ${nominal}, 'running', 'infinity' from unnest('{night.failing,night.beside}'::text[]) s(name)
    on conflict do nothing`)
  let asked = 0
  const counting = { ...parts, settled: async () => void (asked += 1) }
  await assert.rejects(travel(counting, begins + 120 * hour), { code: 'jobs.schedule_busy' })
  // Pauses of 5, 10, 20, 40 and 80 ms come to more than the limit.
  assert.ok(asked < 20, `${asked} times`)
})

test('a move does not keep a program that ends from ending', async () => {
  const ending = new Scheduler({
    schedules: [every('night.late', { daily: '00:05' }, async () => undefined)],
    executor,
    pool: db.pool,
    clock,
    zone: 'Asia/Kolkata',
  })
  await ending.start()
  await ending.stop()
  await assert.rejects(travel({ ...parts, scheduler: ending }, clock.now() + 48 * hour), { code: 'operations.draining' })
})
