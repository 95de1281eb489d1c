import { identity, WindowedKey } from './key-order.ts'
import type { Emit } from './runtime.ts'
import type { SegmentStore } from './segment-store.ts'

type Change = { key: unknown; value: unknown; old: unknown; timestamp: number; again: boolean }

/** So many waiting changes are looked through one by one; more are found by key. */
const SEARCHED = 8

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
  readonly #parts: ChangeCacheParts
  #changes: Change[] = []
  #byKey: Map<string, Change> | undefined
  // Most records change one row of a store: it waits here, and no list is made.
  readonly #first: Change = { key: null, value: null, old: null, timestamp: 0, again: false }
  #size = 0

  constructor(parts: ChangeCacheParts) {
    this.#parts = parts
  }

  readonly add: Emit = (key, value, old, timestamp) => {
    const size = this.#size
    this.#size = size + 1
    if (size === 0) {
      const first = this.#first
      first.key = key
      first.value = value
      first.old = old
      first.timestamp = timestamp
      first.again = false
      return
    }
    const before = this.#waiting(key)
    if (before !== undefined) before.again = true
    const change = { key, value, old: before === undefined ? old : before.old, timestamp, again: false }
    this.#changes.push(change)
    this.#byKey?.set(identity(key), change)
  }

  flush(): void {
    const size = this.#size
    if (size === 0) return
    this.#size = 0
    this.#handOn(this.#first)
    if (size === 1) return
    const changes = this.#changes
    this.clear()
    for (const change of changes) this.#handOn(change)
  }

  /** Forgets what waits: the record that caused it is taken back. */
  clear(): void {
    this.#size = 0
    this.#changes = []
    this.#byKey = undefined
  }

  #handOn(change: Change): void {
    if (change.again) return
    const { windows, sendOld, next } = this.#parts
    const { key, value, timestamp } = change
    let { old } = change
    if (windows !== undefined && key instanceof WindowedKey) {
      const time = windows.byMark ? key.window.end : key.window.start
      if (time < windows.oldest) old = null
      if (value === null && old === null) return
      windows.keep(time)
    } else if (value === null && old === null) return
    next(key, value, sendOld ? old : null, timestamp)
  }

  #waiting(key: unknown): Change | undefined {
    if (this.#size > SEARCHED) return this.#indexed().get(identity(key))
    if (!this.#first.again && sameKey(this.#first.key, key)) return this.#first
    return this.#changes.findLast((change) => sameKey(change.key, key))
  }

  #indexed(): Map<string, Change> {
    if (this.#byKey !== undefined) return this.#byKey
    this.#byKey = new Map([this.#first, ...this.#changes].map((change) => [identity(change.key), change]))
    return this.#byKey
  }
}

function sameKey(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (one instanceof WindowedKey && other instanceof WindowedKey) {
    return one.window.start === other.window.start && one.window.end === other.window.end && sameKey(one.key, other.key)
  }
  return typeof one === 'object' && typeof other === 'object' && identity(one) === identity(other)
}
