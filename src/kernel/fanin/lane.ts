import { type Entry, OPEN, OVER } from './entry.ts'

const FEW = 16 // keys that are looked through faster than hashed
const LITTER_MAX = 256 // keys done with that may lie about before the rest is carried over

/** What may share a batch: the keys of one tenant under one credential, never more. */
export class Lane<K, V> {
  readonly tenant: Tenant<K, V>
  readonly credential: unknown
  /** Keys that later callers would join. */
  open = 0
  /** How many in the queue nobody wants any more. */
  dropped = 0
  cache: Map<unknown, { readonly value: V; readonly until: number }> | undefined
  /** No kept answer outlives this. */
  keptUntil = 0
  collecting = false
  ready = false
  cancelWindow: (() => void) | undefined
  /** Ends the window; made once, for it is handed to a scheduler with every batch. */
  readonly end: () => void
  // By id. Nothing is ever deleted from it: V8 links a table that deletions wore out to its successor, so that once one is old all
  // later ones, with their keys, wait for a full collection; measured, the p99 of a page was 20 ms instead of 5.
  #pending: Map<unknown, Entry<K, V>> | undefined
  // The same, while there are few.
  #few: Entry<K, V>[] = []
  #queue: Entry<K, V>[] = []
  #taken = 0

  constructor(tenant: Tenant<K, V>, credential: unknown, due: (lane: Lane<K, V>) => void) {
    this.tenant = tenant
    this.credential = credential
    this.end = () => {
      if (this.collecting) due(this)
    }
  }

  /** The key that a caller of this id would join. */
  find(id: unknown): Entry<K, V> | undefined {
    if (this.#pending !== undefined) {
      const entry = this.#pending.get(id)
      return entry !== undefined && entry.state === OPEN ? entry : undefined
    }
    const few = this.#few
    // the latest first; Object.is would tell -0 from 0, and === would lose NaN
    for (let i = few.length - 1; i >= 0; i--) {
      const entry = few[i]!
      if ((entry.id === id || (id !== id && entry.id !== entry.id)) && entry.state === OPEN) return entry
    }
    return undefined
  }

  add(entry: Entry<K, V>): void {
    this.open++
    if (this.#pending !== undefined) this.#pending.set(entry.id, entry)
    else if (this.#few.push(entry) > FEW) this.#carryOver(this.#few)
  }

  /** So many keys are open no more. */
  closed(keys: number): void {
    this.open -= keys
    if (this.open === 0) {
      // as many will come as came
      if (this.#pending !== undefined) this.#pending = this.#pending.size > FEW ? new Map() : undefined
      else this.#few = []
    } else if (this.#pending !== undefined && this.#pending.size - this.open > this.open + LITTER_MAX)
      this.#carryOver(this.#pending.values())
  }

  get queued(): number {
    return this.#queue.length - this.#taken
  }

  enqueue(entry: Entry<K, V>): void {
    this.#queue.push(entry)
  }

  /** The next keys to load, at most `max`, without those nobody wants any more. */
  take(max: number): Entry<K, V>[] {
    let taken = this.#queue
    if (this.queued <= max) {
      if (this.#taken > 0) taken = taken.slice(this.#taken)
      this.#queue = []
      this.#taken = 0
    } else {
      taken = taken.slice(this.#taken, this.#taken + max)
      this.#taken += max
      if (this.#taken * 2 > this.#queue.length) {
        this.#queue = this.#queue.slice(this.#taken)
        this.#taken = 0
      }
    }
    if (this.dropped === 0) return taken
    const wanted = taken.filter(({ state }) => state !== OVER)
    this.dropped -= taken.length - wanted.length
    return wanted
  }

  get idle(): boolean {
    return this.open === 0 && this.queued === 0 && (this.cache === undefined || this.cache.size === 0)
  }

  #carryOver(entries: Iterable<Entry<K, V>>): void {
    this.#few = []
    this.#pending = undefined
    if (this.open <= FEW / 2) {
      for (const entry of entries) if (entry.state === OPEN) this.#few.push(entry)
      return
    }
    this.#pending = new Map()
    for (const entry of entries) if (entry.state === OPEN) this.#pending.set(entry.id, entry)
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
  /** In the turn of the loop numbered `turn`, so many keys of it were answered and sent off. */
  turn = 0
  settled = 0
  started = 0

  constructor(name: string | undefined) {
    this.name = name
  }
}
