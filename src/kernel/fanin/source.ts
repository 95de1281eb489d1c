import type { LoadContext } from './batch.ts'
import { Deadlines } from './deadlines.ts'
import { Dispatcher } from './dispatcher.ts'
import { Entry, type Lane } from './lane.ts'
import { policyOf, type Policy, type SourceOptions } from './policy.ts'
import { DeadlineExceededError, QueueFullError } from './refusals.ts'

/** Who asks. Keys of different tenants, or under different credentials, never share a batch, an answer or a cache. */
export interface CallerContext {
  readonly tenant?: string | undefined
  /** Whatever stands for the rights the caller reads under; compared by identity. */
  readonly credential?: unknown
  /** How long the caller waits, ms. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export type Outcome<V> = { readonly ok: true; readonly value: V } | { readonly ok: false; readonly error: unknown }

export interface SourceMetrics {
  readonly loads: number
  readonly keys: number
  readonly joined: number
  readonly cached: number
  readonly splits: number
  readonly hedges: number
  readonly hedgesWon: number
  readonly refused: number
  readonly expired: number
  readonly queued: number
  readonly running: number
  readonly p50Ms: number
  readonly p95Ms: number
}

const ANYONE: CallerContext = {}

/** One place that answers many keys at once, asked one key at a time by anybody. See `source`. */
export class Source<K, V> {
  readonly name: string
  readonly #policy: Policy<K, V>
  readonly #deadlines: Deadlines
  readonly #dispatcher: Dispatcher<K, V>
  #keys = 0
  #joined = 0
  #cached = 0
  #refused = 0
  #expired = 0

  constructor(options: SourceOptions<K, V>) {
    const policy = policyOf(options)
    this.name = policy.name
    this.#policy = policy
    this.#deadlines = new Deadlines(policy.clock, policy.scheduler)
    this.#dispatcher = new Dispatcher(policy)
  }

  /** The answer for one key. Rejects with what `load` said of this key, DeadlineExceededError, QueueFullError, or the signal's reason. */
  get(key: K, context: CallerContext = ANYONE): Promise<V> {
    if (context.signal?.aborted === true) return Promise.reject(context.signal.reason)
    const lane = this.#dispatcher.laneOf(context.tenant, context.credential)
    const { keyOf } = this.#policy
    const id = keyOf === undefined ? key : keyOf(key)
    this.#keys++
    if (lane.cache !== undefined) {
      const kept = this.#kept(lane, id)
      if (kept !== undefined) return Promise.resolve(kept.value)
    }
    let entry = lane.pending.get(id)
    if (entry !== undefined) this.#joined++
    else {
      if (lane.tenant.queued >= this.#policy.maxQueuedPerTenant) {
        this.#refused++
        return Promise.reject(new QueueFullError(`'${this.name}': ${lane.tenant.queued} keys of this tenant are waiting`))
      }
      entry = new Entry<K, V>(key, id)
      this.#dispatcher.add(lane, entry)
    }
    if (context.signal !== undefined || context.timeoutMs !== undefined) return this.#watch(lane, entry, context)
    entry.held = true
    return entry.promise
  }

  /** Partial results: an outcome for each key, in their order; never rejects. */
  many(keys: readonly K[], context: CallerContext = ANYONE): Promise<Outcome<V>[]> {
    return Promise.all(
      keys.map((key) =>
        this.get(key, context).then(
          (value): Outcome<V> => ({ ok: true, value }),
          (error: unknown): Outcome<V> => ({ ok: false, error }),
        ),
      ),
    )
  }

  /** Keeps an answer that came by another way; needs `cacheTtlMs`. */
  prime(key: K, value: V, context: CallerContext = ANYONE): void {
    this.#dispatcher.keep(this.#dispatcher.laneOf(context.tenant, context.credential), this.#idOf(key), value)
  }

  /** Forgets a kept answer, as after a write. A load that is out is not joined by later callers. */
  forget(key: K, context: CallerContext = ANYONE): void {
    const lane = this.#dispatcher.laneOf(context.tenant, context.credential)
    const id = this.#idOf(key)
    lane.cache?.delete(id)
    const entry = lane.pending.get(id)
    if (entry?.batch === undefined) return
    entry.batch.whole = false
    lane.pending.delete(id)
  }

  metrics(): SourceMetrics {
    const { queued, running, loader } = this.#dispatcher
    const counts = { keys: this.#keys, joined: this.#joined, cached: this.#cached, refused: this.#refused, expired: this.#expired }
    return { ...loader.counts, ...counts, queued, running, p50Ms: loader.latency.p50, p95Ms: loader.latency.p95 }
  }

  #idOf(key: K): unknown {
    return this.#policy.keyOf === undefined ? key : this.#policy.keyOf(key)
  }

  #kept(lane: Lane<K, V>, id: unknown): { readonly value: V } | undefined {
    const kept = lane.cache?.get(id)
    if (kept === undefined) return undefined
    if (kept.until <= this.#policy.clock.now()) {
      lane.cache?.delete(id)
      return undefined
    }
    this.#cached++
    return kept
  }

  // A caller of its own who may give up; the key is given up when the last of them has.
  #watch(lane: Lane<K, V>, entry: Entry<K, V>, { signal, timeoutMs }: CallerContext): Promise<V> {
    entry.waiters++
    return new Promise((resolve, reject) => {
      let over = false
      const end = (): boolean => {
        if (over) return false
        over = true
        cancel?.()
        signal?.removeEventListener('abort', abort)
        entry.waiters--
        return true
      }
      const leave = (reason: unknown): void => {
        if (!end()) return
        reject(reason)
        if (!entry.wanted) this.#dispatcher.drop(lane, entry)
      }
      const abort = (): void => leave(signal?.reason)
      let cancel: (() => void) | undefined
      if (timeoutMs !== undefined) {
        const at = this.#policy.clock.now() + timeoutMs
        entry.deadline = Math.max(entry.deadline ?? at, at)
        cancel = this.#deadlines.add(at, () => {
          this.#expired++
          leave(new DeadlineExceededError(`'${this.name}' had no answer within ${timeoutMs} ms`))
        })
      } else entry.deadline = Infinity
      signal?.addEventListener('abort', abort, { once: true })
      entry.promise.then(
        (value) => end() && resolve(value),
        (error: unknown) => end() && reject(error),
      )
    })
  }
}

/**
 * Gathers keys asked for one by one, from anywhere in the process, into few calls of `load(keys, context)`: see SourceOptions for
 * the limits. Keys asked for in one tick go together; while calls are out, keys wait up to `maxWindowMs` for company, by load.
 */
export function source<K, V>(options: SourceOptions<K, V>): Source<K, V> {
  return new Source(options)
}

export type { LoadContext, SourceOptions }
