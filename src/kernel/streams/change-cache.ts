import { identity, WindowedKey } from './key-order.ts'
import type { Emit } from './runtime.ts'
import type { SegmentStore } from './segment-store.ts'

/** So many waiting changes are looked through one by one; more are found by key. */
const SEARCHED = 16
/** So many places are kept for the next record. */
const PLACES_KEPT = 1_024
const REPLACED = Symbol('replaced by a later change of its key')

export type ChangeCacheParts = {
  readonly next: Emit
  readonly sendOld: boolean
  /** The store of windows that the changes belong to: it keeps them for good only now. */
  readonly windows: SegmentStore | undefined
}

/**
 * Holds what one record changed in a store until the record is done, then hands on one change a key: from the value before the
 * record to the last one, in the order of the last writes; what came and went meanwhile is never seen. Kafka: NamedCache and
 * the caching stores, committed after each record (there a cache that outgrows 10 MB is emptied sooner).
 */
export class ChangeCache {
  readonly #next: Emit
  readonly #sendOld: boolean
  readonly #windows: SegmentStore | undefined
  // A change is spread over four lists, whose places are used again: nothing is made for a record.
  #keys: unknown[] = []
  #values: unknown[] = []
  #olds: unknown[] = []
  #timestamps: number[] = []
  #size = 0
  #byKey: Map<string, number> | undefined

  constructor(parts: ChangeCacheParts) {
    this.#next = parts.next
    this.#sendOld = parts.sendOld
    this.#windows = parts.windows
  }

  readonly add: Emit = (key, value, old, timestamp) => {
    const at = this.#size
    const before = at === 0 ? -1 : this.#find(key)
    this.#keys[at] = key
    this.#values[at] = value
    this.#olds[at] = before === -1 ? old : this.#olds[before]
    this.#timestamps[at] = timestamp
    this.#size = at + 1
    if (before !== -1) this.#keys[before] = REPLACED
    this.#byKey?.set(identity(key), at)
  }

  flush(): void {
    const size = this.#size
    if (size === 0) return
    for (let at = 0; at < size; at++) {
      if (this.#keys[at] !== REPLACED) this.#handOn(at)
    }
    this.clear()
  }

  /** Forgets what waits: the record that caused it is taken back. */
  clear(): void {
    if (this.#size > PLACES_KEPT) {
      this.#keys = []
      this.#values = []
      this.#olds = []
      this.#timestamps = []
    }
    this.#size = 0
    this.#byKey = undefined
  }

  #handOn(at: number): void {
    const key = this.#keys[at]
    const value = this.#values[at]
    let old = this.#olds[at]
    const windows = this.#windows
    if (windows !== undefined && key instanceof WindowedKey) {
      const time = windows.byMark ? key.window.end : key.window.start
      if (time < windows.oldest) old = null
      if (value === null && old === null) return
      windows.keep(time)
    } else if (value === null && old === null) return
    this.#next(key, value, this.#sendOld ? old : null, this.#timestamps[at] ?? 0)
  }

  #find(key: unknown): number {
    if (this.#size > SEARCHED) return this.#indexed().get(identity(key)) ?? -1
    let at = this.#size - 1
    if (key instanceof WindowedKey) while (at >= 0 && !sameWindow(this.#keys[at], key)) at -= 1
    else while (at >= 0 && !sameKey(this.#keys[at], key)) at -= 1
    return at
  }

  #indexed(): Map<string, number> {
    if (this.#byKey !== undefined) return this.#byKey
    this.#byKey = new Map()
    for (let at = 0; at < this.#size; at++) {
      const key = this.#keys[at]
      if (key !== REPLACED) this.#byKey.set(identity(key), at)
    }
    return this.#byKey
  }
}

function sameWindow(one: unknown, other: WindowedKey): boolean {
  if (!(one instanceof WindowedKey)) return false
  const { start, end } = other.window
  return one.window.start === start && one.window.end === end && sameKey(one.key, other.key)
}

function sameKey(one: unknown, other: unknown): boolean {
  return one === other || (typeof one === 'object' && typeof other === 'object' && identity(one) === identity(other))
}
