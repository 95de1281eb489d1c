import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bulkhead, BulkheadFullError } from './bulkhead.ts'
import { threadPoolBulkhead } from './thread-pool-bulkhead.ts'
import { virtualTime, type VirtualTime } from './virtual-time.ts'

const rounds = { numRuns: Number(process.env['HOLDFAST_ROUNDS'] ?? 60) }
const sleep = (time: VirtualTime, ms: number) => new Promise<void>((resolve) => void time.schedule(resolve, ms))
const arrivals = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 30 }), takes: fc.integer({ min: 1, max: 60 }) }), { maxLength: 40 })

// The model: a list of ends of running calls, and a queue of who waits since when.
function modelled(calls: readonly { gap: number; takes: number }[], limit: number, maxWait: number): string[] {
  const out: string[] = []
  let at = 0
  let ends: number[] = []
  let queue: { id: number; since: number; takes: number }[] = []
  const until = (now: number): void => {
    for (;;) {
      const end = Math.min(...ends, Infinity)
      const late = queue[0] === undefined ? Infinity : queue[0].since + maxWait
      if (Math.min(end, late) > now) return
      if (late <= end) {
        out[queue.shift()!.id] = 'refused'
        continue
      }
      ends.splice(ends.indexOf(end), 1)
      const next = queue.shift()
      if (next !== undefined) {
        out[next.id] = `at ${end}`
        ends.push(end + next.takes)
      }
    }
  }
  for (const [id, { gap, takes }] of calls.entries()) {
    at += gap
    until(at)
    if (ends.length < limit) {
      out[id] = `at ${at}`
      ends.push(at + takes)
    } else if (maxWait > 0) queue.push({ id, since: at, takes })
    else out[id] = 'refused'
  }
  until(Infinity === maxWait ? at : at + 1e6)
  return out
}

test('behaves as a naive model: who runs, from when, who is refused', async () => {
  await fc.assert(
    fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 4 }), fc.constantFrom(0, 25, 1000), async (calls, limit, maxWait) => {
      const time = virtualTime()
      const policy = bulkhead('x', { maxConcurrentCalls: limit, maxWaitDurationMs: maxWait }, { clock: time, scheduler: time })
      const out: string[] = []
      for (const [id, { gap, takes }] of calls.entries()) {
        await time.advance(gap)
        policy
          .execute(() => {
            out[id] = `at ${time.now()}`
            return sleep(time, takes - 0.01) // so that an end and a time-out never meet
          })
          .catch((error: unknown) => {
            assert.ok(error instanceof BulkheadFullError)
            out[id] = 'refused'
          })
      }
      await time.advance(1e6)
      const model = modelled(
        calls.map((call) => ({ ...call, takes: call.takes - 0.01 })),
        limit,
        maxWait,
      )
      assert.deepEqual(out, model)
      assert.deepEqual(policy.metrics(), { availableConcurrentCalls: limit, maxAllowedConcurrentCalls: limit, waitingCalls: 0 })
    }),
    rounds,
  )
})

test('a smaller limit binds as calls finish, a larger one lets waiters in', async () => {
  const time = virtualTime()
  const policy = bulkhead('x', { maxConcurrentCalls: 1, maxWaitDurationMs: 1000 }, { clock: time, scheduler: time })
  const started: number[] = []
  const calls = [1, 2, 3].map((id) => policy.execute(() => (started.push(id), sleep(time, 100))))
  await time.advance(10)
  assert.deepEqual(started, [1])
  policy.changeConfig({ maxConcurrentCalls: 2, maxWaitDurationMs: 1000 })
  await time.advance(10)
  assert.deepEqual(started, [1, 2])
  policy.changeConfig({ maxConcurrentCalls: 1, maxWaitDurationMs: 1000 })
  assert.equal(policy.metrics().availableConcurrentCalls, -1)
  await time.advance(85)
  assert.deepEqual(started, [1, 2])
  await time.advance(200)
  await Promise.all(calls)
  assert.deepEqual(started, [1, 2, 3])
})

test('a waiter who gives up leaves the line, and events tell the story', async () => {
  const time = virtualTime()
  const policy = bulkhead('x', { maxConcurrentCalls: 1, maxWaitDurationMs: 1000 }, { clock: time, scheduler: time })
  const heard: string[] = []
  policy.on('event', ({ type }) => heard.push(type))
  const first = policy.execute(() => sleep(time, 50))
  const giveUp = new AbortController()
  const second = policy.execute(() => 'never', { signal: giveUp.signal })
  giveUp.abort(new Error('left'))
  await assert.rejects(second, /left/)
  await time.advance(60)
  await first
  assert.deepEqual(heard, ['CALL_PERMITTED', 'CALL_REJECTED', 'CALL_FINISHED'])
})

test('the pool opens places up to core, then queues, then opens up to the maximum, then refuses', async () => {
  const time = virtualTime()
  const config = { coreThreadPoolSize: 1, maxThreadPoolSize: 2, queueCapacity: 1, keepAliveDurationMs: 20 }
  const pool = threadPoolBulkhead('x', config, { clock: time, scheduler: time })
  const started: string[] = []
  const call = (id: string) => pool.execute(() => (started.push(id), sleep(time, 100)))
  const running = [call('core'), call('queued'), call('beyond')]
  await assert.rejects(call('refused'), BulkheadFullError)
  assert.deepEqual(started, ['core', 'beyond'])
  assert.equal(pool.metrics().queueDepth, 1)
  pool.changeConfig({ ...config, rejectedExecutionHandler: 'CALLER_RUNS' })
  const mine = call('caller')
  assert.equal(pool.metrics().activeThreadCount, 2)
  assert.deepEqual(started, ['core', 'beyond', 'caller'])
  await time.advance(100)
  assert.deepEqual(started, ['core', 'beyond', 'caller', 'queued'])
  await time.advance(100)
  await Promise.all([...running, mine])
  assert.equal(pool.metrics().threadPoolSize, 1) // the place beyond core was idle for longer than the keep-alive
})

test('the pool never runs more than its maximum, and runs everything it took in order', async () => {
  const sizes = fc.record({
    core: fc.integer({ min: 1, max: 3 }),
    more: fc.integer({ min: 0, max: 2 }),
    queue: fc.integer({ min: 0, max: 5 }),
  })
  await fc.assert(
    fc.asyncProperty(arrivals, sizes, async (calls, { core, more, queue }) => {
      const time = virtualTime()
      const config = { coreThreadPoolSize: core, maxThreadPoolSize: core + more, queueCapacity: queue }
      const pool = threadPoolBulkhead('x', config, { clock: time, scheduler: time })
      let running = 0
      let ran = 0
      let refused = 0
      for (const { gap, takes } of calls) {
        await time.advance(gap)
        const task = async (): Promise<void> => {
          assert.ok(++running <= core + more)
          await sleep(time, takes)
          running--
          ran++
        }
        pool.execute(task).catch(() => refused++)
        const { threadPoolSize, activeThreadCount, queueDepth } = pool.metrics()
        assert.ok(activeThreadCount <= threadPoolSize && threadPoolSize <= core + more && queueDepth <= queue)
      }
      await time.advance(10_000)
      assert.equal(ran + refused, calls.length)
      assert.equal(pool.metrics().activeThreadCount, 0)
    }),
    rounds,
  )
})

test('without a queue the place used last is used first, and the other closes; with one they take turns', async () => {
  for (const [queueCapacity, left] of [
    [0, 1],
    [1, 2],
  ] as const) {
    const time = virtualTime()
    const config = { coreThreadPoolSize: 1, maxThreadPoolSize: 2, queueCapacity, keepAliveDurationMs: 200 }
    const pool = threadPoolBulkhead('x', config, { clock: time, scheduler: time })
    const ends = queueCapacity === 0 ? [0, 150] : [0, 0, 150] // one of the places rests from 0 on, the other from 150 on
    const running = ends.map((ms) => pool.execute(() => sleep(time, ms)))
    await time.advance(160)
    running.push(pool.execute(() => sleep(time, 1000)))
    await time.advance(100)
    assert.equal(pool.metrics().threadPoolSize, left)
    await time.advance(1000)
    await Promise.all(running)
  }
})

test('a live pool: a larger core lets in who waits, a smaller maximum binds as calls finish', async () => {
  const time = virtualTime()
  const sizes = (core: number, max: number) => ({ coreThreadPoolSize: core, maxThreadPoolSize: max, queueCapacity: 20 })
  const pool = threadPoolBulkhead('x', sizes(1, 1), { clock: time, scheduler: time })
  let now = 0
  let most = 0
  const started: number[] = []
  const task = (id: number) => async (): Promise<void> => {
    started.push(id)
    most = Math.max(most, ++now)
    await sleep(time, 100)
    now--
  }
  const calls = Array.from({ length: 12 }, (_, id) => pool.execute(task(id)))
  await time.advance(10)
  assert.deepEqual(started, [0])
  pool.changeConfig(sizes(3, 4))
  await time.advance(1)
  assert.deepEqual(started, [0, 1, 2])
  assert.equal(pool.metrics().threadPoolSize, 3)
  pool.changeConfig(sizes(1, 1))
  await time.advance(100) // all three are through: one place is left
  assert.equal(pool.metrics().threadPoolSize, 1)
  most = 0
  await time.advance(2000)
  await Promise.all(calls)
  assert.deepEqual([most, started.length, pool.metrics().queueDepth], [1, 12, 0])
  pool.changeConfig(sizes(2, 2))
  await pool.execute(() => 1)
  pool.changeConfig(sizes(1, 1)) // an idle place beyond the maximum closes at once
  assert.equal(pool.metrics().threadPoolSize, 1)
})
