import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatInstant, realClock } from '#kernel/clock'
import { Pool, type Statement } from '#kernel/db'
import { Executor, operation, system } from '#kernel/operations'
import { database } from '#test/database'
import { z } from 'zod'
import { enqueue, job, Worker } from './index.ts'

/** Knows how often a worker looked for work. */
class Counting extends Pool {
  claims = 0
  override async query<Row extends object>(statement: Statement): Promise<Row[]> {
    if (statement.text.includes('update jobs.job')) this.claims++
    return super.query<Row>(statement)
  }
}

const db = await database()
const clock = realClock()
const pool = new Counting(db.server)
db.closing(() => pool.close())
const done = new Map<number, PromiseWithResolvers<number>>()
const Input = z.strictObject({ n: z.int() })
const sample = job(
  'waking.work',
  { input: Input },
  { work: async () => undefined, done: (_, { n }) => done.get(n)?.resolve(performance.now()) },
)
const worker = new Worker({ jobs: [sample], executor: new Executor({ pool, clock }), pool, clock })
const executor = new Executor({ pool, clock, onCommit: (wrote) => worker.wake(wrote) })
const run = executor.run(system('waking.test'), 'req_test')
const note = operation('waking.note', { summary: 'Note', input: Input, answer: z.strictObject({}), may: ['system'] }, () => ({}))
/** When the job that was asked for last falls due. */
let due = 0
const Asked = z.strictObject({ n: z.int(), inMs: z.int() })
const ask = operation(
  'waking.ask',
  { summary: 'Ask', input: Asked, answer: z.strictObject({}), may: ['system'] },
  ({ tx }, { n, inMs }) => {
    due = clock.now() + inMs
    enqueue(tx, sample, { n }, { at: formatInstant(due) })
    return {}
  },
)

/** How long after its commit a job was done. */
async function lasts(n: number, inMs: number): Promise<number> {
  const ended = Promise.withResolvers<number>()
  done.set(n, ended)
  await run(ask, { n, inMs })
  const asked = performance.now()
  return (await ended.promise) - asked
}

test('a worker looks for work when some was asked for or falls due, not after every commit', async () => {
  worker.start()
  db.closing(() => worker.stop())
  const [before, start] = [pool.claims, performance.now()]
  for (let n = 0; n < 40; n++) await run(note, { n })
  // Its own look-out for what other processes left goes on, once a second.
  const looks = 2 + (performance.now() - start) / 1_000
  assert.ok(pool.claims - before <= looks, `${pool.claims - before} claims`)
  // The best of three: a neighbour's load must not count, and by the look-out alone half of them would last 500 ms.
  const woken = [await lasts(1, 0), await lasts(2, 0), await lasts(3, 0)]
  assert.ok(Math.min(...woken) < 250, `${woken.join(', ')} ms`)
  await lasts(4, 120)
  assert.ok(clock.now() >= due, 'done before it fell due')
  await executor.drain()
})
