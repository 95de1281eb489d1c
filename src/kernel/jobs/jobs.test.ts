import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatInstant, realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { Executor, operation, system } from '#kernel/operations'
import { database } from '#test/database'
import { z } from 'zod'
import { enqueue, every, job, SandboxClock, Scheduler, travel, Worker, WorkPool } from './index.ts'

const db = await database()
const machine = realClock()
const clock = await SandboxClock.resume(machine, db.pool, Date.parse('2026-01-31T06:00:00Z'))
const executor = new Executor({ pool: db.pool, clock })
db.closing(() => executor.drain())
const run = executor.run(system('sample.test'), 'req_test')

const Input = z.strictObject({ n: z.int() })
const worked: number[] = []
const finished: string[] = []
let failing: Error | undefined
const sample = job(
  'sample.work',
  { input: Input, attempts: 3, backoffS: 60, timeoutMs: 200 },
  {
    work: async ({ attempt }, { n }) => {
      worked.push(n)
      if (n === 9) await new Promise((resolve) => setTimeout(resolve, 1_000).unref())
      if (failing) throw failing
      return attempt
    },
    done: (_, { n }, attempt) => void finished.push(`done ${n} at try ${attempt}`),
    gaveUp: (_, { n }, error) => void finished.push(`gave up ${n}: ${error instanceof Error ? error.name : ''}`),
  },
)
const ask = operation('sample.ask', { summary: 'Ask', input: Input, answer: z.strictObject({}), may: ['system'] }, ({ tx }, { n }) => {
  enqueue(tx, sample, { n })
  if (n === 4) throw new Fault('jobs.job_unknown')
  return {}
})
const worker = new Worker({ jobs: [sample], executor, pool: db.pool, clock })
const fired: string[] = []
let scheduleFails = false
const nightly = every('sample.nightly', { daily: '00:05' }, async ({ nominal, on }) => {
  if (scheduleFails) throw new Error('the night failed')
  fired.push(`${on} ${nominal}`)
})
const scheduler = new Scheduler({ schedules: [nightly], executor, pool: db.pool, clock, zone: 'Asia/Kolkata' })
await scheduler.start()
db.closing(() => scheduler.stop())
const parts = { clock, scheduler, worker, settled: async () => undefined, zone: 'Asia/Kolkata' }

test('a job exists if and only if its operation committed, and is done once', async () => {
  await run(ask, { n: 1 })
  await assert.rejects(run(ask, { n: 4 }))
  await Promise.all([worker.runDue(), worker.runDue()])
  assert.deepEqual([worked, finished], [[1], ['done 1 at try 1']])
})

test('a failing job is tried again later, in business time, and given up after its last try', async () => {
  failing = new Error('bureau down')
  finished.length = 0
  await run(ask, { n: 2 })
  await worker.runDue()
  assert.deepEqual(finished, [])
  await travel(parts, clock.now() + 10 * 60_000)
  assert.deepEqual(finished, ['gave up 2: Error'])
  failing = new Fault('jobs.job_unknown')
  await run(ask, { n: 3 })
  await worker.runDue()
  assert.equal(finished[1], 'gave up 3: Fault')
  failing = undefined
})

test('a try that takes too long is given up', async () => {
  finished.length = 0
  await run(ask, { n: 9 })
  await worker.runDue()
  const [row] = await db.pool.query<{ state: string; error: string }>(sql`select state, error from jobs.job where input = '{"n":9}'`)
  assert.equal(row?.state, 'queued')
  assert.match(row.error, /TimeoutError/)
})

test('a worker that died leaves its job to another, and its own late end counts for nothing', async () => {
  await run(ask, { n: 5 })
  await db.pool.execute(
    sql`update jobs.job set state = 'running', tries = 1, lease_until = now() - interval '1 second' where input = '{"n":5}'`,
  )
  finished.length = 0
  await worker.runDue()
  assert.ok(finished.includes('done 5 at try 2'))
})

test('a schedule fires once for each nominal time on the way, in order, whatever number of schedulers', async () => {
  const other = new Scheduler({ schedules: [nightly], executor, pool: db.pool, clock, zone: 'Asia/Kolkata' })
  fired.length = 0
  await clock.moveTo(Date.parse('2026-02-03T06:00:00Z'))
  await Promise.all([scheduler.runDue(), other.runDue()])
  await scheduler.runDue()
  assert.deepEqual(
    [...fired].sort((a, b) => (a < b ? -1 : 1)),
    ['2026-02-01 2026-01-31T18:35:00.000Z', '2026-02-02 2026-02-01T18:35:00.000Z', '2026-02-03 2026-02-02T18:35:00.000Z'],
  )
})

test('a nominal time that failed is tried again before the next', async () => {
  fired.length = 0
  scheduleFails = true
  await clock.moveTo(Date.parse('2026-02-05T06:00:00Z'))
  await assert.rejects(scheduler.runDue(), /the night failed/)
  scheduleFails = false
  await scheduler.runDue({ insist: true })
  assert.deepEqual(
    fired.map((line) => line.slice(0, 10)),
    ['2026-02-04', '2026-02-05'],
  )
})

test('the clock moves forward only, keeps its place and goes no farther than asked', async () => {
  await assert.rejects(travel(parts, clock.now() - 60_000), { code: 'jobs.clock_backward' })
  await assert.rejects(travel(parts, clock.now() + 20 * 366 * 86_400_000), { code: 'jobs.clock_too_far' })
  const to = Date.parse('2026-02-10T10:00:00Z')
  await travel(parts, to)
  const resumed = await SandboxClock.resume(machine, db.pool, 0)
  assert.ok(Math.abs(resumed.now() - to) < 5_000, formatInstant(resumed.now()))
})

test('a pool runs core, then queues, then grows to max, then refuses', async () => {
  const pool = new WorkPool({ core: 5, queue: 100, max: 20 })
  const release: (() => void)[] = []
  const task = () => new Promise<void>((resolve) => release.push(resolve))
  const offered = Array.from({ length: 125 }, () => pool.offer(task))
  assert.deepEqual([offered.filter(Boolean).length, pool.running, pool.waiting], [120, 20, 100])
  while (release.length > 0) {
    release.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual([pool.running, pool.waiting], [0, 0])
})
