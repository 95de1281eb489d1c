import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Latency } from './latency.ts'
import { LoadTimeoutError } from './refusals.ts'
import { source } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

/** One load in `every` is slow; answers and how many calls they took. */
async function run(options: { every: number; hedge: number | false; loads: number }) {
  const time = virtualScheduler()
  let serial = 0
  const purposes: string[] = []
  const ended: unknown[] = []
  const from = source<number, number>({
    load: async (keys, context) => {
      purposes.push(context.purpose)
      context.signal.addEventListener('abort', () => ended.push(context.signal.reason), { once: true })
      await new Promise<void>((resolve) => void time.after(serial++ % options.every === options.every - 1 ? 1000 : 10, resolve))
      return keys
    },
    hedge: options.hedge,
    clock: time,
    scheduler: time,
  })
  const took: number[] = []
  for (let i = 0; i < options.loads; i++) {
    const start = time.now()
    void from.get(i).then(() => took.push(time.now() - start))
    await time.advance(50)
  }
  await time.advance(5000)
  assert.equal(took.length, options.loads)
  return { took: took.sort((a, b) => a - b), purposes, ended, metrics: from.metrics() }
}

test('a load slower than the live p95 gets a rival; the loser is ended; calls grow by 3 % at most', async () => {
  const without = await run({ every: 50, hedge: false, loads: 1000 })
  const beside = await run({ every: 50, hedge: 0.03, loads: 1000 })
  const worst = (took: number[]) => took[Math.floor(took.length * 0.985)]!
  assert.equal(worst(without.took), 1000)
  assert.ok(worst(beside.took) < 30, `${worst(beside.took)}`)
  assert.ok(beside.metrics.hedges > 0 && beside.metrics.hedgesWon > 0)
  assert.ok(beside.metrics.loads <= 1030, `${beside.metrics.loads}`)
  assert.equal(beside.purposes.filter((purpose) => purpose === 'hedge').length, beside.metrics.hedges)
  assert.equal(beside.ended.length, beside.metrics.hedgesWon)
  assert.equal(without.metrics.hedges, 0)
})

test('when everything turns slow the budget holds', async () => {
  const { metrics } = await run({ every: 2, hedge: 0.03, loads: 1000 })
  assert.ok(metrics.hedges <= 30, `${metrics.hedges}`)
})

test('live quantiles are right to a tenth', () => {
  const latency = new Latency()
  assert.equal(latency.p95, Infinity)
  for (let i = 0; i < 3200; i++) latency.record(1 + (i % 100))
  assert.ok(Math.abs(latency.p50 - 50) < 6, `${latency.p50}`)
  assert.ok(Math.abs(latency.p95 - 95) < 11, `${latency.p95}`)
  for (let i = 0; i < 6400; i++) latency.record(1000)
  assert.ok(latency.p50 > 900)
  latency.record(0)
  latency.record(1e12)
})

test('of loads that answer at once few are timed, and one that then hangs has its rival, its age and its end all the same', async () => {
  const time = virtualScheduler()
  let looks = 0
  let hangs = false
  const purposes: string[] = []
  const from = source<number, number>({
    load: (keys, { purpose }) => {
      purposes.push(purpose)
      return hangs ? new Promise<readonly number[]>(() => undefined) : keys
    },
    loadTimeoutMs: 1000,
    hedge: 0.03,
    clock: { now: () => (looks++, time.now()) },
    scheduler: time,
  })
  for (let i = 0; i < 1000; i++) {
    void from.get(i)
    await time.advance(0)
  }
  assert.equal(purposes.length, 1000)
  assert.ok(looks < 1300, `${looks}`)
  hangs = true
  const start = time.now()
  const failed = assert.rejects(from.get(-1), LoadTimeoutError).then(() => time.now() - start)
  await time.advance(999)
  assert.deepEqual(purposes.slice(1000), ['first', 'hedge'])
  assert.equal(from.metrics().running, 2)
  await time.advance(10)
  assert.ok((await failed) >= 1000)
  assert.equal(from.metrics().running, 0)
})

test('a loop that was held up lets in the answers that lie there before it blames a call', async () => {
  let now = 0
  const timers: (() => void)[] = []
  const turns: (() => void)[] = []
  const run = async (tasks: (() => void)[]) => {
    for (const task of tasks.splice(0)) task()
    for (let i = 0; i < 10; i++) await Promise.resolve()
  }
  let answer = (): void => undefined
  const from = source<number, number>({
    load: (keys) => new Promise((resolve) => (answer = () => resolve(keys))),
    loadTimeoutMs: 1000,
    clock: { now: () => now },
    scheduler: {
      tick: (task) => void Promise.resolve().then(task),
      turn: (task) => turns.push(task),
      after: (_, task) => (timers.push(task), () => {}),
    },
  })
  for (const heldUp of [true, false]) {
    const asked = from.get(1)
    for (let i = 0; i < 10; i++) await Promise.resolve()
    await run(turns)
    now += 5000
    await run(timers)
    if (heldUp) answer()
    const answered = heldUp ? asked.then((value) => assert.equal(value, 1)) : assert.rejects(asked, LoadTimeoutError)
    for (let i = 0; i < 10; i++) await Promise.resolve()
    await run(turns)
    await answered
  }
  assert.equal(from.metrics().hedges, 0)
})

test('a rival takes no slot that is kept for a quiet tenant, where there is one', async () => {
  for (const shared of [true, false]) {
    const time = virtualScheduler()
    let hangs = false
    const from = source<number, number>({
      load: async (keys, { tenant }) => {
        await new Promise<void>((resolve) => void time.after(hangs && tenant === 'loud' ? 1000 : 10, resolve))
        return keys
      },
      concurrency: 3,
      hedge: 0.03,
      clock: time,
      scheduler: time,
    })
    for (let i = 0; i < 400; i++) {
      void from.get(i, { tenant: 'loud' })
      if (shared) void from.get(i, { tenant: 'quiet' })
      await time.advance(20)
    }
    hangs = true
    void from.get(1000, { tenant: 'loud' })
    await time.advance(3)
    void from.get(1001, { tenant: 'loud' })
    await time.advance(200)
    assert.equal(from.metrics().hedges, shared ? 0 : 1)
    let answered = false
    void from.get(1, { tenant: 'quiet' }).then(() => (answered = true))
    await time.advance(20)
    assert.equal(answered, shared)
    await time.advance(5000)
  }
})
