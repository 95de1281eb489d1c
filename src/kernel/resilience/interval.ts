import { within } from './check.ts'

/** From the attempt that just failed (1, 2, …) to the wait before the next, in whole milliseconds. */
export type IntervalFunction = (attempt: number) => number

const STEPS_MAX = 10_000 // attempts past this wait as long as this one
const RANDOMIZATION = 0.5

function attempts(attempt: number): number {
  return within('attempt', attempt, { min: 1, whole: true })
}

/** The same wait each time. */
export function ofFixed(intervalMs: number): IntervalFunction {
  within('intervalMs', intervalMs, { min: 1 })
  return (attempt) => (attempts(attempt), intervalMs)
}

/** Grows by `multiplier` an attempt, cut to whole milliseconds at every step (as Java's long does), at most `maxIntervalMs`. */
export function ofExponentialBackoff(initialIntervalMs = 500, multiplier = 1.5, maxIntervalMs = Number.MAX_SAFE_INTEGER): IntervalFunction {
  within('initialIntervalMs', initialIntervalMs, { min: 1 })
  within('multiplier', multiplier, { min: Number.MIN_VALUE })
  within('maxIntervalMs', maxIntervalMs, { min: 1 })
  return (attempt) => {
    let wait = initialIntervalMs
    for (let i = Math.min(attempts(attempt), STEPS_MAX); i > 1; i--) {
      const next = Math.min(Math.trunc(wait * multiplier), Number.MAX_SAFE_INTEGER)
      if (next === wait) break
      wait = next
    }
    return Math.min(wait, maxIntervalMs)
  }
}

// Resilience4j's formula: uniform over [wait - spread, wait + spread + 1), at least 1, cut to whole milliseconds.
function jittered(waitMs: number, factor: number, random: () => number): number {
  const spread = factor * waitMs
  return Math.trunc(Math.max(1, waitMs - spread + random() * (2 * spread + 1)))
}

/** A fixed wait with jitter of ± `randomizationFactor` around it. */
export function ofRandomized(intervalMs: number, random: () => number, randomizationFactor = RANDOMIZATION): IntervalFunction {
  within('intervalMs', intervalMs, { min: 1 })
  within('randomizationFactor', randomizationFactor, { min: 0, max: 1 })
  return (attempt) => (attempts(attempt), jittered(intervalMs, randomizationFactor, random))
}

/** Exponential backoff with jitter; the cap comes after the jitter. */
export function ofExponentialRandomBackoff(options: {
  readonly random: () => number
  readonly initialIntervalMs?: number
  readonly multiplier?: number
  readonly randomizationFactor?: number
  readonly maxIntervalMs?: number
}): IntervalFunction {
  const { random, initialIntervalMs = 500, multiplier = 1.5, randomizationFactor = RANDOMIZATION } = options
  const maxIntervalMs = within('maxIntervalMs', options.maxIntervalMs ?? Number.MAX_SAFE_INTEGER, { min: 1 })
  within('randomizationFactor', randomizationFactor, { min: 0, max: 1 })
  const backoff = ofExponentialBackoff(initialIntervalMs, multiplier)
  return (attempt) => Math.min(jittered(backoff(attempt), randomizationFactor, random), maxIntervalMs)
}
