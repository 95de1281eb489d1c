import { ofExponentialRandomBackoff, resilience, type Resilience, type ResilienceConfig, type RuntimeOptions } from '#kernel/resilience'
import { OutboundError } from './outbound-error.ts'

/**
 * A registry whose defaults fit calls to other people's servers: the breaker counts what speaks against a target's health (not
 * our own refusals, not its 4xx), retries take only what passes and may be repeated, and wait as long as the server asked. What
 * `config` says of `default` comes on top.
 */
export function outboundResilience(config: ResilienceConfig = {}, options: RuntimeOptions & { readonly random: () => number }): Resilience {
  const backoff = ofExponentialRandomBackoff({ initialIntervalMs: 200, multiplier: 2, maxIntervalMs: 5000, random: options.random })
  const { circuitBreaker, retry, bulkhead, timeLimiter } = config
  return resilience(
    {
      ...config,
      circuitBreaker: {
        ...circuitBreaker,
        configs: {
          ...circuitBreaker?.configs,
          default: {
            slidingWindowSize: 50,
            minimumNumberOfCalls: 10,
            waitDurationInOpenStateMs: 10_000,
            permittedNumberOfCallsInHalfOpenState: 3,
            maxWaitDurationInHalfOpenStateMs: 60_000,
            slowCallDurationThresholdMs: 5000,
            slowCallRateThreshold: 80,
            ignoreException: (error) => error instanceof OutboundError && !error.unhealthy,
            ...circuitBreaker?.configs?.['default'],
          },
        },
      },
      retry: {
        ...retry,
        configs: {
          ...retry?.configs,
          default: {
            maxAttempts: 3,
            intervalBiFunction: (attempt, { error }) =>
              Math.max(backoff(attempt), error instanceof OutboundError ? (error.retryAfterMs ?? 0) : 0),
            retryOnException: (error) => error instanceof OutboundError && error.retryable,
            ...retry?.configs?.['default'],
          },
        },
      },
      bulkhead: {
        ...bulkhead,
        configs: { ...bulkhead?.configs, default: { maxConcurrentCalls: 32, maxWaitDurationMs: 1000, ...bulkhead?.configs?.['default'] } },
      },
      timeLimiter: {
        ...timeLimiter,
        configs: { ...timeLimiter?.configs, default: { timeoutDurationMs: 10_000, ...timeLimiter?.configs?.['default'] } },
      },
    },
    options,
  )
}
