import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bulkhead } from './bulkhead.ts'
import { rateLimiter } from './rate-limiter.ts'
import { resilience } from './registry.ts'
import { threadPoolBulkhead } from './thread-pool-bulkhead.ts'
import { virtualTime } from './virtual-time.ts'

test('configurations stand on each other: own over shared over default', () => {
  const all = resilience({
    bulkhead: {
      configs: {
        default: { maxConcurrentCalls: 7 },
        slow: { maxConcurrentCalls: 3 },
        slower: { baseConfig: 'slow', maxWaitDurationMs: 5 },
      },
      instances: { bureau: { baseConfig: 'slower' }, own: { maxConcurrentCalls: 1 } },
    },
  })
  const limit = (name: string) => all.bulkhead.get(name).metrics().maxAllowedConcurrentCalls
  assert.deepEqual(['bureau', 'own', 'any'].map(limit), [3, 1, 7])
  assert.equal(all.bulkhead.get('any'), all.bulkhead.get('any'))
  assert.throws(() => all.bulkhead.get('x', { baseConfig: 'nowhere' }), /nowhere/)
  assert.equal(all.bulkhead.find('x'), undefined)
})

test('a changed shared configuration reaches every live instance on it, or, when bad, none', () => {
  const all = resilience({ bulkhead: { configs: { slow: { maxConcurrentCalls: 3 } }, instances: { a: { baseConfig: 'slow' } } } })
  const heard: string[] = []
  const stop = all.bulkhead.on(({ type, name }) => heard.push(`${type} ${name}`))
  const limits = () => ['a', 'b'].map((name) => all.bulkhead.get(name).metrics().maxAllowedConcurrentCalls)
  assert.deepEqual(limits(), [3, 25])
  all.bulkhead.share('slow', { maxConcurrentCalls: 4 })
  assert.deepEqual(limits(), [4, 25])
  assert.throws(() => all.bulkhead.share('slow', { maxConcurrentCalls: -1 }), RangeError)
  assert.throws(() => all.bulkhead.configure('b', { maxConcurrentCalls: 0.5 }), RangeError)
  all.bulkhead.share('default', { maxConcurrentCalls: 9 })
  all.bulkhead.configure('a', { baseConfig: 'slow', maxConcurrentCalls: 2 })
  assert.deepEqual(limits(), [2, 9])
  assert.equal(all.bulkhead.remove('b'), true)
  stop()
  assert.deepEqual(
    heard.filter((line) => line.endsWith('b')),
    ['added b', 'reconfigured b', 'reconfigured b', 'removed b'],
  )
  const loop = { bulkhead: { configs: { a: { baseConfig: 'b' }, b: { baseConfig: 'a' } } } }
  assert.throws(() => resilience(loop).bulkhead.get('x', { baseConfig: 'a' }), /deep/)
})

test('a bad configuration changes nothing of an instance, and a listener that throws nothing of the registry', () => {
  const options = { clock: { now: () => 0 } }
  const pool = threadPoolBulkhead('pool', { maxThreadPoolSize: 2, coreThreadPoolSize: 1, queueCapacity: 3 }, options)
  const before = pool.metrics()
  for (const bad of [{ queueCapacity: -1 }, { keepAliveDurationMs: -1 }, { rejectedExecutionHandler: 'DROP' as 'ABORT' }])
    assert.throws(() => pool.changeConfig({ maxThreadPoolSize: 9, ...bad }), RangeError)
  assert.deepEqual(pool.metrics(), before)
  const places = bulkhead('places', { maxConcurrentCalls: 2 }, options)
  assert.throws(() => places.changeConfig({ maxConcurrentCalls: 9, maxWaitDurationMs: -1 }), RangeError)
  assert.equal(places.metrics().maxAllowedConcurrentCalls, 2)
  const limiter = rateLimiter('limiter', { limitForPeriod: 1, limitRefreshPeriodMs: 1000, timeoutDurationMs: 0 }, options)
  for (const bad of [{ limitRefreshPeriodMs: 0 }, { timeoutDurationMs: -1 }])
    assert.throws(() => limiter.changeConfig({ limitForPeriod: 9, limitRefreshPeriodMs: 1, ...bad }), RangeError)
  assert.deepEqual([limiter.reserve(), limiter.reserve()], [0, -1])
  const all = resilience({}, options)
  all.bulkhead.on(() => {
    throw new Error('unlucky')
  })
  assert.equal(all.bulkhead.get('a'), all.bulkhead.find('a'))
})

test('metric names and labels are those of the micrometer binders of Resilience4j 2.4.0', () => {
  const all = resilience()
  for (const registry of [all.circuitBreaker, all.retry, all.bulkhead, all.threadPoolBulkhead, all.rateLimiter, all.timeLimiter])
    registry.get('bureau')
  all.circuitBreaker.get('bureau').onSuccess(20)
  const samples = all.metrics()
  const lines = samples.map(({ name, labels }) => {
    const pairs = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `${name}{${pairs.map(([key, value]) => `${key}="${value}"`).join(',')}}`
  })
  const expected = readFileSync(new URL('./prometheus-names.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  assert.deepEqual(lines.toSorted(), expected.toSorted())
  const value = (name: string, label: string) =>
    samples.find((sample) => sample.name === `resilience4j_circuitbreaker_${name}` && Object.values(sample.labels).includes(label))?.value
  assert.deepEqual(
    [
      value('calls_seconds_count', 'successful'),
      value('calls_seconds_sum', 'successful'),
      value('state', 'closed'),
      value('state', 'open'),
    ],
    [1, 0.02, 1, 0],
  )
})

test('a chain by name takes the patterns configured under it', async () => {
  const time = virtualTime()
  const all = resilience(
    {
      retry: { instances: { bureau: { maxAttempts: 2, waitDurationMs: 1 } } },
      circuitBreaker: { instances: { bureau: { minimumNumberOfCalls: 2, slidingWindowSize: 2 } } },
    },
    { clock: time, scheduler: time },
  )
  const answer = all.chain('bureau').execute(() => {
    throw new Error('down')
  })
  const rejected = assert.rejects(answer, /down/)
  await time.advance(10)
  await rejected
  assert.equal(all.circuitBreaker.get('bureau').state, 'OPEN')
  assert.equal(all.timeLimiter.find('bureau'), undefined)
  const tagged = all.bulkhead.get('tagged', {}, { zone: 'south' })
  assert.deepEqual(tagged.tags, { zone: 'south' })
})
