import { compareKeys, identity, keyBytes, keyOf, valueBytes, WindowedKey } from './key-order.ts'
import { windowGrace, type PlanNode, type SuppressRule } from './plan.ts'
import { ChangedIds, type Emit, type Journal, type Runtime, type StateChanges, type StateRow, type StateStore } from './runtime.ts'
import { StreamError } from './stream-error.ts'
import { duration } from './window.ts'
import { fromText, idFrom, idText, toText } from './value-text.ts'

export type SuppressOptions = {
  readonly untilTimeLimitMs?: number
  readonly maxRecords?: number
  readonly maxBytes?: number
  readonly whenFull?: 'emitEarly' | 'shutDown'
}

/** One held-back change: `time` is its place in the queue (kept while newer values replace the value), `prior` the value before the first. */
export type HeldChange = {
  readonly key: unknown
  readonly time: number
  value: unknown
  old: unknown
  prior: unknown
  timestamp: number
  bytes: number
}

/** Bytes Kafka counts for a held change beside key and values: queue time, and the record's timestamp, offset and partition. */
const BYTES_BESIDE = 8 + 8 + 8 + 4

/** The latest change of each key, ordered by (time, key bytes), with Kafka's estimate of bytes held. */
export class SuppressBuffer implements StateStore {
  readonly name: string
  readonly #maxEntries: number
  readonly #journal: Journal
  readonly #keyBytesMore: number
  readonly #countBytes: boolean
  readonly #byKey = new Map<string, HeldChange>()
  // Windowed keys by window end, so that no text of key and window is made for each: half the memory. Sessions end anywhere.
  readonly #byEnd = new Map<number, Map<string, HeldChange>>()
  readonly #sessionKeys: boolean
  #size = 0
  #heap: HeldChange[] = []
  /** Rows were loaded, and the heap is to be made of them when it is next asked for: once, not for every row. */
  #loaded = false
  #bytes = 0
  readonly #changed = new ChangedIds()

  constructor(name: string, options: { maxEntries: number; journal: Journal; sessionKeys: boolean; countBytes: boolean }) {
    this.name = name
    this.#maxEntries = options.maxEntries
    this.#journal = options.journal
    this.#sessionKeys = options.sessionKeys
    this.#keyBytesMore = options.sessionKeys ? 8 : 0
    this.#countBytes = options.countBytes
  }

  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#bytes
  }

  get first(): HeldChange | undefined {
    return this.#queue[0]
  }

  get #queue(): HeldChange[] {
    if (!this.#loaded) return this.#heap
    this.#loaded = false
    this.#heap = [...this.#byKey.values()]
    for (const keys of this.#byEnd.values()) for (const held of keys.values()) this.#heap.push(held)
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) sink(this.#heap, this.#heap[at] as HeldChange, at)
    return this.#heap
  }

  get(key: unknown): HeldChange | undefined {
    if (key instanceof WindowedKey && !this.#sessionKeys) return this.#byEnd.get(key.window.end)?.get(identity(key.key))
    return this.#byKey.get(identity(key))
  }

  put(time: number, change: { key: unknown; value: unknown; old: unknown; timestamp: number }, topicLength: number): void {
    if (this.#changed.tracking) this.#changed.add(identity(change.key))
    const held = this.get(change.key)
    if (held === undefined) {
      if (this.#size >= this.#maxEntries) {
        throw new StreamError('streams.state_full', `suppress buffer ${this.name} holds its limit of ${this.#maxEntries} entries`)
      }
      const { key, value, old, timestamp } = change
      const fresh = this.#measured({ key, time, value, old, prior: old, timestamp, bytes: 0 }, topicLength)
      this.#add(fresh)
      this.#journal.undo?.push(() => this.#takeOut(fresh))
      return
    }
    const { value, old, timestamp, bytes } = held
    this.#journal.undo?.push(() => {
      this.#bytes += bytes - held.bytes
      Object.assign(held, { value, old, timestamp, bytes })
    })
    held.value = change.value
    held.old = change.old
    held.timestamp = change.timestamp
    this.#bytes -= held.bytes
    this.#bytes += this.#measured(held, topicLength).bytes
  }

  /** Takes the first change out. */
  shift(): HeldChange | undefined {
    const heap = this.#queue
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined) return undefined
    if (first !== last) sink(heap, last, 0)
    this.#forget(first)
    if (this.#changed.tracking) this.#changed.add(identity(first.key))
    this.#journal.undo?.push(() => this.#add(first))
    return first
  }

  *entries(): Iterable<StateRow> {
    for (const held of this.#queue) yield this.#row(identity(held.key))
  }

  load(row: StateRow): void {
    const id = idFrom(row.key)
    const held = this.get(keyOf(id))
    this.#loaded = true
    if (held !== undefined) this.#forget(held)
    if (row.value === null) return
    const [time, timestamp, bytes, value, old, prior] = fromText(row.value) as [number, number, number, unknown, unknown, unknown]
    this.#remember({ key: keyOf(id), time, timestamp, bytes, value, old, prior })
  }

  expire(): void {
    // what is held back leaves when it is sent on
  }

  track(): void {
    this.#changed.track()
  }

  takeChanges(into: StateChanges): void {
    for (const id of this.#changed.take()) into.rows.push(this.#row(id))
  }

  #row(id: string): StateRow {
    const held = this.get(keyOf(id))
    const row = { store: this.name, segment: 0, key: idText(id) }
    if (held === undefined) return { ...row, value: null }
    return { ...row, value: toText([held.time, held.timestamp, held.bytes, held.value, held.old, held.prior]) }
  }

  #add(held: HeldChange): void {
    const heap = this.#queue
    this.#remember(held)
    rise(heap, held, heap.push(held) - 1)
  }

  #takeOut(held: HeldChange): void {
    const heap = this.#queue
    const at = heap.indexOf(held)
    const last = heap.pop()
    if (last !== undefined && last !== held) {
      sink(heap, last, at)
      if (heap[at] === last) rise(heap, last, at)
    }
    this.#forget(held)
  }

  #remember(held: HeldChange): void {
    this.#size += 1
    this.#bytes += held.bytes
    const { key } = held
    if (!(key instanceof WindowedKey) || this.#sessionKeys) {
      this.#byKey.set(identity(key), held)
      return
    }
    const { end } = key.window
    let keys = this.#byEnd.get(end)
    if (keys === undefined) this.#byEnd.set(end, (keys = new Map()))
    keys.set(identity(key.key), held)
  }

  #forget({ key, bytes }: HeldChange): void {
    this.#size -= 1
    this.#bytes -= bytes
    if (!(key instanceof WindowedKey) || this.#sessionKeys) {
      this.#byKey.delete(identity(key))
      return
    }
    const keys = this.#byEnd.get(key.window.end)
    keys?.delete(identity(key.key))
    if (keys?.size === 0) this.#byEnd.delete(key.window.end)
  }

  // Kafka counts the prior value once when its bytes equal the old value's (BufferValue.residentMemorySizeEstimate).
  #measured(held: HeldChange, topicLength: number): HeldChange {
    if (!this.#countBytes) return held
    const old = sameText(held.prior, held.old) ? 0 : valueBytes(held.old)
    const key = keyBytes(held.key) + this.#keyBytesMore
    held.bytes = BYTES_BESIDE + topicLength + key + valueBytes(held.prior) + old + valueBytes(held.value)
    return held
  }
}

function sameText(left: unknown, right: unknown): boolean {
  return left === right || (left !== null && right !== null && toText(left) === toText(right))
}

function before(left: HeldChange, right: HeldChange): boolean {
  return left.time === right.time ? compareKeys(left.key, right.key) < 0 : left.time < right.time
}

function rise(heap: HeldChange[], held: HeldChange, from: number): void {
  let at = from
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !before(held, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = held
}

function sink(heap: HeldChange[], held: HeldChange, from: number): void {
  let at = from
  for (;;) {
    let child = 2 * at + 1
    let below = heap[child]
    if (below === undefined) break
    const other = heap[child + 1]
    if (other !== undefined && before(other, below)) {
      child += 1
      below = other
    }
    if (!before(below, held)) break
    heap[at] = below
    at = child
  }
  heap[at] = held
}

/**
 * Holds updates back by the stream time this step itself has seen. A key keeps its place in the queue while newer values
 * replace its value. Window results drop tombstones; time limits pass them on. Kafka: KTableSuppressProcessorSupplier.
 */
export function suppressStep(rule: SuppressRule, parts: { runtime: Runtime; buffer: SuppressBuffer; next: Emit }): Emit {
  const { runtime, buffer, next } = parts
  const clock = runtime.scalars.values
  const slot = runtime.scalars.slot(-1)
  const emitFirst = (): void => {
    // As in Kafka, who looks this table's row up meanwhile still sees it held back.
    const { first } = buffer
    if (first !== undefined && !(first.value === null && rule.until === 'windowCloses'))
      next(first.key, first.value, first.old, first.timestamp)
    buffer.shift()
  }
  return (key, value, old, timestamp) => {
    const now = Math.max(clock[slot] ?? -1, timestamp)
    clock[slot] = now
    buffer.put(placeOf(rule, key, timestamp), { key, value, old, timestamp }, runtime.topicLength)
    const due = now - rule.waitMs
    while (buffer.first !== undefined && buffer.first.time <= due) emitFirst()
    while (buffer.size > rule.maxRecords || buffer.bytes > rule.maxBytes) {
      if (rule.whenFull === 'shutDown') {
        throw new StreamError(
          'streams.buffer_full',
          `suppress holds ${buffer.size} records, ${buffer.bytes} bytes; its limit is ${rule.maxRecords}, ${rule.maxBytes}`,
        )
      }
      emitFirst()
    }
  }
}

function placeOf(rule: SuppressRule, key: unknown, timestamp: number): number {
  if (rule.until === 'timeLimit') return timestamp
  if (key instanceof WindowedKey) return key.window.end
  throw new StreamError('streams.bad_topology', "suppress('untilWindowCloses') met a key without a window")
}

/** What `suppress` was asked for, checked. Throws streams.bad_topology or streams.bad_window. */
export function suppressRule(node: PlanNode, until: 'untilWindowCloses' | SuppressOptions, buffer: SuppressOptions): SuppressRule {
  const options = typeof until === 'string' ? buffer : until
  const maxRecords = options.maxRecords ?? Number.MAX_SAFE_INTEGER
  const maxBytes = options.maxBytes ?? Number.MAX_SAFE_INTEGER
  if (!(maxRecords >= 0 && maxBytes >= 0)) throw new StreamError('streams.bad_topology', 'maxRecords and maxBytes must not be negative')
  if (until === 'untilWindowCloses') {
    const grace = windowGrace(node)
    if (grace === undefined)
      throw new StreamError('streams.bad_topology', "suppress('untilWindowCloses') needs a windowed aggregation above it")
    if (options.whenFull === 'emitEarly') throw new StreamError('streams.bad_topology', "suppress('untilWindowCloses') must not emit early")
    return { waitMs: grace, until: 'windowCloses', maxRecords, maxBytes, whenFull: 'shutDown' }
  }
  const waitMs = duration(options.untilTimeLimitMs, 'untilTimeLimitMs', 0)
  return { waitMs, until: 'timeLimit', maxRecords, maxBytes, whenFull: options.whenFull ?? 'emitEarly' }
}
