import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { rateLimiter, RequestNotPermittedError } from './rate-limiter.ts'
import { virtualTime } from './virtual-time.ts'

function replay(settings: string, ops: readonly string[]): string[] {
  const [limit = 0, periodNs = 0, timeoutNs = 0] = settings.split(' ').map(Number)
  let ns = 0
  let config = { limitForPeriod: limit, limitRefreshPeriodMs: periodNs / 1e6, timeoutDurationMs: timeoutNs / 1e6 }
  const limiter = rateLimiter('x', config, { clock: { now: () => ns / 1e6 } })
  return ops.map((op) => {
    const given = Number(op.slice(1))
    let answer = ''
    if (op[0] === 't') ns += given
    else if (op[0] === 'l') limiter.changeConfig((config = { ...config, limitForPeriod: given }))
    else if (op[0] === 'T') limiter.changeConfig((config = { ...config, timeoutDurationMs: given / 1e6 }))
    else if (op[0] === 'd') limiter.drain()
    else {
      const waitMs = limiter.reserve(given)
      answer = String(waitMs < 0 ? -1 : Math.round(waitMs * 1e6))
    }
    return `${limiter.metrics().availablePermissions},${answer}`
  })
}

test('agrees with the AtomicRateLimiter of Resilience4j 2.4.0: cycles, reservations, waits in nanoseconds, live changes, drains', () => {
  const file = process.env['HOLDFAST_LIMITER_ORACLE'] ?? new URL('./rate-limiter-oracle.txt', import.meta.url)
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const [settings = '', ops = '', expected = ''] = line.split('|')
    assert.deepEqual(replay(settings, ops.split(' ')), expected.split(';'), line)
  }
})

test('no cycle ever lets more calls start than its limit, and whoever waits starts in order', async () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(arrivals, fc.integer({ min: 1, max: 5 }), async (gaps, limit) => {
      const time = virtualTime(5000)
      const config = { limitForPeriod: limit, limitRefreshPeriodMs: 100, timeoutDurationMs: 250 }
      const limiter = rateLimiter('x', config, { clock: time, scheduler: time })
      const started: { id: number; at: number }[] = []
      let refused = 0
      for (const [id, gap] of gaps.entries()) {
        await time.advance(gap)
        limiter
          .execute(() => started.push({ id, at: time.now() - 5000 }))
          .catch((error: unknown) => {
            assert.ok(error instanceof RequestNotPermittedError)
            refused++
          })
      }
      await time.advance(1000)
      assert.equal(started.length + refused, gaps.length)
      const perCycle = Map.groupBy(started, ({ at }) => Math.floor(at / 100))
      for (const [, calls] of perCycle) assert.ok(calls.length <= limit)
      assert.deepEqual(
        started.map(({ id }) => id),
        started.map(({ id }) => id).toSorted((a, b) => a - b),
      )
      assert.equal(limiter.metrics().waitingThreads, 0)
    }),
    { numRuns: Number(process.env['HOLDFAST_ROUNDS'] ?? 60) },
  )
})

test('a result may drain the cycle, and a drain forgives reservations, as in Resilience4j', async () => {
  const time = virtualTime()
  const config = { limitForPeriod: 5, limitRefreshPeriodMs: 1000, timeoutDurationMs: 3000 }
  const limiter = rateLimiter(
    'x',
    { ...config, drainPermissionsOnResult: ({ result, error }) => result === 429 || error !== undefined },
    { clock: time, scheduler: time },
  )
  await limiter.execute(() => 429)
  assert.equal(limiter.metrics().availablePermissions, 0)
  assert.equal(limiter.tryAcquire(), false)
  assert.equal(limiter.reserve(7), 2000)
  limiter.drain()
  assert.equal(limiter.metrics().availablePermissions, 0)
  limiter.reserve(1)
  await time.advance(1000)
  limiter.tryAcquire(3)
  await time.advance(1000)
  limiter.drain()
  assert.equal(limiter.metrics().availablePermissions, 4) // of 5: the one left when the last call was seen is gone
})

test('a caller who gives up while waiting is let go', async () => {
  const time = virtualTime()
  const limiter = rateLimiter('x', { limitForPeriod: 1, limitRefreshPeriodMs: 1000 }, { clock: time, scheduler: time })
  assert.equal(limiter.tryAcquire(), true)
  const giveUp = new AbortController()
  const answer = limiter.execute(() => 'never', { signal: giveUp.signal })
  assert.equal(limiter.metrics().waitingThreads, 1)
  giveUp.abort(new Error('left'))
  await assert.rejects(answer, /left/)
  assert.equal(limiter.metrics().waitingThreads, 0)
})
