import { BREAKER_STATES } from './breaker-config.ts'
import type { Bulkhead } from './bulkhead.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { RateLimiter } from './rate-limiter.ts'
import type { Retry } from './retry.ts'
import type { ThreadPoolBulkhead } from './thread-pool-bulkhead.ts'
import type { TimeLimiter } from './time-limiter.ts'

/** One time series: the Prometheus name that Resilience4j's micrometer binders give it, its labels, and its value now. */
export interface Sample {
  readonly name: string
  readonly kind: 'gauge' | 'counter'
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

type Named = { readonly name: string; readonly tags: Readonly<Record<string, string>> }

function sampler(instance: Named, prefix: string) {
  return (kind: Sample['kind'], name: string, help: string) =>
    (value: number, labels: Readonly<Record<string, string>> = {}): Sample => ({
      name: `resilience4j_${prefix}_${name}`,
      kind,
      help,
      labels: { ...instance.tags, name: instance.name, ...labels },
      value,
    })
}

/** The maximum is of all calls since the instance was made, where micrometer's decays over two minutes. */
export function breakerSamples(breaker: CircuitBreaker): Sample[] {
  const sample = sampler(breaker, 'circuitbreaker')
  const { state } = breaker
  const m = breaker.metrics()
  const totals = breaker.totals()
  const states = sample('gauge', 'state', 'The states of the circuit breaker')
  const buffered = sample('gauge', 'buffered_calls', 'The number of buffered calls stored in the window')
  const slow = sample('gauge', 'slow_calls', 'The number of buffered calls which were slower than the threshold')
  const count = sample('counter', 'calls_seconds_count', 'Total number of calls')
  const sum = sample('counter', 'calls_seconds_sum', 'Total seconds of calls')
  const max = sample('gauge', 'calls_seconds_max', 'The longest call in seconds')
  const kinds = [
    ['successful', totals.successful],
    ['failed', totals.failed],
    ['ignored', totals.ignored],
  ] as const
  return [
    ...BREAKER_STATES.map((each) => states(each === state ? 1 : 0, { state: each.toLowerCase() })),
    buffered(m.failedCalls, { kind: 'failed' }),
    buffered(m.successfulCalls, { kind: 'successful' }),
    slow(m.slowSuccessfulCalls, { kind: 'successful' }),
    slow(m.slowFailedCalls, { kind: 'failed' }),
    sample('gauge', 'failure_rate', 'The failure rate of the circuit breaker')(m.failureRate),
    sample('gauge', 'slow_call_rate', 'The slow call rate of the circuit breaker')(m.slowCallRate),
    ...kinds.flatMap(([kind, tally]) => [
      count(tally.calls, { kind }),
      sum(tally.sumMs / 1000, { kind }),
      max(tally.maxMs / 1000, { kind }),
    ]),
    sample('counter', 'not_permitted_calls_total', 'Total number of not permitted calls')(totals.notPermitted, { kind: 'not_permitted' }),
  ]
}

export function retrySamples(retry: Retry): Sample[] {
  const m = retry.metrics()
  const calls = sampler(retry, 'retry')('counter', 'calls_total', 'The number of calls by outcome and by whether they were retried')
  return [
    calls(m.successfulWithoutRetry, { kind: 'successful_without_retry' }),
    calls(m.successfulWithRetry, { kind: 'successful_with_retry' }),
    calls(m.failedWithoutRetry, { kind: 'failed_without_retry' }),
    calls(m.failedWithRetry, { kind: 'failed_with_retry' }),
  ]
}

export function bulkheadSamples(bulkhead: Bulkhead): Sample[] {
  const sample = sampler(bulkhead, 'bulkhead')
  const m = bulkhead.metrics()
  return [
    sample('gauge', 'available_concurrent_calls', 'The number of available permissions')(m.availableConcurrentCalls),
    sample('gauge', 'max_allowed_concurrent_calls', 'The maximum number of available permissions')(m.maxAllowedConcurrentCalls),
  ]
}

export function threadPoolBulkheadSamples(bulkhead: ThreadPoolBulkhead): Sample[] {
  const sample = sampler(bulkhead, 'bulkhead')
  const m = bulkhead.metrics()
  return [
    sample('gauge', 'queue_depth', 'The queue depth')(m.queueDepth),
    sample('gauge', 'queue_capacity', 'The queue capacity')(m.queueCapacity),
    sample('gauge', 'thread_pool_size', 'The pool size')(m.threadPoolSize),
    sample('gauge', 'max_thread_pool_size', 'The maximum pool size')(m.maximumThreadPoolSize),
    sample('gauge', 'core_thread_pool_size', 'The core pool size')(m.coreThreadPoolSize),
    sample('gauge', 'active_thread_count', 'The number of places in use')(m.activeThreadCount),
    sample('gauge', 'available_thread_count', 'The number of places not in use')(m.availableThreadCount),
  ]
}

export function rateLimiterSamples(limiter: RateLimiter): Sample[] {
  const sample = sampler(limiter, 'ratelimiter')
  const m = limiter.metrics()
  return [
    sample('gauge', 'available_permissions', 'The number of available permissions')(m.availablePermissions),
    sample('gauge', 'waiting_threads', 'The number of waiting calls')(m.waitingThreads),
  ]
}

export function timeLimiterSamples(limiter: TimeLimiter): Sample[] {
  const m = limiter.metrics()
  const calls = sampler(limiter, 'timelimiter')('counter', 'calls_total', 'The number of calls by outcome')
  return [calls(m.successful, { kind: 'successful' }), calls(m.failed, { kind: 'failed' }), calls(m.timeout, { kind: 'timeout' })]
}
