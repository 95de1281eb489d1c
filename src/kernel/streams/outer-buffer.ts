import { compareKeys, identity, keyOf } from './key-order.ts'
import type { Journal, StateChanges, StateRow, StateStore } from './runtime.ts'
import { StreamError } from './stream-error.ts'
import { fromText, toText } from './value-text.ts'

/** Records of one key, time and side that have found no partner yet, in the order they came. An empty list is a removed one. */
export type Unmatched = { readonly left: boolean; readonly timestamp: number; readonly key: unknown; values: unknown[] }

const COMPACT_AT_LEAST = 1024

/** Unmatched records of an outer join, in Kafka's order: timestamp, then right before left, then key bytes. */
export class OuterBuffer implements StateStore {
  readonly name: string
  readonly #maxEntries: number
  readonly #journal: Journal
  readonly #sides: { left: Unmatched[]; right: Unmatched[] } = { left: [], right: [] }
  #live = 0
  #dead = 0
  #dirty: Map<string, Unmatched> | undefined

  constructor(name: string, limits: { readonly maxEntries: number; readonly journal: Journal }) {
    this.name = name
    this.#maxEntries = limits.maxEntries
    this.#journal = limits.journal
  }

  get size(): number {
    return this.#live
  }

  add(left: boolean, timestamp: number, record: { key: unknown; value: unknown }): void {
    const side = left ? this.#sides.left : this.#sides.right
    const at = position(side, timestamp, record.key)
    const found = side[at]
    if (found !== undefined && isAt(found, timestamp, record.key)) {
      this.#keep(found)
      if (found.values.length === 0) this.#revive()
      found.values.push(record.value)
      this.#touch(found)
      return
    }
    if (this.#live >= this.#maxEntries) {
      throw new StreamError('streams.state_full', `outer join buffer ${this.name} holds its limit of ${this.#maxEntries} entries`)
    }
    const fresh = { left, timestamp, key: record.key, values: [record.value] }
    // Taken back, it is an emptied entry, as if its partner had come.
    this.#journal.undo?.push(() => this.#put(fresh, []))
    side.splice(at, 0, fresh)
    this.#live += 1
    this.#touch(fresh)
  }

  remove(left: boolean, timestamp: number, key: unknown): void {
    const side = left ? this.#sides.left : this.#sides.right
    const found = side[position(side, timestamp, key)]
    if (found !== undefined && found.values.length > 0 && isAt(found, timestamp, key)) {
      this.#keep(found)
      this.#drop(found)
    }
  }

  /**
   * Removes and returns what `isOpen` says is closed, in order, and the time Kafka then takes for the oldest still held:
   * it is the time of the last entry its walk looks at, which goes on until an open entry of both sides was seen.
   */
  takeClosed(isOpen: (left: boolean, timestamp: number) => boolean): { closed: Unmatched[]; minTime: number } {
    const left = openFrom(this.#sides.left, (entry) => isOpen(true, entry.timestamp))
    const right = openFrom(this.#sides.right, (entry) => isOpen(false, entry.timestamp))
    const minTime = this.#lastSeen(left, right)
    const gone = { left: this.#sides.left.splice(0, left), right: this.#sides.right.splice(0, right) }
    const closed = [...gone.left, ...gone.right].filter((entry) => entry.values.length > 0).sort(inOrder)
    this.#live -= closed.length
    this.#dead -= left + right - closed.length
    const taken = closed.map((entry) => ({ ...entry }))
    this.#journal.undo?.push(() => this.#giveBack(gone, closed, taken))
    for (const entry of closed) {
      entry.values = []
      this.#touch(entry)
    }
    return { closed: taken, minTime }
  }

  *entries(): Iterable<StateRow> {
    for (const side of [this.#sides.left, this.#sides.right]) for (const entry of side) if (entry.values.length > 0) yield this.#row(entry)
  }

  load(row: StateRow): void {
    const [left, timestamp, id] = JSON.parse(row.key) as [number, number, string]
    const side = left === 1 ? this.#sides.left : this.#sides.right
    const found = side[position(side, timestamp, keyOf(id))]
    if (found !== undefined && isAt(found, timestamp, keyOf(id))) this.#put(found, [])
    for (const value of fromText(row.value ?? '[]') as unknown[]) this.add(left === 1, timestamp, { key: keyOf(id), value })
  }

  expire(): void {
    // an unmatched record leaves when its window is over
  }

  track(): void {
    this.#dirty ??= new Map()
  }

  takeChanges(into: StateChanges): void {
    for (const entry of this.#dirty?.values() ?? []) into.rows.push(this.#row(entry))
    if (this.#dirty !== undefined) this.#dirty = new Map()
  }

  #lastSeen(leftOpen: number, rightOpen: number): number {
    const { left, right } = this.#sides
    const openLeft = left[firstLive(left, leftOpen)]
    const openRight = right[firstLive(right, rightOpen)]
    if (openLeft === undefined || openRight === undefined) {
      const newest = Math.max(lastLive(left)?.timestamp ?? -1, lastLive(right)?.timestamp ?? -1)
      return newest === -1 ? Number.MAX_SAFE_INTEGER : newest
    }
    const second = inOrder(openLeft, openRight) < 0 ? openRight : openLeft
    if (second.values.length > 1) return second.timestamp
    const times = [left, right].map((side) => {
      let at = firstLive(side, position(side, second.timestamp, undefined))
      while (side[at] !== undefined && inOrder(side[at] ?? second, second) <= 0) at = firstLive(side, at + 1)
      return side[at]?.timestamp ?? Number.MAX_SAFE_INTEGER
    })
    const following = Math.min(...times)
    return following === Number.MAX_SAFE_INTEGER ? second.timestamp : following
  }

  #drop(entry: Unmatched): void {
    entry.values = []
    this.#live -= 1
    this.#dead += 1
    this.#touch(entry)
    if (this.#dead > COMPACT_AT_LEAST && this.#dead > this.#live) {
      const before = { ...this.#sides, dead: this.#dead }
      this.#journal.undo?.push(() => {
        this.#sides.left = before.left
        this.#sides.right = before.right
        this.#dead = before.dead
      })
      this.#sides.left = this.#sides.left.filter((held) => held.values.length > 0)
      this.#sides.right = this.#sides.right.filter((held) => held.values.length > 0)
      this.#dead = 0
    }
  }

  /** Notes what an entry holds, to be put back. */
  #keep(entry: Unmatched): void {
    const values = [...entry.values]
    this.#journal.undo?.push(() => this.#put(entry, values))
  }

  #put(entry: Unmatched, values: unknown[]): void {
    const more = Math.sign(values.length) - Math.sign(entry.values.length)
    this.#live += more
    this.#dead -= more
    entry.values = values
    this.#touch(entry)
  }

  #giveBack(gone: { left: Unmatched[]; right: Unmatched[] }, closed: readonly Unmatched[], taken: readonly Unmatched[]): void {
    this.#sides.left = [...gone.left, ...this.#sides.left]
    this.#sides.right = [...gone.right, ...this.#sides.right]
    this.#dead += gone.left.length + gone.right.length
    for (const [at, entry] of closed.entries()) this.#put(entry, taken[at]?.values ?? [])
  }

  #revive(): void {
    this.#live += 1
    this.#dead -= 1
  }

  #touch(entry: Unmatched): void {
    this.#dirty?.set(rowKey(entry), entry)
  }

  #row(entry: Unmatched): StateRow {
    return { store: this.name, segment: 0, key: rowKey(entry), value: entry.values.length === 0 ? null : toText(entry.values) }
  }
}

function rowKey(entry: Unmatched): string {
  return JSON.stringify([entry.left ? 1 : 0, entry.timestamp, identity(entry.key)])
}

function inOrder(one: Unmatched, other: Unmatched): number {
  return one.timestamp - other.timestamp || Number(one.left) - Number(other.left) || compareKeys(one.key, other.key)
}

function isAt(entry: Unmatched, timestamp: number, key: unknown): boolean {
  return entry.timestamp === timestamp && compareKeys(entry.key, key) === 0
}

/** First index not before (timestamp, key); before all keys of that time if the key is undefined. */
function position(side: readonly Unmatched[], timestamp: number, key: unknown): number {
  let low = 0
  let high = side.length
  while (low < high) {
    const middle = (low + high) >> 1
    const entry = side[middle]
    if (entry === undefined) break
    if (entry.timestamp < timestamp || (entry.timestamp === timestamp && key !== undefined && compareKeys(entry.key, key) < 0))
      low = middle + 1
    else high = middle
  }
  return low
}

function openFrom(side: readonly Unmatched[], isOpen: (entry: Unmatched) => boolean): number {
  const at = side.findIndex((entry) => entry.values.length > 0 && isOpen(entry))
  return at === -1 ? side.length : at
}

function firstLive(side: readonly Unmatched[], from: number): number {
  let at = from
  while (at < side.length && side[at]?.values.length === 0) at++
  return at
}

function lastLive(side: readonly Unmatched[]): Unmatched | undefined {
  let at = side.length - 1
  while (at >= 0 && side[at]?.values.length === 0) at--
  return side[at]
}
