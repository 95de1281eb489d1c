import { identity } from './key-order.ts'
import type { OuterBuffer } from './outer-buffer.ts'
import type { Callback } from './plan.ts'
import { orNull, type Emit, type Runtime } from './runtime.ts'
import type { SegmentStore } from './segment-store.ts'
import type { JoinWindows } from './window.ts'

export type StreamJoinParts = {
  readonly runtime: Runtime
  readonly join: 'inner' | 'left' | 'outer'
  readonly windows: JoinWindows
  readonly call: Callback
  readonly stores: { readonly left: SegmentStore; readonly right: SegmentStore }
  /** Records without a partner yet; only for left and outer joins. */
  readonly unmatched: OuterBuffer | undefined
  readonly next: Emit
}

type Slots = {
  readonly streamTime: number
  readonly minTime: number
  readonly nextEmit: number
  readonly sequence: { left: number; right: number }
}

/**
 * Both inputs of a stream–stream join, [left, right]. An unmatched record of an outer side is emitted once its window and
 * grace are over, never before (KIP-633), by the next record that moves stream time. Kafka: KStreamKStreamJoin, KStreamJoinWindow.
 */
export function streamJoinSteps(parts: StreamJoinParts): readonly [Emit, Emit] {
  const { scalars } = parts.runtime
  const slots: Slots = {
    streamTime: scalars.slot(-1),
    minTime: scalars.slot(Number.MAX_SAFE_INTEGER),
    nextEmit: scalars.slot(0),
    sequence: { left: scalars.slot(0), right: scalars.slot(0) },
  }
  return [side(parts, slots, true), side(parts, slots, false)]
}

function side(parts: StreamJoinParts, slots: Slots, isLeft: boolean): Emit {
  const { runtime, windows, join, unmatched, next } = parts
  const clock = runtime.scalars.values
  const mine = isLeft ? parts.stores.left : parts.stores.right
  const theirs = isLeft ? parts.stores.right : parts.stores.left
  const before = isLeft ? windows.beforeMs : windows.afterMs
  const after = isLeft ? windows.afterMs : windows.beforeMs
  const outer = join === 'outer' || (join === 'left' && isLeft)
  const sequence = isLeft ? slots.sequence.left : slots.sequence.right
  const joined = (key: unknown, own: unknown, other: unknown): unknown =>
    orNull(isLeft ? parts.call(own, other, key) : parts.call(other, own, key))
  const meet = (key: unknown, value: unknown, timestamp: number): void => {
    const from = Math.max(0, timestamp - before)
    const to = Math.max(0, timestamp + after)
    const partners = from > to ? [] : theirs.newestFirst(identity(key), from, to).reverse()
    for (const partner of partners) {
      unmatched?.remove(!isLeft, partner.time, key)
      next(key, joined(key, value, partner.value), null, Math.max(timestamp, partner.time))
    }
    if (partners.length > 0 || !outer) return
    const streamTime = clock[slots.streamTime] ?? -1
    if (unmatched === undefined || to < streamTime) return next(key, joined(key, value, null), null, timestamp)
    clock[slots.minTime] = Math.min(clock[slots.minTime] ?? 0, timestamp)
    unmatched.add(isLeft, timestamp, { key, value })
  }
  return (key, value, _old, timestamp) => {
    if (timestamp > (clock[slots.streamTime] ?? -1)) clock[slots.streamTime] = timestamp
    if (outer && key === null && value !== null) return next(key, joined(key, value, null), null, timestamp)
    if (key === null || value === null) return runtime.drop()
    if (unmatched !== undefined && timestamp === clock[slots.streamTime]) emitClosed(parts, { slots, after })
    meet(key, value, timestamp)
    const mark = ((clock[sequence] ?? 0) + 1) % 0x80000000
    clock[sequence] = mark
    mine.put(identity(key), { time: timestamp, mark }, value)
  }
}

function emitClosed(parts: StreamJoinParts, how: { slots: Slots; after: number }): void {
  const { runtime, windows, unmatched, next, call } = parts
  const { slots } = how
  const clock = runtime.scalars.values
  const streamTime = clock[slots.streamTime] ?? -1
  if (unmatched === undefined) return
  // Kafka's "nothing held" is the largest long: adding to it overflows, so an idle look still restarts the throttle.
  const minTime = clock[slots.minTime] ?? 0
  const overflows = minTime === Number.MAX_SAFE_INTEGER && how.after + windows.graceMs > 0
  if (!overflows && minTime + how.after + windows.graceMs >= streamTime) return
  if (runtime.wallClockMs < (clock[slots.nextEmit] ?? 0)) return
  clock[slots.nextEmit] = runtime.wallClockMs + runtime.outerJoinEmitIntervalMs
  const walked = unmatched.takeClosed((left, timestamp) => {
    return timestamp + (left ? windows.afterMs : windows.beforeMs) + windows.graceMs >= streamTime
  })
  clock[slots.minTime] = walked.minTime
  for (const { left, key, timestamp, values } of walked.closed) {
    for (const value of values) {
      next(key, orNull(left ? call(value, null, key) : call(null, value, key)), null, timestamp)
    }
  }
}
