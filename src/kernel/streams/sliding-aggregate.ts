import type { AggregateParts } from './aggregate.ts'
import { identity, WindowedKey } from './key-order.ts'
import { orNull, type Emit } from './runtime.ts'
import type { SegmentStore } from './segment-store.ts'
import { detached } from './value-text.ts'
import type { SlidingWindow } from './window.ts'

/** A window as it was before the current record: its aggregate and the newest record time in it; `fresh` where it begins now. */
type Seen = { readonly value: unknown; readonly timestamp: number; readonly fresh?: boolean }

/** One record on its way through the windows of its key. */
type Visit = { readonly key: unknown; readonly id: string; readonly value: unknown; readonly timestamp: number; readonly closed: number }

/** What the look through the key's windows found. */
type Found = {
  readonly starts: Set<number>
  left: Seen | null
  right: Seen | null
  leftExists: boolean
  rightExists: boolean
  previous: number | null
}

/**
 * Sliding windows: for every record a window that ends at it, and one that starts just after it once a later record falls
 * there. Follows Kafka's KStreamSlidingWindowAggregate over a persistent store (windows are looked at newest first).
 */
export function slidingAggregateStep(windows: SlidingWindow, parts: AggregateParts<SegmentStore>): Emit {
  const { runtime } = parts
  const { timeDifferenceMs: difference, graceMs } = windows
  const clock = runtime.scalars.values
  const slot = runtime.scalars.slot(-1)
  const sliding = new Sliding(difference, parts)
  return (key, value, _old, timestamp) => {
    if (key === null || value === null) return runtime.drop()
    if (timestamp > (clock[slot] ?? -1)) clock[slot] = timestamp
    const closed = (clock[slot] ?? -1) - graceMs
    if (timestamp + difference < closed) return runtime.drop()
    const visit = { key, id: identity(key), value, timestamp, closed }
    if (timestamp < difference) sliding.early(visit)
    else sliding.late(visit)
  }
}

class Sliding {
  readonly #difference: number
  readonly #parts: AggregateParts<SegmentStore>

  constructor(difference: number, parts: AggregateParts<SegmentStore>) {
    this.#difference = difference
    this.#parts = parts
  }

  late(visit: Visit): void {
    const { timestamp } = visit
    const found: Found = { starts: new Set(), left: null, right: null, leftExists: false, rightExists: false, previous: null }
    for (const entry of this.#parts.store.newestFirst(visit.id, Math.max(0, timestamp - 2 * this.#difference), timestamp + 1)) {
      const start = entry.time
      const end = start + this.#difference
      const seen = { value: entry.value, timestamp: entry.mark }
      found.starts.add(start)
      if (start === timestamp + 1) {
        found.rightExists = true
      } else if (end > timestamp) {
        found.right ??= seen
        this.#update(visit, start, seen)
      } else if (end === timestamp) {
        found.leftExists = true
        this.#update(visit, start, seen)
        if (seen.timestamp >= timestamp) return
        found.previous = seen.timestamp
      } else {
        found.left = seen
        found.previous = seen.timestamp
        break
      }
    }
    this.#create(visit, found)
  }

  #create(visit: Visit, found: Found): void {
    const { timestamp } = visit
    const { previous } = found
    if (previous !== null && !found.starts.has(previous + 1) && previous + 1 + this.#difference >= timestamp) {
      this.#update(visit, previous + 1, this.#initial(timestamp))
    }
    if (!found.leftExists) {
      const reaches = previous !== null && timestamp - this.#difference <= previous && found.left !== null
      const seen = reaches && found.left !== null ? { value: found.left.value, timestamp, fresh: true } : this.#initial(timestamp)
      this.#update(visit, timestamp - this.#difference, seen)
    }
    if (!found.rightExists) this.#createRight(visit, found.right)
  }

  /** Records younger than the difference share the window [0, difference]. */
  early(visit: Visit): void {
    const { timestamp } = visit
    const starts = new Set<number>()
    let combined: Seen | null = null
    let right: Seen | null = null
    let previous: number | null = null
    for (const entry of this.#parts.store.newestFirst(visit.id, 0, timestamp + 1).reverse()) {
      const seen = { value: entry.value, timestamp: entry.mark }
      starts.add(entry.time)
      if (entry.time === 0) {
        combined = seen
        if (seen.timestamp < timestamp) previous = seen.timestamp
      } else if (entry.time <= timestamp) {
        right = seen
        this.#update(visit, entry.time, seen)
      }
    }
    if (right === null && combined !== null && combined.timestamp > timestamp) right = combined
    if (!starts.has(timestamp + 1)) this.#createRight(visit, right)
    if (previous !== null && !starts.has(previous + 1)) this.#update(visit, previous + 1, this.#initial(timestamp))
    this.#update(visit, 0, combined ?? this.#initial(timestamp))
  }

  #initial(timestamp: number): Seen {
    return { value: orNull(this.#parts.rule.initializer()), timestamp, fresh: true }
  }

  /** The window just after the record holds what its neighbour held: everything later than the record. */
  #createRight(visit: Visit, right: Seen | null): void {
    if (right === null || right.timestamp <= visit.timestamp) return
    const old = this.#before(visit.id, visit.timestamp + 1)
    this.#store(visit.id, visit.timestamp + 1, right)
    this.#parts.next(this.#windowed(visit.key, visit.timestamp + 1), right.value, old, right.timestamp)
  }

  #update(visit: Visit, start: number, seen: Seen): void {
    const { rule, runtime, next } = this.#parts
    if (start + this.#difference < visit.closed) return runtime.drop()
    const result = orNull(rule.aggregator(visit.key, visit.value, detached(seen.value)))
    const timestamp = seen.value === null ? visit.timestamp : Math.max(visit.timestamp, seen.timestamp)
    const old = runtime.caching && seen.fresh === true ? this.#before(visit.id, start) : seen.value
    this.#store(visit.id, start, { value: result, timestamp })
    next(this.#windowed(visit.key, start), result, old, runtime.caching && result === null ? visit.timestamp : timestamp)
  }

  /** What a cached store holds for a window that the look through the key's windows did not find. */
  #before(id: string, start: number): unknown {
    return this.#parts.runtime.caching ? (this.#parts.store.get(id, start)?.value ?? null) : null
  }

  #store(id: string, start: number, seen: Seen): void {
    this.#parts.store.put(id, { time: start, mark: seen.timestamp }, seen.value)
  }

  #windowed(key: unknown, start: number): WindowedKey {
    return new WindowedKey(key, { start, end: start + this.#difference })
  }
}
