import type { Batch } from './batch.ts'

/** One key that somebody waits for. */
export class Entry<K, V> {
  readonly key: K
  readonly id: unknown
  readonly promise: Promise<V>
  resolve!: (value: V) => void
  reject!: (error: unknown) => void
  /** True once somebody waits who cannot give up. */
  held = false
  /** Those who wait and may give up. */
  waiters = 0
  /** The latest that those who may give up still want it; not a number from the start, for that would cost every key a box. */
  deadline: number | undefined = undefined
  attempts = 0
  /** Answered, failed, or wanted no more. */
  over = false
  batch: Batch<K, V> | undefined

  constructor(key: K, id: unknown) {
    this.key = key
    this.id = id
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  get wanted(): boolean {
    return this.held || this.waiters > 0
  }
}

/** What may share a batch: the keys of one tenant under one credential, never more. */
export class Lane<K, V> {
  readonly tenant: Tenant<K, V>
  readonly credential: unknown
  /** By id: queued or being loaded. */
  pending = new Map<unknown, Entry<K, V>>()
  queue: Entry<K, V>[] = []
  /** How many in the queue nobody wants any more. */
  dropped = 0
  cache: Map<unknown, { readonly value: V; readonly until: number }> | undefined
  collecting = false
  ready = false
  cancelWindow: (() => void) | undefined
  /** Ends the window; made once, for it is handed to a scheduler with every batch. */
  readonly end: () => void

  constructor(tenant: Tenant<K, V>, credential: unknown, due: (lane: Lane<K, V>) => void) {
    this.tenant = tenant
    this.credential = credential
    this.end = () => {
      if (this.collecting) due(this)
    }
  }

  /** The next keys to load, at most `max`, without those nobody wants any more. */
  take(max: number): Entry<K, V>[] {
    let taken = this.queue
    if (taken.length <= max) this.queue = []
    else {
      taken = this.queue.slice(0, max)
      this.queue = this.queue.slice(max)
    }
    if (this.dropped === 0) return taken
    const wanted = taken.filter(({ over }) => !over)
    this.dropped -= taken.length - wanted.length
    return wanted
  }

  get idle(): boolean {
    return this.pending.size === 0 && (this.cache === undefined || this.cache.size === 0)
  }
}

/** A tenant's share of a source. */
export class Tenant<K, V> {
  readonly name: string | undefined
  readonly lanes = new Map<unknown, Lane<K, V>>()
  /** How many lanes gather keys for their next batch. */
  collecting = 0
  /** Lanes whose window is over, in order. */
  readonly ready: Lane<K, V>[] = []
  queued = 0
  running = 0
  inRing = false
  active = false

  constructor(name: string | undefined) {
    this.name = name
  }
}
