import { within } from './check.ts'
import { EventStream, type PatternEvent } from './event-stream.ts'
import { runtimeOf, type InstanceOptions, type Runtime } from './runtime.ts'

const EVENT_NAMES = EventStream.names(['HIT', 'MISS', 'ERROR'])

export interface CacheEvent extends PatternEvent {
  readonly type: 'HIT' | 'MISS' | 'ERROR'
  readonly key: string
  readonly error?: unknown
}

/**
 * Results by key, as Resilience4j's Cache over a JCache: a hit never calls, callers of one key at once share one call, errors and
 * null are not kept. The least recently used of more than `maxEntries` goes.
 */
export class ResultCache<T> {
  readonly name: string
  readonly #runtime: Runtime
  readonly #events = new EventStream<CacheEvent>(EVENT_NAMES)
  readonly #maxEntries: number
  readonly #ttlMs: number
  readonly #entries = new Map<string, { result: T; until: number }>()
  readonly #running = new Map<string, Promise<T>>()
  #hits = 0
  #misses = 0

  constructor(name: string, config: { readonly maxEntries?: number; readonly ttlMs?: number } = {}, options: InstanceOptions = {}) {
    this.name = name
    this.#runtime = runtimeOf(options)
    this.#maxEntries = within('maxEntries', config.maxEntries ?? 1000, { min: 1, max: 10_000_000, whole: true })
    this.#ttlMs = within('ttlMs', config.ttlMs ?? Infinity, { min: 0 })
  }

  on(event: string, listener: (event: CacheEvent) => void): () => void {
    return this.#events.on(event, listener)
  }

  metrics(): { readonly hits: number; readonly misses: number; readonly entries: number } {
    return { hits: this.#hits, misses: this.#misses, entries: this.#entries.size }
  }

  async get(key: string, make: () => Promise<T>): Promise<T> {
    const entry = this.#entries.get(key)
    this.#entries.delete(key)
    if (entry !== undefined && entry.until > this.#runtime.clock.now()) {
      this.#entries.set(key, entry)
      this.#hits++
      this.#tell('HIT', key)
      return entry.result
    }
    this.#misses++
    this.#tell('MISS', key)
    let running = this.#running.get(key)
    if (running === undefined) {
      running = this.#make(key, make)
      this.#running.set(key, running)
    }
    return running
  }

  async #make(key: string, make: () => Promise<T>): Promise<T> {
    try {
      const result = await make()
      if (result !== null && result !== undefined) this.#keep(key, result)
      return result
    } catch (error) {
      this.#tell('ERROR', key, error)
      throw error
    } finally {
      this.#running.delete(key)
    }
  }

  #keep(key: string, result: T): void {
    this.#entries.set(key, { result, until: this.#runtime.clock.now() + this.#ttlMs })
    if (this.#entries.size <= this.#maxEntries) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined) this.#entries.delete(oldest)
  }

  #tell(type: CacheEvent['type'], key: string, error?: unknown): void {
    if (this.#events.heard) this.#events.emit({ type, name: this.name, at: this.#runtime.clock.now(), key, error })
  }
}
