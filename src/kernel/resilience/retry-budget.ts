import { within } from './check.ts'
import { runtimeOf, type RuntimeOptions } from './runtime.ts'

/** Bounds the load that retries add, over all who share it: without one, three attempts make an outage three times as heavy. */
export interface RetryBudget {
  /** A first attempt pays in. */
  deposit(): void
  /** A retry draws one token; false = no retry. */
  withdraw(): boolean
  readonly tokens: number
}

/**
 * Token bucket in the manner of Finagle's RetryBudget (twitter.github.io/finagle): every call pays `ratio` of a token, the clock adds
 * `minRetriesPerSecond` so that a quiet caller can retry at all, and no more than `capacity` are ever saved.
 */
export function retryBudget(
  config: { readonly ratio?: number; readonly minRetriesPerSecond?: number; readonly capacity?: number } = {},
  options: RuntimeOptions = {},
): RetryBudget {
  const ratio = within('ratio', config.ratio ?? 0.2, { min: 0, max: 1000 })
  const perSecond = within('minRetriesPerSecond', config.minRetriesPerSecond ?? 10, { min: 0 })
  const capacity = within('capacity', config.capacity ?? 100, { min: 1 })
  const { clock } = runtimeOf(options)
  let tokens = Math.min(perSecond, capacity)
  let at = clock.now()
  const refill = (): void => {
    const now = clock.now()
    tokens = Math.min(capacity, tokens + (Math.max(0, now - at) / 1000) * perSecond)
    at = now
  }
  return {
    deposit() {
      tokens = Math.min(capacity, tokens + ratio)
    },
    withdraw() {
      refill()
      if (tokens < 1) return false
      tokens--
      return true
    },
    get tokens() {
      refill()
      return tokens
    },
  }
}
