import { WindowedKey, type WindowSpan } from './key-order.ts'
import { oldValues } from './old-values.ts'
import type { PlanNode } from './plan.ts'
import { RepartitionQueues } from './repartition-queues.ts'
import { Scalars, type AppliedChanges, type Emit, type Runtime, type StateChanges, type StateRow, type StateStore } from './runtime.ts'
import { makeStores, type Stores } from './stores.ts'
import { StreamError } from './stream-error.ts'
import { wire, type Wired } from './wiring.ts'
import { MAX_TIMESTAMP_MS } from './window.ts'

/** A record on its way in. `timestamp` is event time, whole ms since 1970. Keys and values are JSON or bigint; null is "nothing". `topic` is looked at only where a topology reads several. */
export type StreamRecord = { readonly key?: unknown; readonly value?: unknown; readonly timestamp: number; readonly topic?: string }

/** A record on its way out. `window` only for windowed results, `topic` only for outputs named with `to`; value null is a tombstone. */
export type StreamOutput = {
  readonly key: unknown
  readonly window?: WindowSpan
  readonly value: unknown
  readonly timestamp: number
  readonly topic?: string
}

export type EngineOptions = {
  /** False hands on every change of a table at once (Kafka's statestore.cache.max.bytes = 0). Default true, as in Kafka: one change a key and record. */
  readonly caching?: boolean
  /** Entries one store may hold before streams.state_full. Default 10 million. */
  readonly maxEntries?: number
  /** Unmatched records of an outer join are looked for at most once in so many ms of wall clock: 1,000 in a running Kafka; 0, the default here and in its test driver, always looks. */
  readonly outerJoinEmitIntervalMs?: number
}

const DEFAULT_MAX_ENTRIES = 10_000_000
const META = 'meta'

/** One running topology: its stores, its numbers and its wiring. Changed in place; `StreamState` guards who may use it. */
export class Engine {
  readonly nodes: readonly PlanNode[]
  readonly stores: Stores
  readonly runtime: Runtime
  /** True while a record is worked on, and for ever after one failed half-way that could not be taken back. */
  running = false
  readonly #scalars = new Scalars()
  readonly #queues = new RepartitionQueues()
  readonly #wired: Wired
  readonly #dropped: number
  #outputs: StreamOutput[] = []
  #tracking = false

  constructor(nodes: readonly PlanNode[], options: EngineOptions = {}) {
    this.nodes = nodes
    const scalars = this.#scalars
    const dropped = scalars.slot(0)
    this.#dropped = dropped
    this.runtime = {
      scalars,
      journal: { undo: undefined },
      maxEntries: whole('maxEntries', options.maxEntries ?? DEFAULT_MAX_ENTRIES, 1),
      caching: options.caching ?? true,
      outerJoinEmitIntervalMs: whole('outerJoinEmitIntervalMs', options.outerJoinEmitIntervalMs ?? 0, 0),
      drop: () => {
        scalars.values[dropped] = (scalars.values[dropped] ?? 0) + 1
      },
      topicLength: 0,
      wallClockMs: 0,
    }
    const old = oldValues(nodes)
    this.stores = makeStores(nodes, old, this.runtime)
    const sink = (topic: string | undefined): Emit => this.#sink(topic)
    this.#wired = wire({ runtime: this.runtime, nodes, old, stores: this.stores, queues: this.#queues, sink })
  }

  get topics(): string[] {
    return [...this.#wired.sources.keys()]
  }

  get droppedRecords(): number {
    return this.#scalars.values[this.#dropped] ?? 0
  }

  push(topic: string, record: StreamRecord): StreamOutput[] {
    const source = this.#wired.sources.get(topic)
    if (source === undefined) throw new StreamError('streams.unknown_topic', `the topology reads ${this.topics.join(', ')}, not ${topic}`)
    const timestamp = timestampOf(record)
    this.runtime.topicLength = topic.length
    this.#outputs = []
    this.running = true
    source(record.key ?? null, record.value ?? null, null, timestamp)
    this.#flush()
    if (!this.#queues.idle) this.#drain()
    this.running = false
    return this.#outputs
  }

  /** As `push`, and gives what takes the record's effect back; a record that fails has none. */
  pushUndoable(topic: string, record: StreamRecord): { outputs: StreamOutput[]; undo: () => void } {
    const numbers = [...this.#scalars.values]
    const changes: (() => void)[] = []
    const undo = (): void => {
      for (let at = changes.length - 1; at >= 0; at--) changes[at]?.()
      for (let slot = 0; slot < numbers.length; slot++) this.#scalars.values[slot] = numbers[slot] ?? 0
    }
    this.runtime.journal.undo = changes
    try {
      return { outputs: this.push(topic, record), undo }
    } catch (error) {
      this.runtime.journal.undo = undefined
      this.#queues.clear()
      for (const cache of this.#wired.caches) cache.clear()
      undo()
      this.running = false
      throw error
    } finally {
      this.runtime.journal.undo = undefined
    }
  }

  /** Entries of all stores together. */
  get size(): number {
    let size = 0
    for (const store of this.stores.byName.values()) size += store.size
    return size
  }

  get tracking(): boolean {
    return this.#tracking
  }

  track(): void {
    this.#tracking = true
    for (const store of this.stores.byName.values()) store.track()
  }

  takeChanges(): StateChanges {
    const changes: StateChanges = { rows: [this.#meta()], expired: [] }
    for (const store of this.stores.byName.values()) store.takeChanges(changes)
    return changes
  }

  *rows(): Iterable<StateRow> {
    yield this.#meta()
    for (const store of this.stores.byName.values()) yield* store.entries()
  }

  /** Makes what `takeChanges` once gave happen here. */
  apply(changes: AppliedChanges): void {
    for (const { store, before } of changes.expired) this.#store(store).expire(before)
    for (const row of changes.rows) this.load(row)
  }

  load(row: StateRow): void {
    if (row.store === META) {
      const numbers = JSON.parse(row.value ?? '[]') as number[]
      if (numbers.length !== this.#scalars.values.length || !numbers.every(Number.isSafeInteger))
        throw new StreamError('streams.bad_snapshot', 'the state belongs to another topology')
      for (const [slot, number] of numbers.entries()) this.#scalars.values[slot] = number
      return
    }
    this.#store(row.store).load(row)
  }

  #store(name: string): StateStore {
    const store = this.stores.byName.get(name)
    if (store === undefined) throw new StreamError('streams.bad_snapshot', `the topology has no store ${name}`)
    return store
  }

  #meta(): StateRow {
    return { store: META, segment: 0, key: '""', value: JSON.stringify(this.#scalars.values) }
  }

  #drain(): void {
    this.#queues.settle()
    for (let waiting = this.#queues.take(); waiting !== undefined; waiting = this.#queues.take()) {
      this.#wired.consumers[waiting.queue]?.(waiting.key, waiting.value, waiting.old, waiting.timestamp)
      this.#flush()
      this.#queues.settle()
    }
  }

  #flush(): void {
    for (const cache of this.#wired.caches) cache.flush()
  }

  #sink(topic: string | undefined): Emit {
    return (key, value, _old, timestamp) => {
      if (topic !== undefined)
        this.#outputs.push(
          key instanceof WindowedKey ? { key: key.key, window: key.window, value, timestamp, topic } : { key, value, timestamp, topic },
        )
      else
        this.#outputs.push(key instanceof WindowedKey ? { key: key.key, window: key.window, value, timestamp } : { key, value, timestamp })
    }
  }
}

function whole(option: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
  throw new StreamError('streams.bad_topology', `${option} must be a whole number from ${least}, got ${String(value)}`)
}

function timestampOf(record: unknown): number {
  if (typeof record !== 'object' || record === null || !('timestamp' in record)) {
    throw new StreamError('streams.bad_record', 'a record is { key, value, timestamp }')
  }
  const { timestamp } = record
  if (typeof timestamp !== 'number' || !Number.isInteger(timestamp) || timestamp < 0 || timestamp > MAX_TIMESTAMP_MS) {
    throw new StreamError(
      'streams.bad_record',
      `a timestamp must be a whole number of ms from 0 to ${MAX_TIMESTAMP_MS}, got ${String(timestamp)}`,
    )
  }
  return timestamp === 0 ? 0 : timestamp
}
