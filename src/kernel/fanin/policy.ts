import type { LoadContext } from './batch.ts'
import { isOutage } from './refusals.ts'
import { monotonic, platform, type Clock, type Scheduler } from './timing.ts'

export type Answers<K, V> = readonly (V | Error)[] | ReadonlyMap<K, V | Error>

/** True for a list, or what has a length like one; quickly told for most. */
export function isList<K, V>(answers: Answers<K, V>): answers is readonly (V | Error)[] {
  return Array.isArray(answers) || (typeof answers === 'object' && answers !== null && 'length' in answers)
}

/** How a source loads, and within which limits. Everything but `load` has a default. */
export interface SourceOptions<K, V> {
  readonly name?: string | undefined
  /**
   * Answers for all keys, in their order, an Error in the place of a key that has none; or a map. What it throws is held against
   * single keys by splitting the batch, unless `isOutage` says that the whole source is down. For reads only: it may be called twice.
   */
  readonly load: (keys: readonly K[], context: LoadContext) => PromiseLike<Answers<K, V>> | Answers<K, V>
  /** What makes two keys the same; default the key itself. */
  readonly keyOf?: ((key: K) => unknown) | undefined
  readonly maxBatch?: number | undefined
  /** The longest that a key is kept back for company, ms. */
  readonly maxWindowMs?: number | undefined
  /** Loads of this source at a time, over all tenants. */
  readonly concurrency?: number | undefined
  readonly maxQueuedPerTenant?: number | undefined
  readonly loadTimeoutMs?: number | undefined
  /** 0 = nothing is kept after it was answered. */
  readonly cacheTtlMs?: number | undefined
  /** Kept answers a tenant and credential. */
  readonly cacheMax?: number | undefined
  /** Share of calls that may be doubled when a load is slower than the live p95; 0 or false = none. */
  readonly hedge?: number | false | undefined
  /** Further attempts for a key whose own error `when` accepts. */
  readonly retry?: { readonly attempts: number; readonly when: (error: unknown) => boolean } | undefined
  readonly isOutage?: ((error: unknown) => boolean) | undefined
  readonly clock?: Clock | undefined
  readonly scheduler?: Scheduler | undefined
}

export const HEDGE_SHARE_MAX = 0.03
const ATTEMPTS_MAX = 100 // further ones of a key, which follow each other without a pause

function within(name: string, value: number, min: number, max: number): number {
  if (!(value >= min && value <= max)) throw new RangeError(`${name} must be from ${min} to ${max}, not ${String(value)}`)
  return value
}

function wholeWithin(name: string, value: number, min: number, max: number): number {
  if (!Number.isInteger(value)) throw new RangeError(`${name} must be a whole number, not ${String(value)}`)
  return within(name, value, min, max)
}

/** Checks the options and fills in the defaults. */
export function policyOf<K, V>(options: SourceOptions<K, V>) {
  if (typeof options.load !== 'function') throw new TypeError('a source needs load(keys, context)')
  const hedge = options.hedge === false ? 0 : (options.hedge ?? HEDGE_SHARE_MAX)
  if (options.retry !== undefined) wholeWithin('retry.attempts', options.retry.attempts, 0, ATTEMPTS_MAX)
  return {
    name: options.name ?? 'source',
    load: options.load,
    keyOf: options.keyOf,
    maxBatch: wholeWithin('maxBatch', options.maxBatch ?? 100, 1, 1_000_000),
    maxWindowMs: within('maxWindowMs', options.maxWindowMs ?? 2, 0, 1000),
    concurrency: wholeWithin('concurrency', options.concurrency ?? 10, 1, 100_000),
    maxQueuedPerTenant: wholeWithin('maxQueuedPerTenant', options.maxQueuedPerTenant ?? 100_000, 1, 10_000_000),
    loadTimeoutMs: within('loadTimeoutMs', options.loadTimeoutMs ?? 30_000, 1, 3_600_000),
    cacheTtlMs: within('cacheTtlMs', options.cacheTtlMs ?? 0, 0, 86_400_000),
    cacheMax: wholeWithin('cacheMax', options.cacheMax ?? 10_000, 1, 10_000_000),
    hedgeShare: within('hedge', hedge, 0, HEDGE_SHARE_MAX),
    retry: options.retry,
    isOutage: options.isOutage ?? isOutage,
    clock: options.clock ?? monotonic,
    scheduler: options.scheduler ?? platform,
  }
}

export type Policy<K, V> = ReturnType<typeof policyOf<K, V>>
