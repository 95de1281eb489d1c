import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeLimiter, TimeLimitExceededError } from './time-limiter.ts'
import { virtualTime } from './virtual-time.ts'

function made(timeoutDurationMs: number, cancelRunningFuture = true) {
  const time = virtualTime()
  const limiter = timeLimiter('x', { timeoutDurationMs, cancelRunningFuture }, { clock: time, scheduler: time })
  return { time, limiter }
}

test('a task past its time is ended for real: its signal is aborted with the error its caller sees', async () => {
  const { time, limiter } = made(100)
  const seen: unknown[] = []
  const answer = limiter.execute(
    ({ signal }) => new Promise(() => signal.addEventListener('abort', () => seen.push(signal.reason), { once: true })),
  )
  const rejected = assert.rejects(answer, TimeLimitExceededError)
  await time.advance(99)
  assert.equal(seen.length, 0)
  await time.advance(1)
  await rejected
  assert.ok(seen[0] instanceof TimeLimitExceededError && seen[0].timeoutMs === 100)
  assert.deepEqual(limiter.metrics(), { successful: 0, failed: 0, timeout: 1 })
})

test('a signal asked for after the end is already aborted; cancelRunningFuture: false leaves the task alone', async () => {
  for (const cancels of [true, false]) {
    const { time, limiter } = made(100, cancels)
    let late: AbortSignal | undefined
    const answer = limiter.execute(async (call) => {
      await new Promise<void>((resolve) => void time.schedule(resolve, 150))
      late = call.signal
    })
    const rejected = assert.rejects(answer, TimeLimitExceededError)
    await time.advance(200)
    await rejected
    assert.equal(late?.aborted, cancels)
  }
})

test('a task in time, or failing, or throwing at once, keeps its own outcome and leaves no timer', async () => {
  const { time, limiter } = made(100)
  assert.equal(await limiter.execute(() => 'at once'), 'at once')
  assert.equal(await limiter.execute(async () => 'soon'), 'soon')
  const fail = (): never => {
    throw new Error('own')
  }
  await assert.rejects(limiter.execute(fail), /own/)
  await assert.rejects(
    limiter.execute(async () => fail()),
    /own/,
  )
  assert.deepEqual(limiter.metrics(), { successful: 2, failed: 2, timeout: 0 })
  await time.advance(1000)
  assert.equal(time.pending, 0)
})

test("the caller's signal reaches the task, and listeners do not pile up on it", async () => {
  const { limiter } = made(100)
  const giveUp = new AbortController()
  let added = 0
  const { signal } = giveUp
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => (added++, add(...args))
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (added--, remove(...args))
  for (let i = 0; i < 5; i++) await limiter.execute((call) => call.signal.aborted, { signal })
  assert.equal(added, 0)
  let inner: AbortSignal | undefined
  const answer = limiter.execute((call) => ((inner = call.signal), new Promise(() => {})), { signal })
  giveUp.abort(new Error('left'))
  await assert.rejects(answer, /left/)
  assert.equal(inner?.aborted, true)
  await assert.rejects(
    limiter.execute(() => 'too late', { signal }),
    /left/,
  )
})

test('a time-out within is a time-out for the limiter around it too', async () => {
  const time = virtualTime()
  const on = { clock: time, scheduler: time }
  const [outer, inner] = [timeLimiter('outer', { timeoutDurationMs: 100 }, on), timeLimiter('inner', { timeoutDurationMs: 10 }, on)]
  const heard: string[] = []
  outer.on('event', ({ type }) => heard.push(type))
  const answer = outer.execute((call) => inner.run(() => new Promise(() => {}), call))
  const rejected = assert.rejects(answer, { name: 'TimeLimitExceededError', timeoutMs: 10 })
  await time.advance(10)
  await rejected
  assert.deepEqual(heard, ['TIMEOUT'])
  assert.deepEqual(outer.metrics(), { successful: 0, failed: 0, timeout: 1 })
})
