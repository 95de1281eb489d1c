import type { Journal } from './runtime.ts'
import type { Scalars, StateChanges, StateRow, StateStore } from './state-row.ts'
import { StreamError } from './stream-error.ts'
import { fromText, idFrom, idText, toText } from './value-text.ts'

/** Kafka's smallest segment: windows leave the store a whole segment at a time. */
const MIN_SEGMENT_MS = 60_000

/**
 * One window, session or joinable record. `time` decides its segment (window start, session end, record time); `mark` is the
 * aggregate's timestamp, the session's start, or the record's sequence. A key's entries are linked newest first.
 */
export type SegmentEntry = { time: number; mark: number; value: unknown; next: SegmentEntry | null }

export type SegmentStoreOptions = {
  readonly name: string
  readonly retentionMs: number
  /** Entries of one key are told apart by (time, mark) instead of by time alone. */
  readonly byMark: boolean
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
  readonly #options: SegmentStoreOptions
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
    this.#options = options
    this.#intervalMs = Math.max(Math.trunc(options.retentionMs / 2), MIN_SEGMENT_MS)
    this.#clock = options.scalars.values
    this.#journal = options.journal
    this.#observed = options.scalars.slot(-1)
  }

  get size(): number {
    return this.#count
  }

  /** The oldest time that can still be read. */
  get oldest(): number {
    return this.#observedTime - this.#options.retentionMs + 1
  }

  get #observedTime(): number {
    return this.#clock[this.#observed] ?? -1
  }

  get(id: string, time: number): SegmentEntry | undefined {
    if (time < this.oldest) return undefined
    let entry = this.#segmentOf(time)?.lists.get(id) ?? null
    while (entry !== null && entry.time > time) entry = entry.next
    return entry !== null && entry.time === time ? entry : undefined
  }

  /** A null value removes the entry, and moves the store's time like any other put. */
  put(id: string, at: { time: number; mark: number }, value: unknown): void {
    const segment = this.#liveSegment(at.time)
    if (segment === undefined) return this.#options.onExpiredPut()
    if (value === null) return this.remove(id, at.time, at.mark)
    const entry = this.#insert(segment, id, { time: at.time, mark: at.mark, value, next: null })
    this.#dirty?.set(entry, id)
  }

  /** Changes an entry that `get` has just returned: the common path of an aggregation. */
  update(id: string, entry: SegmentEntry, value: unknown, mark: number): void {
    this.#keep(id, entry)
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
      this.#removed.delete(this.#row(segment.id, id, entry).key)
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
    if (this.#dirty !== undefined) {
      this.#dirty.delete(entry)
      const row = this.#row(segment.id, id, entry)
      this.#removed.set(row.key, { ...row, value: null })
    }
    return entry
  }

  #keep(id: string, entry: SegmentEntry): void {
    if (this.#journal.undo === undefined) return
    const { value, mark } = entry
    this.#journal.undo.push(() => {
      entry.value = value
      entry.mark = mark
      this.#dirty?.set(entry, id)
    })
  }

  /** A key's entries with from ≤ time ≤ to, newest first, without those past the retention. */
  newestFirst(id: string, from: number, to: number): SegmentEntry[] {
    const least = Math.max(from, this.oldest)
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
    const least = Math.max(from, this.oldest)
    for (const segment of this.#segments) {
      for (const [id, head] of segment.lists) {
        const list: SegmentEntry[] = []
        for (let entry: SegmentEntry | null = head; entry !== null; entry = entry.next) {
          if (entry.time >= least && entry.time <= to) list.push(entry)
        }
        for (const entry of list.reverse()) yield { id, entry }
      }
    }
  }

  *entries(): Iterable<StateRow> {
    for (const segment of this.#segments) {
      for (const [id, head] of segment.lists) {
        for (let entry: SegmentEntry | null = head; entry !== null; entry = entry.next) yield this.#row(segment.id, id, entry)
      }
    }
  }

  load(row: StateRow): void {
    const { byMark } = this.#options
    const [place = '', inKey] = row.key.split(' ', 1)[0]?.split(',') ?? []
    const id = idFrom(row.key.slice(row.key.indexOf(' ') + 1))
    const segment = this.#segment(row.segment)
    if (row.value === null) return void this.#unlink(segment, id, { time: Number(place), mark: Number(inKey) })
    const text = row.value
    const space = byMark ? 0 : text.indexOf(' ') + 1
    const mark = Number(byMark ? inKey : text.slice(0, space))
    const time = Number(place)
    if (!Number.isSafeInteger(time) || !Number.isSafeInteger(mark))
      throw new StreamError('streams.bad_snapshot', `store ${this.name} cannot read its row`)
    this.#insert(segment, id, { time, mark, value: fromText(text.slice(space)), next: null })
  }

  expire(leastLive: number): void {
    const segments = this.#segments
    const count = this.#count
    const expiredBefore = this.#expiredBefore
    this.#journal.undo?.push(() => {
      this.#segments = segments
      this.#count = count
      this.#expiredBefore = expiredBefore
      this.#last = undefined
    })
    for (const segment of this.#segments) if (segment.id < leastLive) this.#count -= segment.count
    this.#segments = this.#segments.filter((segment) => segment.id >= leastLive)
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
      if (segment >= first) into.rows.push(this.#row(segment, id, entry))
    }
    this.#expiredBefore = undefined
    this.#removed = new Map()
    if (this.#dirty !== undefined) this.#dirty = new Map()
  }

  #row(segment: number, id: string, entry: SegmentEntry): StateRow {
    const text = toText(entry.value)
    if (this.#options.byMark) return { store: this.name, segment, key: `${entry.time},${entry.mark} ${idText(id)}`, value: text }
    return { store: this.name, segment, key: `${entry.time} ${idText(id)}`, value: `${entry.mark} ${text}` }
  }

  #same(entry: SegmentEntry, time: number, mark: number): boolean {
    return entry.time === time && (!this.#options.byMark || entry.mark === mark)
  }

  #insert(segment: Segment, id: string, fresh: SegmentEntry): SegmentEntry {
    let previous: SegmentEntry | null = null
    let entry = segment.lists.get(id) ?? null
    while (entry !== null && (entry.time > fresh.time || (this.#options.byMark && entry.time === fresh.time && entry.mark > fresh.mark))) {
      previous = entry
      entry = entry.next
    }
    if (entry !== null && this.#same(entry, fresh.time, fresh.mark)) {
      this.#keep(id, entry)
      entry.value = fresh.value
      entry.mark = fresh.mark
      return entry
    }
    if (this.#count >= this.#options.maxEntries) {
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

  #segmentOf(time: number): Segment | undefined {
    const id = Math.trunc(time / this.#intervalMs)
    if (this.#last?.id === id) return this.#last
    const found = this.#segments.find((segment) => segment.id === id)
    if (found !== undefined) this.#last = found
    return found
  }

  #liveSegment(time: number): Segment | undefined {
    if (time > this.#observedTime) this.#clock[this.#observed] = time
    const id = Math.trunc(time / this.#intervalMs)
    const leastLive = Math.trunc((this.#observedTime - this.#options.retentionMs) / this.#intervalMs)
    if (id < leastLive) return undefined
    const segment = this.#last?.id === id ? this.#last : this.#segment(id)
    if ((this.#segments[0]?.id ?? id) < leastLive) this.expire(leastLive)
    return segment
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
