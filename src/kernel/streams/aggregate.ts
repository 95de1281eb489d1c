import { identity, WindowedKey, type WindowSpan } from './key-order.ts'
import { pairOf } from './stateless.ts'
import type { Aggregation, Callback } from './plan.ts'
import { orNull, type Emit, type Runtime } from './runtime.ts'
import type { SegmentStore } from './segment-store.ts'
import type { TableStore } from './table-store.ts'
import { detached } from './value-text.ts'
import type { TimeWindow } from './window.ts'

export type AggregateParts<Store> = {
  readonly runtime: Runtime
  readonly rule: Aggregation
  readonly store: Store
  /** Takes every change with what was there before. */
  readonly next: Emit
}

/** One aggregate a key. Kafka: KStreamAggregate, KStreamReduce. Uncached, the old value of a key's first record is the initial one. */
export function aggregateStep(parts: AggregateParts<TableStore>): Emit {
  const { runtime, rule, store, next } = parts
  const { caching } = runtime
  return (key, value, _old, timestamp) => {
    if (key === null || value === null) return runtime.drop()
    const id = identity(key)
    const entry = store.get(id)
    const old = entry === undefined ? orNull(rule.initializer()) : entry.value
    const newTimestamp = entry === undefined ? timestamp : Math.max(timestamp, entry.timestamp)
    const result = orNull(rule.aggregator(key, value, detached(old)))
    store.put(id, result, newTimestamp)
    next(key, result, caching && entry === undefined ? null : old, caching && result === null ? timestamp : newTimestamp)
  }
}

/** Tumbling and hopping windows. Kafka: KStreamWindowAggregate; a null value is aggregated, unlike everywhere else. */
export function windowAggregateStep(windows: TimeWindow, parts: AggregateParts<SegmentStore>): Emit {
  const { runtime, rule, store, next } = parts
  const { caching } = runtime
  const { sizeMs, advanceMs, graceMs } = windows
  const clock = runtime.scalars.values
  const slot = runtime.scalars.slot(-1)
  const spanAt = sharedSpans(windows)
  return (key, value, _old, timestamp) => {
    if (key === null) return runtime.drop()
    if (timestamp > (clock[slot] ?? -1)) clock[slot] = timestamp
    const closed = (clock[slot] ?? -1) - graceMs
    const id = identity(key)
    let start = Math.trunc(Math.max(0, timestamp - sizeMs + advanceMs) / advanceMs) * advanceMs
    for (; start <= timestamp; start += advanceMs) {
      if (start + sizeMs <= closed) {
        runtime.drop()
        continue
      }
      const entry = store.get(id, start)
      const old = entry === undefined ? orNull(rule.initializer()) : entry.value
      const newTimestamp = entry === undefined ? timestamp : Math.max(timestamp, entry.mark)
      const result = orNull(rule.aggregator(key, value, detached(old)))
      if (entry === undefined || result === null) store.put(id, { time: start, mark: newTimestamp }, result)
      else store.update(id, entry, result, newTimestamp)
      const windowed = new WindowedKey(key, spanAt(start))
      next(windowed, result, caching && entry === undefined ? null : old, caching && result === null ? timestamp : newTimestamp)
    }
  }
}

/** Windows that are open at the same time, kept to be shared by all keys; more of them only cost memory. */
const SPANS_KEPT = 64

function sharedSpans({ sizeMs, advanceMs }: TimeWindow): (start: number) => WindowSpan {
  const kept: WindowSpan[] = []
  return (start) => {
    const place = (start / advanceMs) % SPANS_KEPT
    const span = kept[place]
    if (span?.start === start) return span
    return (kept[place] = Object.freeze({ start, end: start + sizeMs }))
  }
}

export type TableAggregateParts = {
  readonly store: TableStore
  readonly initializer: () => unknown
  readonly add: Callback
  readonly subtract: Callback
  readonly caching: boolean
  readonly next: Emit
}

/** Rows of a table under another key: first the old value leaves, then the new one enters. Kafka: KTableAggregate, KTableReduce. */
export function tableAggregateStep(parts: TableAggregateParts): Emit {
  const { store, initializer, add, subtract, caching, next } = parts
  return (key, value, old, timestamp) => {
    const id = identity(key)
    const entry = store.get(id)
    const before = entry === undefined ? null : entry.value
    let result = before
    let newTimestamp = timestamp
    if (entry !== undefined && (old !== null || value !== null)) newTimestamp = Math.max(timestamp, entry.timestamp)
    if (old !== null && result !== null) result = orNull(subtract(key, old, detached(result)))
    if (value !== null) result = orNull(add(key, value, detached(result ?? orNull(initializer()))))
    store.put(id, result, newTimestamp)
    next(key, result, before, caching && result === null ? timestamp : newTimestamp)
  }
}

/** Sends a table's change on under the selected keys: one change when the key stays, else the old one out and the new one in. */
export function tableGroupStep(select: Callback, next: Emit): Emit {
  const selected = (key: unknown, value: unknown): readonly [unknown, unknown] | undefined => {
    if (value === null) return undefined
    let pair: readonly [unknown, unknown] = [null, null]
    pairOf(select(key, value, null), (newKey, newValue) => {
      pair = [newKey, newValue]
    })
    return pair[0] === null || pair[1] === null ? undefined : pair
  }
  return (key, value, old, timestamp) => {
    const after = selected(key, value)
    const before = selected(key, old)
    if (before !== undefined && after !== undefined && identity(before[0]) === identity(after[0])) {
      return next(after[0], after[1], before[1], timestamp)
    }
    if (before !== undefined) next(before[0], null, before[1], timestamp)
    if (after !== undefined) next(after[0], after[1], null, timestamp)
  }
}
