import { type Entry, OPEN, OVER } from './entry.ts'
import { KeyIndex, type Tables } from './key-index.ts'
import type { Tenant } from './tenant.ts'

const FEW = 24 // keys that are looked through faster than hashed
const LITTER_MAX = 256 // keys done with that may lie about before the rest is carried over

export interface LaneTold<K, V> {
  /** The window of a lane is over. */
  readonly due: (lane: Lane<K, V>) => void
  readonly tables: Tables
}

/** What may share a batch: the keys of one tenant under one credential, never more. */
export class Lane<K, V> {
  readonly tenant: Tenant<K, V>
  /** The tenant's. */
  readonly name: string | undefined
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
  readonly #told: LaneTold<K, V>
  #end: (() => void) | undefined
  // In the order they were asked for: those that are out, from `#taken` on those that wait, and among both some that are open no more.
  // Made with the first and dropped with the last, for what is old when it is filled keeps its keys from being collected young.
  #keys: Entry<K, V>[] | undefined
  #taken = 0
  /** A batch has the list as its own: it is copied before anything is added. */
  #lent = false
  /** A bit for each of the keys: most that are new have one that is not set, and need not be looked for. */
  #marks = 0
  /** Once there are more than a few. */
  #index: KeyIndex<K, V> | undefined
  /** How many could not be cleared away although they are open no more. */
  #stuck = 0

  constructor(tenant: Tenant<K, V>, credential: unknown, told: LaneTold<K, V>) {
    this.tenant = tenant
    this.name = tenant.name
    this.credential = credential
    this.#told = told
  }

  /** Ends the window; made once, for it may be handed to a scheduler with every batch. */
  get end(): () => void {
    return (this.#end ??= () => {
      if (this.collecting) this.#told.due(this)
    })
  }

  /** The key that a caller of this id would join. */
  find(id: unknown): Entry<K, V> | undefined {
    return (this.#marks & markOf(id)) === 0 ? undefined : this.#look(id)
  }

  #look(id: unknown): Entry<K, V> | undefined {
    if (this.#index !== undefined) return this.#index.find(id)
    const few = this.#keys!
    // Object.is would tell -0 from 0, and === would lose NaN
    if (id !== id) return few.findLast((entry) => entry.id !== entry.id && entry.state === OPEN)
    // the latest first
    for (let i = few.length - 1; i >= 0; i--) {
      const entry = few[i]!
      if (entry.id === id && entry.state === OPEN) return entry
    }
    return undefined
  }

  /** A new key, open to those who come later and waiting to be loaded. */
  add(entry: Entry<K, V>): void {
    this.open++
    this.#marks |= markOf(entry.id)
    const length = this.enqueue(entry)
    if (length > FEW) this.#listed(entry, length)
  }

  #listed(entry: Entry<K, V>, length: number): void {
    if (this.#index !== undefined) this.#index.add(entry, length)
    else this.#index = new KeyIndex(this.#told.tables, this.#keys!)
  }

  /** So many keys are open no more. */
  closed(keys: number): void {
    this.open -= keys
    if (this.#keys === undefined) return
    const { length } = this.#keys
    if (this.open === 0 && length === this.#taken) this.#clear()
    else if (length - this.open > this.open + 2 * this.#stuck + LITTER_MAX) this.#sweep()
  }

  get queued(): number {
    return this.#keys === undefined ? 0 : this.#keys.length - this.#taken
  }

  /** Waits to be loaded; hands back how many keys the lane holds, done with or not. */
  enqueue(entry: Entry<K, V>): number {
    if (this.#lent) this.#copy()
    return (this.#keys ??= []).push(entry)
  }

  /** The next keys to load, at most `max`, without those nobody wants any more. */
  take(max: number): readonly Entry<K, V>[] {
    const keys = this.#keys ?? []
    if (this.#taken === 0 && keys.length <= max && this.dropped === 0) {
      this.#taken = keys.length
      this.#lent = true
      if (this.open === 0) this.#clear()
      return keys
    }
    const taken = keys.slice(this.#taken, this.#taken + max)
    this.#taken += taken.length
    if (this.open === 0 && this.queued === 0) this.#clear()
    if (this.dropped === 0) return taken
    const wanted = taken.filter(({ state }) => state !== OVER)
    this.dropped -= taken.length - wanted.length
    return wanted
  }

  get idle(): boolean {
    return this.open === 0 && this.queued === 0 && (this.cache === undefined || this.cache.size === 0)
  }

  #clear(): void {
    this.#index?.end()
    this.#index = undefined
    this.#keys = undefined
    this.#marks = 0
    this.#lent = false
    this.#taken = 0
    this.#stuck = 0
  }

  #copy(): void {
    this.#keys = this.#keys?.slice()
    this.#lent = false
    if (this.#index !== undefined) this.#index.list = this.#keys!
  }

  #sweep(): void {
    const keys = this.#keys ?? []
    const out = keys.slice(0, this.#taken).filter(({ state, batch }) => state === OPEN && batch !== undefined)
    const left = out.concat(keys.slice(this.#taken).filter(({ state }) => state !== OVER))
    this.#clear()
    this.dropped = 0
    this.#keys = left
    this.#taken = out.length
    this.#stuck = left.length - this.open
    for (const { id } of left) this.#marks |= markOf(id)
    if (left.length > FEW) this.#index = new KeyIndex(this.#told.tables, left)
  }
}

// Keys that are the same have the same mark.
function markOf(id: unknown): number {
  return typeof id === 'number' ? 1 << (id & 31) : 1
}
