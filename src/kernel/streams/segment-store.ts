import type { Journal, Scalars, StateChanges, StateRow, StateStore } from './runtime.ts'
import { StreamError } from './stream-error.ts'
import { entryFrom, entryRow, idFrom, oldestFirst, type SegmentEntry } from './value-text.ts'

/** Kafka's smallest segment: windows leave the store a whole segment at a time. */
const MIN_SEGMENT_MS = 60_000
/** What a cached store still shows of windows that have passed: so many entries, a segment counting as ten; then the oldest half leaves. */
const CACHED_ENTRIES = 10_000
const SEGMENT_WEIGHT = 10

export type SegmentStoreOptions = {
  readonly name: string
  readonly retentionMs: number
  /** Entries of one key are told apart by (time, mark) instead of by time alone. */
  readonly byMark: boolean
  /** A cache stands before it, as Kafka's caching stores: see `keep`. */
  readonly cached: boolean
  readonly maxEntries: number
  readonly scalars: Scalars
  readonly journal: Journal
  readonly onExpiredPut: () => void
}

type Segment = { readonly id: number; readonly lists: Map<string, SegmentEntry>; count: number }

/**
 * Entries kept in segments by time, with the retention of Kafka's persistent window and session stores: nothing older than
 * the newest time put minus the retention can be read, and a put into a segment that has wholly passed is dropped and counted.
 */
export class SegmentStore implements StateStore {
  readonly name: string
  readonly byMark: boolean
  readonly #options: SegmentStoreOptions
  readonly #cached: boolean
  readonly #intervalMs: number
  readonly #observed: number
  readonly #clock: number[]
  readonly #journal: Journal
  #segments: Segment[] = []
  #last: Segment | undefined
  #count = 0
  #dirty: Map<SegmentEntry, string> | undefined
  #removed = new Map<string, StateRow>()
  #expiredBefore: number | undefined

  constructor(options: SegmentStoreOptions) {
    this.name = options.name
    this.byMark = options.byMark
    this.#cached = options.cached
    this.#options = options
    this.#intervalMs = Math.max(Math.trunc(options.retentionMs / 2), MIN_SEGMENT_MS)
    this.#clock = options.scalars.values
    this.#journal = options.journal
    this.#observed = options.scalars.slot(-1)
  }

  get size(): number {
    return this.#count
  }

  /** The oldest time within the retention; older windows are read only from the cache before a cached store. */
  get oldest(): number {
    return this.#observedTime - this.#options.retentionMs + 1
  }

  get #readable(): number {
    return this.#cached ? Number.MIN_SAFE_INTEGER : this.oldest
  }

  /** What was put gets behind the cache: only now the store's time moves. The cache, like Kafka's, still shows what has passed. */
  keep(time: number): void {
    if (time < this.oldest && Math.trunc(time / this.#intervalMs) < this.#leastLive) this.#options.onExpiredPut()
    if (time <= this.#observedTime) return
    const before = this.#leastLive
    this.#clock[this.#observed] = time
    const leastLive = this.#leastLive
    if (leastLive === before || this.#count + this.#segments.length * SEGMENT_WEIGHT <= CACHED_ENTRIES) return
    let weight = 0
    const full = this.#segments.findLast(({ id, count }) => id < leastLive && (weight += count + SEGMENT_WEIGHT) > CACHED_ENTRIES / 2)
    if (full !== undefined) this.expire(full.id + 1)
  }

  get #leastLive(): number {
    return Math.trunc((this.#observedTime - this.#options.retentionMs) / this.#intervalMs)
  }

  get #observedTime(): number {
    return this.#clock[this.#observed] ?? -1
  }

  get(id: string, time: number): SegmentEntry | undefined {
    if (!this.#cached && time < this.oldest) return undefined
    let entry = this.#segmentOf(time)?.lists.get(id) ?? null
    while (entry !== null && entry.time > time) entry = entry.next
    return entry !== null && entry.time === time ? entry : undefined
  }

  /** A null value removes the entry, and moves the store's time like any other put. */
  put(id: string, { time, mark }: { time: number; mark: number }, value: unknown): void {
    const segment = this.#cached ? this.#segmentFor(time) : this.#liveSegment(time)
    if (segment === undefined) return this.#options.onExpiredPut()
    if (value === null) return this.remove(id, time, mark)
    const entry = this.#insert(segment, id, { time, mark, value, next: null })
    this.#dirty?.set(entry, id)
  }

  /** Changes an entry that `get` has just returned: the common path of an aggregation. */
  update(id: string, entry: SegmentEntry, value: unknown, mark: number): void {
    if (this.#journal.undo !== undefined) {
      const { value: oldValue, mark: oldMark } = entry
      this.#journal.undo.push(() => {
        entry.value = oldValue
        entry.mark = oldMark
        this.#dirty?.set(entry, id)
      })
    }
    entry.value = value
    entry.mark = mark
    this.#dirty?.set(entry, id)
  }

  remove(id: string, time: number, mark: number): void {
    const segment = this.#segmentOf(time)
    if (segment === undefined) return
    const entry = this.#unlink(segment, id, { time, mark })
    if (entry === undefined) return
    this.#journal.undo?.push(() => {
      this.#insert(segment, id, entry)
      this.#dirty?.set(entry, id)
      this.#removed.delete(entryRow(this, { segment: segment.id, id }, entry).key)
    })
  }

  #unlink(segment: Segment, id: string, { time, mark }: { time: number; mark: number }): SegmentEntry | undefined {
    let entry = segment.lists.get(id) ?? null
    let previous: SegmentEntry | null = null
    while (entry !== null && !this.#same(entry, time, mark)) {
      if (entry.time < time) return undefined
      previous = entry
      entry = entry.next
    }
    if (entry === null) return undefined
    if (previous !== null) previous.next = entry.next
    else if (entry.next !== null) segment.lists.set(id, entry.next)
    else segment.lists.delete(id)
    segment.count -= 1
    this.#count -= 1
    if (this.#dirty === undefined) return entry
    this.#dirty.delete(entry)
    const row = entryRow(this, { segment: segment.id, id }, entry)
    this.#removed.set(row.key, { ...row, value: null })
    return entry
  }

  /** A key's entries with from ≤ time ≤ to, newest first, without those past the retention. */
  newestFirst(id: string, from: number, to: number): SegmentEntry[] {
    const least = Math.max(from, this.#readable)
    const found: SegmentEntry[] = []
    for (let at = this.#segments.length - 1; at >= 0; at--) {
      const segment = this.#segments[at]
      if (segment === undefined || segment.id > Math.trunc(to / this.#intervalMs)) continue
      if (segment.id < Math.trunc(least / this.#intervalMs)) break
      let entry = segment.lists.get(id) ?? null
      while (entry !== null && entry.time > to) entry = entry.next
      while (entry !== null && entry.time >= least) {
        found.push(entry)
        entry = entry.next
      }
    }
    return found
  }

  /** All readable entries with from ≤ time ≤ to: by segment, then key as inserted, then oldest first. */
  *between(from: number, to: number): Iterable<{ id: string; entry: SegmentEntry }> {
    const least = Math.max(from, this.#readable)
    for (const segment of this.#segments) {
      for (const [id, head] of segment.lists) {
        for (const entry of oldestFirst(head)) if (entry.time >= least && entry.time <= to) yield { id, entry }
      }
    }
  }

  *entries(): Iterable<StateRow> {
    for (const segment of this.#segments) {
      for (const [id, head] of segment.lists) {
        // So that loading each finds its place at once, before those that were loaded.
        for (const entry of oldestFirst(head)) yield entryRow(this, { segment: segment.id, id }, entry)
      }
    }
  }

  load(row: StateRow): void {
    const id = idFrom(row.key.slice(row.key.indexOf(' ') + 1))
    const entry = entryFrom(row, this.byMark)
    if (!Number.isSafeInteger(entry.time) || (row.value !== null && !Number.isSafeInteger(entry.mark)))
      throw new StreamError('streams.bad_snapshot', `store ${this.name} cannot read its row`)
    const segment = this.#segmentFor(entry.time)
    if (row.value === null) this.#unlink(segment, id, entry)
    else this.#insert(segment, id, entry)
  }

  expire(leastLive: number): void {
    const [segments, count, expiredBefore] = [this.#segments, this.#count, this.#expiredBefore]
    this.#journal.undo?.push(() => {
      this.#segments = segments
      this.#count = count
      this.#expiredBefore = expiredBefore
      this.#last = undefined
    })
    for (const segment of this.#segments) if (segment.id < leastLive) this.#count -= segment.count
    this.#segments = this.#segments.filter((segment) => segment.id >= leastLive)
    this.#last = undefined
    this.#expiredBefore = leastLive
  }

  track(): void {
    this.#dirty ??= new Map()
  }

  takeChanges(into: StateChanges): void {
    if (this.#expiredBefore !== undefined) into.expired.push({ store: this.name, before: this.#expiredBefore })
    const first = this.#segments[0]?.id ?? Number.POSITIVE_INFINITY
    for (const row of this.#removed.values()) if (row.segment >= first) into.rows.push(row)
    for (const [entry, id] of this.#dirty ?? []) {
      const segment = Math.trunc(entry.time / this.#intervalMs)
      if (segment >= first) into.rows.push(entryRow(this, { segment, id }, entry))
    }
    this.#expiredBefore = undefined
    this.#removed = new Map()
    if (this.#dirty !== undefined) this.#dirty = new Map()
  }

  #same(entry: SegmentEntry, time: number, mark: number): boolean {
    return entry.time === time && (!this.byMark || entry.mark === mark)
  }

  #insert(segment: Segment, id: string, fresh: SegmentEntry): SegmentEntry {
    let previous: SegmentEntry | null = null
    let entry = segment.lists.get(id) ?? null
    while (entry !== null && (entry.time > fresh.time || (this.byMark && entry.time === fresh.time && entry.mark > fresh.mark))) {
      previous = entry
      entry = entry.next
    }
    if (entry !== null && this.#same(entry, fresh.time, fresh.mark)) {
      this.update(id, entry, fresh.value, fresh.mark)
      return entry
    }
    if (this.#count >= this.#options.maxEntries && !this.#makeRoom(segment)) {
      throw new StreamError('streams.state_full', `store ${this.name} holds its limit of ${this.#options.maxEntries} entries`)
    }
    fresh.next = entry
    if (previous === null) segment.lists.set(id, fresh)
    else previous.next = fresh
    segment.count += 1
    this.#count += 1
    this.#journal.undo?.push(() => void this.#unlink(segment, id, fresh))
    return fresh
  }

  #makeRoom(wanted: Segment): boolean {
    const passed = this.#cached ? this.#segments.findLast(({ id }) => id < this.#leastLive && id < wanted.id) : undefined
    if (passed !== undefined) this.expire(passed.id + 1)
    return this.#count < this.#options.maxEntries
  }

  #segmentOf(time: number): Segment | undefined {
    const id = Math.trunc(time / this.#intervalMs)
    if (this.#last?.id === id) return this.#last
    return (this.#last = this.#segments.findLast((segment) => segment.id === id))
  }

  #liveSegment(time: number): Segment | undefined {
    if (time > this.#observedTime) this.#clock[this.#observed] = time
    const leastLive = this.#leastLive
    const id = Math.trunc(time / this.#intervalMs)
    if (id < leastLive) return undefined
    const segment = this.#segmentFor(time)
    if ((this.#segments[0]?.id ?? id) < leastLive) this.expire(leastLive)
    return segment
  }

  #segmentFor(time: number): Segment {
    const id = Math.trunc(time / this.#intervalMs)
    return this.#last?.id === id ? this.#last : this.#segment(id)
  }

  #segment(id: number): Segment {
    let at = this.#segments.length
    while (at > 0 && (this.#segments[at - 1]?.id ?? 0) > id) at--
    const found = this.#segments[at - 1]
    if (found?.id === id) return (this.#last = found)
    this.#last = { id, lists: new Map(), count: 0 }
    this.#segments.splice(at, 0, this.#last)
    return this.#last
  }
}
