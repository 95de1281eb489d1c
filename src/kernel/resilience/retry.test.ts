import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { ofExponentialBackoff, ofExponentialRandomBackoff, ofFixed, ofRandomized } from './interval.ts'
import { retryBudget } from './retry-budget.ts'
import { MaxRetriesExceededError, retry } from './retry.ts'
import { virtualTime } from './virtual-time.ts'

class Ignored extends Error {}

async function replay(settings: string, calls: readonly string[]): Promise<string[]> {
  const [max, fails, kind, first, factor, cap] = settings.split(' ')
  const initial = Number(first)
  const intervals = {
    fixed: () => ofFixed(initial),
    exp: () => ofExponentialBackoff(initial, Number(factor)),
    cap: () => ofExponentialBackoff(initial, Number(factor), Number(cap)),
  }
  const time = virtualTime()
  const policy = retry(
    'x',
    {
      maxAttempts: Number(max),
      failAfterMaxAttempts: fails === '1',
      intervalFunction: intervals[kind === 'fixed' || kind === 'exp' ? kind : 'cap'](),
      retryOnResult: (result) => result === 7,
      ignoreExceptions: [Ignored],
    },
    { clock: time, scheduler: time },
  )
  let heard = ''
  const sleeps: number[] = []
  policy.on('event', ({ type, attempts, waitMs }) => {
    heard += type[0] + String(attempts)
    if (waitMs !== undefined) sleeps.push(waitMs)
  })
  const out: string[] = []
  for (const call of calls) {
    heard = ''
    sleeps.length = 0
    let i = 0
    const answer = policy
      .execute(() => {
        const outcome = call[Math.min(i++, call.length - 1)]
        if (outcome === 'e') throw new Error('down')
        if (outcome === 'i') throw new Ignored()
        return outcome === 'b' ? 7 : 1
      })
      .then(String, (error: unknown) => (error instanceof Ignored ? 'I' : error instanceof MaxRetriesExceededError ? 'M' : 'E'))
    await time.advance(1_000_000)
    const m = policy.metrics()
    const counts = [m.successfulWithoutRetry, m.successfulWithRetry, m.failedWithoutRetry, m.failedWithRetry]
    out.push([await answer, i, sleeps.join('+'), ...counts, heard].join())
  }
  assert.equal(time.pending, 0)
  return out
}

test('agrees with Resilience4j 2.4.0 call by call: answers, waits, counts, events', async () => {
  const file = process.env['HOLDFAST_RETRY_ORACLE'] ?? new URL('./retry-oracle.txt', import.meta.url)
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const [settings = '', calls = '', expected = ''] = line.split('|')
    assert.deepEqual(await replay(settings, calls.split(' ')), expected.split(';'), line)
  }
})

test('jitter stays within its bounds and the cap comes last', () => {
  const cases: [() => number, number, number, number][] = [
    [() => 0, 500, 250, 250],
    [() => 0.999999, 500, 750, 750],
    [() => 0.5, 500, 500, 500],
  ]
  for (const [random, base, low, high] of cases) {
    const wait = ofRandomized(base, random)(1)
    assert.ok(wait >= low && wait <= high, `${wait}`)
  }
  assert.equal(ofExponentialRandomBackoff({ random: () => 0.9, initialIntervalMs: 1000, multiplier: 10, maxIntervalMs: 5000 })(4), 5000)
  for (const bad of [() => ofFixed(0), () => ofRandomized(1, Math.abs as never, 2), () => ofFixed(5)(0), () => ofExponentialBackoff(5, 0)])
    assert.throws(bad, RangeError)
  assert.equal(ofExponentialBackoff(500, 1)(1_000_000_000), 500)
  assert.equal(ofExponentialBackoff(500, 2)(1_000_000_000), Number.MAX_SAFE_INTEGER)
})

test('a caller who gives up ends the wait and is not tried again', async () => {
  const time = virtualTime()
  const policy = retry('x', { maxAttempts: 5, waitDurationMs: 1000 }, { clock: time, scheduler: time })
  const giveUp = new AbortController()
  let calls = 0
  const answer = policy.execute(
    () => {
      calls++
      throw new Error('down')
    },
    { signal: giveUp.signal },
  )
  await time.advance(1500)
  giveUp.abort(new Error('left'))
  await assert.rejects(answer, /left/)
  assert.equal(calls, 2)
  await time.advance(10_000)
  assert.equal(calls, 2)
})

test('a budget keeps retries to its share of the calls, however many fail', async () => {
  const time = virtualTime()
  const budget = retryBudget({ ratio: 0.1, minRetriesPerSecond: 0, capacity: 50 }, { clock: time })
  const policy = retry('x', { maxAttempts: 3, waitDurationMs: 0, budget }, { clock: time, scheduler: time })
  let calls = 0
  for (let i = 0; i < 1000; i++) {
    await assert.rejects(
      policy.execute(() => {
        calls++
        throw new Error('down')
      }),
      /down/,
    )
  }
  assert.ok(calls >= 1090 && calls <= 1100, `${calls}`)
  assert.equal(policy.metrics().failedWithRetry + policy.metrics().failedWithoutRetry, 1000)
})

test('attempts are told their number; an interval below 0 gives up', async () => {
  const seen: number[] = []
  const policy = retry('x', { maxAttempts: 9, intervalBiFunction: (attempt) => (attempt < 3 ? 0 : -1) })
  await assert.rejects(
    policy.execute(({ attempt }) => {
      seen.push(attempt)
      throw new Error('down')
    }),
    /down/,
  )
  assert.deepEqual(seen, [1, 2, 3])
  assert.throws(() => retry('x', { waitDurationMs: 1, intervalFunction: ofFixed(1) }), /exclude/)
  assert.throws(() => retry('x', { maxAttempts: 0 }), /maxAttempts/)
})
