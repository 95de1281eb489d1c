import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bulkhead } from './bulkhead.ts'
import { CallNotPermittedError } from './breaker-state.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { chain, compose } from './compose.ts'
import { rateLimiter } from './rate-limiter.ts'
import { ResultCache } from './result-cache.ts'
import { retry } from './retry.ts'
import { timeLimiter, TimeLimitExceededError } from './time-limiter.ts'
import { virtualTime } from './virtual-time.ts'

function stack(time = virtualTime()) {
  const on = { clock: time, scheduler: time }
  return {
    time,
    retry: retry('x', { maxAttempts: 3, waitDurationMs: 10 }, on),
    circuitBreaker: circuitBreaker('x', { slidingWindowSize: 6, minimumNumberOfCalls: 6 }, on),
    rateLimiter: rateLimiter('x', { limitForPeriod: 1000, limitRefreshPeriodMs: 1000 }, on),
    timeLimiter: timeLimiter('x', { timeoutDurationMs: 50 }, on),
    bulkhead: bulkhead('x', { maxConcurrentCalls: 2 }, on),
  }
}

test("Resilience4j's order: every attempt is counted by the breaker and has its own time limit", async () => {
  const parts = stack()
  const guard = chain(parts)
  let calls = 0
  const answer = guard.execute(({ signal }) => {
    if (++calls === 3) return 'third'
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('heard it')), { once: true }))
  })
  await parts.time.advance(500)
  assert.equal(await answer, 'third')
  const m = parts.circuitBreaker.metrics()
  assert.deepEqual([m.bufferedCalls, m.failedCalls], [3, 2])
  assert.equal(parts.timeLimiter.metrics().timeout, 2)
  assert.equal(parts.retry.metrics().successfulWithRetry, 1)
  assert.equal(parts.bulkhead.metrics().availableConcurrentCalls, 2)
})

test('your order: one time limit over all attempts ends the retrying too', async () => {
  const parts = stack()
  let calls = 0
  const answer = compose(parts.timeLimiter, parts.retry).execute(async ({ signal }) => {
    calls++
    await new Promise<void>((resolve, reject) => {
      void parts.time.schedule(resolve, 30)
      signal.addEventListener('abort', () => reject(new Error('ended')), { once: true })
    })
    throw new Error('down')
  })
  const rejected = assert.rejects(answer, TimeLimitExceededError)
  await parts.time.advance(1000)
  await rejected
  assert.equal(calls, 2)
})

test('a fallback answers for the kinds of error it is for', async () => {
  const parts = stack()
  parts.circuitBreaker.transitionTo('FORCED_OPEN')
  const guard = compose(parts.circuitBreaker)
  const options = { fallback: () => 'kept', fallbackOn: [CallNotPermittedError] }
  assert.equal(await guard.execute<string>(() => 'live', options), 'kept')
  parts.circuitBreaker.transitionTo('CLOSED')
  const down = (): string => {
    throw new TypeError('down')
  }
  await assert.rejects(guard.execute(down, options), TypeError)
  assert.equal(await guard.execute(down, { fallback: async (error) => String(error) }), 'TypeError: down')
})

test('a cache answers for its time, shares one call among callers at once, and keeps no error', async () => {
  const time = virtualTime()
  const cache = new ResultCache<number>('rates', { ttlMs: 100, maxEntries: 2 }, { clock: time })
  const guard = compose()
  let calls = 0
  const ask = (cacheKey: string) => guard.execute<number>(async () => ++calls, { cache, cacheKey })
  assert.deepEqual(await Promise.all([ask('a'), ask('a'), ask('a')]), [1, 1, 1])
  assert.equal(await ask('a'), 1)
  await time.advance(100)
  assert.equal(await ask('a'), 2)
  await ask('b')
  await ask('a')
  await ask('c') // 'b' was used longest ago
  assert.equal(await ask('a'), 2)
  assert.equal(await ask('b'), 5)
  const broken = guard.execute<number>(() => Promise.reject(new Error('down')), { cache, cacheKey: 'd' })
  await assert.rejects(broken, /down/)
  assert.equal(await ask('d'), 6)
  assert.deepEqual(cache.metrics(), { hits: 3, misses: 9, entries: 2 })
})

test('an empty chain, a decorated function, a task that throws at once', async () => {
  assert.equal(await compose().execute(() => 1), 1)
  assert.equal(await compose(stack().bulkhead).decorate((a: number, b: number) => a + b)(2, 3), 5)
  await assert.rejects(
    compose().execute(() => {
      throw new Error('at once')
    }),
    /at once/,
  )
})
