import type { AggregateParts } from './aggregate.ts'
import { identity, WindowedKey } from './key-order.ts'
import { orNull, type Emit } from './runtime.ts'
import type { SegmentStore } from './segment-store.ts'
import { detached, type SegmentEntry } from './value-text.ts'
import type { SessionWindow } from './window.ts'

/**
 * Session windows: sessions within the gap of a record are removed (a tombstone each, by end then start) and one that
 * spans them takes their place. Outputs carry the session's end as timestamp. Kafka: KStreamSessionWindowAggregate.
 */
export function sessionAggregateStep(windows: SessionWindow, parts: AggregateParts<SegmentStore>): Emit {
  const { runtime, rule, store, next } = parts
  const { gapMs, graceMs } = windows
  const clock = runtime.scalars.values
  const slot = runtime.scalars.slot(-1)
  return (key, value, _old, timestamp) => {
    if (key === null) return runtime.drop()
    if (timestamp > (clock[slot] ?? -1)) clock[slot] = timestamp
    const closed = (clock[slot] ?? -1) - graceMs - gapMs
    const id = identity(key)
    const merged = sessionsAround(store, id, { from: timestamp - gapMs, to: timestamp + gapMs })
    let aggregate = orNull(rule.initializer())
    let start = timestamp
    let end = timestamp
    for (const session of merged) {
      aggregate = orNull(rule.merger(key, detached(aggregate), detached(session.value)))
      start = Math.min(start, session.mark)
      end = Math.max(end, session.time)
    }
    if (end < closed) return runtime.drop()
    // A cache does not see that it goes and comes again within one record.
    const same = runtime.caching ? merged.find((session) => session.time === end && session.mark === start) : undefined
    const old = same === undefined ? null : same.value
    if (start !== timestamp || end !== timestamp) {
      for (const session of merged) {
        if (session === same) continue
        store.remove(id, session.time, session.mark)
        const gone = new WindowedKey(key, { start: session.mark, end: session.time })
        next(gone, null, session.value, session.time)
      }
    }
    const result = orNull(rule.aggregator(key, value, detached(aggregate)))
    store.put(id, { time: end, mark: start }, result)
    next(new WindowedKey(key, { start, end }), result, old, end)
  }
}

/** A key's sessions that end at or after `from` and start at or before `to`, by end, then start. */
export function sessionsAround(store: SegmentStore, id: string, span: { from: number; to: number }): SegmentEntry[] {
  return store
    .newestFirst(id, span.from, Number.MAX_SAFE_INTEGER)
    .filter((entry) => entry.mark <= span.to)
    .reverse()
}
