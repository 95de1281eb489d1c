import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bulkhead } from './bulkhead.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { ofExponentialBackoff, ofFixed, ofRandomized } from './interval.ts'
import { rateLimiter } from './rate-limiter.ts'
import { retry } from './retry.ts'
import { threadPoolBulkhead } from './thread-pool-bulkhead.ts'
import { timeLimiter } from './time-limiter.ts'

const makers: Record<string, (config: object) => unknown> = {
  circuitBreaker: (config) => circuitBreaker('x', config),
  retry: (config) => retry('x', config),
  rateLimiter: (config) => rateLimiter('x', config),
  bulkhead: (config) => bulkhead('x', config),
  threadPoolBulkhead: (config) => threadPoolBulkhead('x', { coreThreadPoolSize: 1, maxThreadPoolSize: 10, ...config }),
  timeLimiter: (config) => timeLimiter('x', config),
  interval: ({ fixed, factor, first, most }: { fixed?: number; factor?: number; first?: number; most?: number }) => {
    if (fixed !== undefined) return ofFixed(fixed)
    return factor === undefined ? ofExponentialBackoff(first, 2, most) : ofRandomized(100, () => 0, factor)
  },
}

// Taken and refused by the builders of Resilience4j 2.4.0; of what is no number it takes some, and we nothing.
const cases: [pattern: string, field: string, taken: readonly unknown[], refused: readonly unknown[]][] = [
  ['circuitBreaker', 'slidingWindowSize', [1, 10, 1000], [0, -1, 1.5, NaN]],
  ['circuitBreaker', 'minimumNumberOfCalls', [1, 2 ** 31 - 1], [0, -1, 1.5, NaN]],
  ['circuitBreaker', 'permittedNumberOfCallsInHalfOpenState', [1, 11], [0, -1, NaN]],
  // 32-bit floats: what is no more than 100 as one, and no less than the least
  ['circuitBreaker', 'failureRateThreshold', [100, 100.000001, 0.0001, 1e-45], [0, -0, 1e-46, -1, 100.00001, 101, Infinity, NaN]],
  ['circuitBreaker', 'slowCallRateThreshold', [100, 100.000001, 0.0001, 1e-45], [0, -0, 1e-46, -1, 100.00001, 101, Infinity, NaN]],
  ['circuitBreaker', 'waitDurationInOpenStateMs', [1, 1.5, 86_400_000], [0, 0.999999, -1, NaN]],
  ['circuitBreaker', 'slowCallDurationThresholdMs', [1e-6, 0.5], [0, -1e-6, NaN]],
  ['circuitBreaker', 'maxWaitDurationInHalfOpenStateMs', [0, 1e-6], [-1, NaN]],
  ['circuitBreaker', 'transitionToStateAfterWaitDuration', ['OPEN', 'CLOSED'], ['HALF_OPEN', 'METRICS_ONLY', 'open']],
  ['circuitBreaker', 'initialState', ['OPEN', 'HALF_OPEN', 'DISABLED'], ['open', 'ON']],
  ['retry', 'maxAttempts', [1, 1000], [0, -1, 1.5, NaN]],
  ['retry', 'waitDurationMs', [0, 1e-6, 86_400_000], [-1, NaN]],
  ['rateLimiter', 'limitForPeriod', [1, 1_000_000], [0, -1, 1.5, NaN]],
  ['rateLimiter', 'limitRefreshPeriodMs', [1e-6, 9_223_372_036_854], [0, -1, 9_223_372_036_855, Infinity, NaN]],
  ['rateLimiter', 'timeoutDurationMs', [0, 9_223_372_036_854], [-1e-6, 9_223_372_036_855, Infinity, NaN]],
  ['bulkhead', 'maxConcurrentCalls', [0, 2 ** 31 - 1], [-1, 1.5, NaN]],
  ['bulkhead', 'maxWaitDurationMs', [0, 86_400_000], [-1, NaN]],
  ['threadPoolBulkhead', 'maxThreadPoolSize', [1, 1000], [0, -1, 1.5, NaN]],
  ['threadPoolBulkhead', 'coreThreadPoolSize', [1, 10], [0, -1, 11, NaN]],
  ['threadPoolBulkhead', 'queueCapacity', [0, 1000], [-1, 1.5, NaN]],
  ['threadPoolBulkhead', 'keepAliveDurationMs', [0, 86_400_000], [-1, NaN]],
  ['timeLimiter', 'timeoutDurationMs', [0, 86_400_000], [NaN]],
  ['interval', 'fixed', [1, 1000], [0, -1, NaN]],
  ['interval', 'factor', [0, 1], [-0.1, 1.1, NaN]],
  ['interval', 'first', [1], [0, -1, NaN]],
  ['interval', 'most', [1], [0, -1, NaN]],
]

test('a configuration that Resilience4j takes is taken, one that it refuses is refused by name', () => {
  for (const [pattern, field, taken, refused] of cases) {
    for (const value of taken) makers[pattern]!({ [field]: value })
    const told = pattern === 'interval' ? /must be/ : new RegExp(`^${field} must be`)
    for (const value of refused) {
      const make = (): unknown => makers[pattern]!({ [field]: value })
      assert.throws(make, (error) => error instanceof RangeError && told.test(error.message), `${pattern} ${field} ${String(value)}`)
    }
  }
})

test('who hears every event hears it before who hears this kind', () => {
  const heard: string[] = []
  const breaker = circuitBreaker('x')
  breaker.on('success', () => heard.push('success'))
  breaker.on('event', () => heard.push('event'))
  breaker.onSuccess(1)
  assert.deepEqual(heard, ['event', 'success'])
})
