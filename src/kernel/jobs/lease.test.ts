import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { formatInstant, realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { Executor, operation, system } from '#kernel/operations'
import { database } from '#test/database'
import { z } from 'zod'
import { enqueue, every, job, SandboxClock, type ScheduleContext, Scheduler, Worker } from './index.ts'

const db = await database()
const machine = realClock()
const clock = await SandboxClock.resume(machine, db.pool, { at: Date.parse('2026-01-31T06:00:00Z'), stands: true })
const executor = new Executor({ pool: db.pool, clock })
db.closing(() => executor.drain())
const leaseMs = 300
const waitMostMs = 20_000

const Nothing = z.strictObject({})
const declared = { summary: 'For the test', input: Nothing, answer: Nothing, may: ['system' as const] }
const nothing = operation('lease.nothing', declared, () => ({}))

/** Waits until a condition holds that another part of the program brings about. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const before = performance.now()
  while (!(await holds())) {
    if (performance.now() - before > waitMostMs) assert.fail('it never came to be')
    await sleep(20)
  }
}

const leaseOf = async (statement: ReturnType<typeof sql>): Promise<number> => {
  const [row] = await db.pool.query<{ lease_until: string }>(statement)
  return Date.parse(row?.lease_until ?? '')
}
/** Until a lease has been moved on, a whole length past where it ended when first seen: it was renewed, and more than once. */
async function renewedWell(statement: ReturnType<typeof sql>): Promise<void> {
  const first = await leaseOf(statement)
  await until(async () => (await leaseOf(statement)) > first + leaseMs)
}

/** A schedule whose body is the test's, and schedulers that know it, as two processes would. */
async function scheduled(name: string, body: (context: ScheduleContext) => Promise<void>): Promise<readonly [Scheduler, Scheduler]> {
  await db.pool.execute(
    sql`insert into jobs.fire (schedule, nominal, state) values (${name}, ${formatInstant(clock.now() - 86_400_000)}, 'done')`,
  )
  const make = (): Scheduler =>
    new Scheduler({ schedules: [every(name, { daily: '00:05' }, body)], executor, pool: db.pool, clock, zone: 'Asia/Kolkata', leaseMs })
  return [make(), make()]
}
const fireLease = (name: string) => sql`select lease_until from jobs.fire where schedule = ${name} and state = 'running'`
const runsOf = async (name: string) =>
  db.pool.query<{ outcome: string; tries: number }>(sql`select outcome, tries from jobs.run where name = ${name} order by id`)

test('a run of a schedule that takes longer than its lease is not begun a second time beside itself', async () => {
  let begun = 0
  const [one, other] = await scheduled('lease.long', async () => {
    begun += 1
    await renewedWell(fireLease('lease.long'))
    await other.runDue()
  })
  await one.runDue()
  assert.equal(begun, 1)
  assert.deepEqual(await runsOf('lease.long'), [{ outcome: 'done', tries: 1 }])
})

test('a run that lost its nominal time runs no more operations, and its end counts for nothing', async () => {
  const begun: string[] = []
  const [one, other] = await scheduled('lease.lost', async ({ run }) => {
    begun.push('begun')
    if (begun.length === 1) {
      // As where its process stood still: the lease runs out, another takes it.
      await db.pool.execute(
        sql`update jobs.fire set lease_until = '-infinity', tries = tries + 1 where schedule = 'lease.lost' and state = 'running'`,
      )
      await other.runDue()
      await until(async () =>
        run(nothing, {}).then(
          () => false,
          () => true,
        ),
      )
      begun.push('stopped')
      await run(nothing, {})
    }
  })
  await assert.rejects(one.runDue(), /took the nominal time over/)
  assert.deepEqual(begun, ['begun', 'begun', 'stopped'])
  assert.deepEqual(await runsOf('lease.lost'), [{ outcome: 'done', tries: 1 }])
})

const going = Promise.withResolvers<void>()
const begunJobs: number[] = []
const long = job(
  'lease.job',
  { input: Nothing, timeoutMs: waitMostMs },
  {
    work: async ({ attempt }) => {
      begunJobs.push(attempt)
      await going.promise
    },
    done: () => undefined,
  },
)
const askLong = operation('lease.ask', declared, ({ tx }) => {
  enqueue(tx, long, {})
  return {}
})
const jobLease = sql`select lease_until from jobs.job where name = 'lease.job'`
const makeWorker = (): Worker => new Worker({ jobs: [long], executor, pool: db.pool, clock, leaseMs })

test('a job that takes longer than its lease is not begun a second time, neither by another worker nor by its own', async () => {
  await executor.run(system('lease.test'), 'req_test')(askLong, {})
  const [one, other] = [makeWorker(), makeWorker()]
  const done = one.runDue()
  await until(async () => begunJobs.length === 1)
  await renewedWell(jobLease)
  assert.equal(await other.runDue(), false)
  // As after a stand-still of the whole process, in which nothing was renewed.
  await db.pool.execute(sql`update jobs.job set lease_until = '-infinity' where name = 'lease.job'`)
  one.wake()
  const again = one.runDue()
  await until(async () => (await leaseOf(jobLease)) > machine.now())
  going.resolve()
  await Promise.all([done, again])
  assert.deepEqual(begunJobs, [1])
})

test('what another worker has taken over is not kept alive by the one that lost it', async () => {
  const held = Promise.withResolvers<void>()
  const slow = job('lease.slow', { input: Nothing, timeoutMs: waitMostMs }, { work: () => held.promise, done: () => undefined })
  const ask = operation('lease.ask_slow', declared, ({ tx }) => {
    enqueue(tx, slow, {})
    return {}
  })
  await executor.run(system('lease.test'), 'req_test')(ask, {})
  const worker = new Worker({ jobs: [slow], executor, pool: db.pool, clock, leaseMs })
  const done = worker.runDue()
  await until(async () => (await db.pool.query(sql`select from jobs.job where name = 'lease.slow' and state = 'running'`)).length === 1)
  await db.pool.execute(sql`update jobs.job set tries = tries + 1, lease_until = '2000-01-01' where name = 'lease.slow'`)
  await sleep(leaseMs)
  assert.equal(await leaseOf(sql`select lease_until from jobs.job where name = 'lease.slow'`), Date.parse('2000-01-01T00:00:00Z'))
  held.resolve()
  await done
})
