import type { LoadContext } from './batch.ts'
import { Caller } from './caller.ts'
import { Deadlines } from './deadlines.ts'
import { Dispatcher } from './dispatcher.ts'
import { Entry, FORGOTTEN, KeyedEntry } from './entry.ts'
import type { Lane } from './lane.ts'
import { type Outcome, Page } from './page.ts'
import { Patience } from './patience.ts'
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

interface Asked<K, V> {
  readonly page: Page<K, V>
  readonly keys: readonly K[]
  readonly lane: Lane<K, V>
  readonly from: number
}

const ANYONE: CallerContext = {}
const ASKED_MAX = 1000 // keys of one page asked for in one turn of a shared source; some 0.1 ms

/** One place that answers many keys at once, asked one key at a time by anybody. See `source`. */
export class Source<K, V> {
  readonly name: string
  readonly #policy: Policy<K, V>
  readonly #patience: Patience
  readonly #dispatcher: Dispatcher<K, V>
  /** Keys are their own ids, and nothing is kept. */
  readonly #plain: boolean
  #keys = 0
  #joined = 0
  #cached = 0
  #refused = 0
  #expired = 0

  constructor(options: SourceOptions<K, V>) {
    const policy = policyOf(options)
    this.name = policy.name
    this.#policy = policy
    this.#plain = policy.keyOf === undefined && policy.cacheTtlMs === 0
    this.#patience = new Patience(new Deadlines(policy.clock, policy.scheduler))
    this.#dispatcher = new Dispatcher(policy)
  }

  /** The answer for one key. Rejects with what `load` said of this key, DeadlineExceededError, QueueFullError, or the signal's reason. */
  get(key: K, context: CallerContext = ANYONE): Promise<V> {
    if (!this.#plain || context.signal !== undefined || context.timeoutMs !== undefined) return this.#get(key, context)
    // the short way, for most: what `#get` would come to
    this.#keys++
    const lane = this.#dispatcher.laneOf(context.tenant, context.credential)
    const known = lane.find(key)
    if (known !== undefined) {
      this.#joined++
      return known.promise
    }
    if (this.#full(lane)) return Promise.reject(this.#refusal(lane))
    const entry = new Entry<K, V>(key)
    const { promise } = entry
    this.#dispatcher.add(lane, entry)
    return promise
  }

  #get(key: K, context: CallerContext): Promise<V> {
    const { signal, timeoutMs } = context
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (Number.isNaN(timeoutMs)) return Promise.reject(noTime())
    this.#keys++
    let id: unknown
    try {
      id = this.#idOf(key)
    } catch (error) {
      return Promise.reject(error)
    }
    const lane = this.#dispatcher.laneOf(context.tenant, context.credential)
    if (lane.cache !== undefined) {
      const kept = this.#kept(lane, id)
      if (kept !== undefined) return Promise.resolve(kept.value)
    }
    const known = lane.find(id)
    if (known === undefined && this.#full(lane)) return Promise.reject(this.#refusal(lane))
    const entry = known ?? this.#entryOf(key, id)
    const answer = signal === undefined && timeoutMs === undefined ? entry.promise : this.#patiently(lane, entry, context)
    if (known === undefined) this.#dispatcher.add(lane, entry)
    else this.#joined++
    return answer
  }

  /** Partial results: an outcome for each key, in their order; never rejects. */
  many(keys: readonly K[], context: CallerContext = ANYONE): Promise<Outcome<V>[]> {
    const page = new Page<K, V>(keys.length)
    const { signal, timeoutMs } = context
    if (signal?.aborted === true || Number.isNaN(timeoutMs)) {
      page.giveUp(signal?.aborted === true ? signal.reason : noTime())
      return page.promise
    }
    const lane = this.#dispatcher.laneOf(context.tenant, context.credential)
    if (signal !== undefined || timeoutMs !== undefined) {
      const leave = (reason: unknown): number => {
        const left = page.giveUp(reason)
        for (const entry of left) if (!entry.wanted) this.#dispatcher.drop(lane, entry)
        return left.length
      }
      const at = timeoutMs === undefined ? undefined : this.#policy.clock.now() + timeoutMs
      page.end = this.#patience.wait({ at, signal }, { late: () => (this.#expired += leave(this.#late(timeoutMs))), aborted: leave })
      page.mayLeave = true
      page.until = at ?? Infinity
    }
    this.#fill({ page, keys: keys.slice(), lane, from: 0 })
    return page.promise
  }

  /** Keeps an answer that came by another way; needs `cacheTtlMs`. A load that is out, and may have read an older one, is not kept. */
  prime(key: K, value: V, context: CallerContext = ANYONE): void {
    const lane = this.#dispatcher.laneOf(context.tenant, context.credential)
    const id = this.#idOf(key)
    this.#part(lane, id)
    this.#dispatcher.keep(lane, id, value)
  }

  /** Forgets a kept answer, as after a write. A load that is out is not joined by later callers, nor its answer kept. */
  forget(key: K, context: CallerContext = ANYONE): void {
    const lane = this.#dispatcher.laneOf(context.tenant, context.credential)
    const id = this.#idOf(key)
    lane.cache?.delete(id)
    this.#part(lane, id)
  }

  // Whoever waits for a load of this key that is out goes on waiting for it; nobody else ever sees its answer.
  #part(lane: Lane<K, V>, id: unknown): void {
    const entry = lane.find(id)
    if (entry?.batch === undefined) return
    entry.state = FORGOTTEN
    lane.closed(1)
  }

  metrics(): SourceMetrics {
    const { queued, running, loader } = this.#dispatcher
    const counts = { keys: this.#keys, joined: this.#joined, cached: this.#cached, refused: this.#refused, expired: this.#expired }
    return { ...loader.counts, ...counts, queued, running, p50Ms: loader.latency.p50, p95Ms: loader.latency.p95 }
  }

  #idOf(key: K): unknown {
    return this.#policy.keyOf === undefined ? key : this.#policy.keyOf(key)
  }

  #entryOf(key: K, id: unknown): Entry<K, V> {
    return this.#policy.keyOf === undefined ? new Entry(id) : new KeyedEntry(key, id)
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

  // The keys of a page, as many in a turn as leave the others their time.
  #fill(asked: Asked<K, V>): void {
    const { page, keys, from } = asked
    const to = this.#dispatcher.shared ? Math.min(keys.length, from + ASKED_MAX) : keys.length
    for (let at = from; at < to && !page.over; at++) {
      this.#keys++
      let id: unknown
      try {
        id = this.#idOf(keys[at]!)
      } catch (error) {
        page.fill(at, { ok: false, error })
        continue
      }
      this.#place(asked, at, id)
    }
    if (to < keys.length && !page.over) this.#policy.scheduler.turn(() => this.#fill({ ...asked, from: to }))
  }

  #place({ page, keys, lane }: Asked<K, V>, at: number, id: unknown): void {
    const kept = lane.cache === undefined ? undefined : this.#kept(lane, id)
    if (kept !== undefined) return page.fill(at, { ok: true, value: kept.value })
    const known = lane.find(id)
    if (known !== undefined) {
      this.#joined++
      return page.place(at, known)
    }
    if (this.#full(lane)) return page.fill(at, { ok: false, error: this.#refusal(lane) })
    const entry = this.#entryOf(keys[at]!, id)
    page.place(at, entry)
    this.#dispatcher.add(lane, entry)
  }

  #full(lane: Lane<K, V>): boolean {
    return lane.tenant.queued >= this.#policy.maxQueuedPerTenant
  }

  #refusal({ tenant }: Lane<K, V>): QueueFullError {
    this.#refused++
    return new QueueFullError(`'${this.name}': ${tenant.queued} keys of this tenant are waiting`)
  }

  #late(timeoutMs: number | undefined): DeadlineExceededError {
    return new DeadlineExceededError(`'${this.name}' had no answer within ${timeoutMs} ms`)
  }

  // A caller of its own who may give up; the key is given up when the last of them has.
  #patiently(lane: Lane<K, V>, entry: Entry<K, V>, { signal, timeoutMs }: CallerContext): Promise<V> {
    return new Promise((resolve, reject) => {
      const at = timeoutMs === undefined ? undefined : this.#policy.clock.now() + timeoutMs
      const caller = new Caller<V>({ resolve, reject, until: at ?? Infinity })
      const leave = (reason: unknown): boolean => {
        if (!caller.giveUp(reason)) return false
        entry.part()
        if (!entry.wanted) this.#dispatcher.drop(lane, entry)
        return true
      }
      const late = (): void => void (leave(this.#late(timeoutMs)) && this.#expired++)
      caller.end = this.#patience.wait({ at, signal }, { late, aborted: leave })
      entry.join(caller, true)
    })
  }
}

// Among deadlines it would stand before all and never come.
function noTime(): RangeError {
  return new RangeError('timeoutMs must be a number, not NaN')
}

/**
 * Gathers keys asked for one by one, from anywhere in the process, into few calls of `load(keys, context)`: see SourceOptions for
 * the limits. Keys asked for in one tick go together; while calls are out, keys wait up to `maxWindowMs` for company, by load.
 */
export function source<K, V>(options: SourceOptions<K, V>): Source<K, V> {
  return new Source(options)
}

export type { LoadContext, Outcome, SourceOptions }
