import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedClock } from '#kernel/clock'
import { Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { Executor, operation, system } from '#kernel/operations'
import { database } from '#test/database'
import { shakyWay } from '#test/shaky-way'
import { z } from 'zod'
import { enqueue, job, SandboxClock, Worker } from './index.ts'

const db = await database()
const clock = simulatedClock(Date.parse('2026-03-10T00:00:00Z'))
const executor = new Executor({ pool: db.pool, clock })
db.closing(() => executor.drain())
const Input = z.strictObject({ n: z.int() })
const ended: string[] = []
let worked = 0
let failing: Error | undefined
const bitter = job(
  'bitter.work',
  { input: Input, attempts: 2, backoffS: 10 },
  {
    work: async () => {
      worked += 1
      if (failing) throw failing
    },
    done: (_, { n }) => void ended.push(`done ${n}`),
    gaveUp: (_, { n }, error) => void ended.push(`gave up ${n}: ${String(error)}`),
  },
)
const ask = operation('bitter.ask', { summary: 'Ask', input: Input, answer: z.strictObject({}), may: ['system'] }, ({ tx }, { n }) => {
  enqueue(tx, bitter, { n })
  return {}
})
const run = executor.run(system('bitter.test'), 'req_test')
const errors: string[] = []
const worker = new Worker({ jobs: [bitter], executor, pool: db.pool, clock, onError: (error) => errors.push(String(error)) })
const state = async (input: string) =>
  (
    await db.pool.query<{ state: string; tries: number; error: string | null }>(
      sql`select state, tries, error from jobs.job where input = ${input}`,
    )
  )[0]

test('a job whose input cannot be read any more is failed after its tries, and not claimed for ever', async () => {
  await run(ask, { n: 1 })
  await db.pool.execute(sql`update jobs.job set input = '{"m":1}'`)
  for (let n = 0; n < 4; n++) {
    await worker.runDue()
    clock.advanceTo(clock.now() + 3_600_000)
  }
  const found = await state('{"m":1}')
  assert.deepEqual([found?.state, found?.tries, worked, ended], ['failed', 2, 0, []])
  assert.match(found?.error ?? '', /ZodError/)
})

test('a job over which its process ended again and again is given up without another try', async () => {
  await run(ask, { n: 2 })
  await db.pool.execute(sql`update jobs.job set state = 'running', tries = 12, lease_until = '-infinity' where input = '{"n":2}'`)
  await worker.runDue()
  assert.deepEqual([(await state('{"n":2}'))?.state, worked], ['failed', 0])
  assert.match(ended.join(), /gave up 2: Error: of 12 tries/)
})

test('"not now" is no refusal: the job is tried again', async () => {
  failing = new Fault('operations.overloaded')
  await run(ask, { n: 3 })
  await worker.runDue()
  assert.equal((await state('{"n":3}'))?.state, 'queued')
  failing = undefined
  clock.advanceTo(clock.now() + 20_000)
  await worker.runDue()
  assert.equal(ended.at(-1), 'done 3')
})

test('a worker that ends waits for what it lost and still does, and does not begin it anew beside itself', async () => {
  const going = Promise.withResolvers<void>()
  const [starts, ends] = [[], []] as [number[], number[]]
  const lost = job(
    'bitter.lost',
    { input: Input },
    {
      work: async ({ attempt }) => {
        starts.push(attempt)
        await going.promise
      },
      done: () => void ends.push(1),
    },
  )
  const asking = operation(
    'bitter.ask_lost',
    { summary: 'Ask', input: Input, answer: z.strictObject({}), may: ['system'] },
    ({ tx }, { n }) => {
      enqueue(tx, lost, { n })
      return {}
    },
  )
  const losing = new Worker({ jobs: [lost], executor, pool: db.pool, clock })
  losing.start()
  await run(asking, { n: 4 })
  losing.wake()
  while (starts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await db.pool.execute(sql`update jobs.job set lease_until = '-infinity' where input = '{"n":4}'`)
  losing.wake()
  await new Promise((resolve) => setTimeout(resolve, 200))
  let stopped = false
  const stopping = losing.stop().then(() => (stopped = true))
  await new Promise((resolve) => setTimeout(resolve, 100))
  assert.deepEqual([starts, stopped], [[1], false])
  going.resolve()
  await stopping
  // Nobody else took it meanwhile: its end counts.
  assert.deepEqual(ends, [1])
})

test('a move of the clock that could not be kept has not happened', async () => {
  const way = await shakyWay(db.server)
  const pool = new Pool(way.settings, { connections: 1, wait_ms: 100 })
  const start = Date.parse('2026-03-10T00:00:00Z')
  const sandbox = await SandboxClock.resume(clock, pool, { at: start, stands: true })
  way.lose(0)
  await way.close()
  await assert.rejects(sandbox.moveTo(start + 60_000))
  assert.equal(sandbox.now(), start)
  await pool.close()
})
