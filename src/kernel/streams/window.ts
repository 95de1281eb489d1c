import { StreamError } from './stream-error.ts'

/** Milliseconds since 1970; the last moment a JavaScript Date can show, so that sums with a duration stay exact. */
export const MAX_TIMESTAMP_MS = 8_640_000_000_000_000
/** Longest size, gap, grace or wait: about 3,170 years. Timestamp plus three durations stays below 2^53. */
const MAX_DURATION_MS = 100_000_000_000_000
/** A record may fall into this many hopping windows; size/advance beyond it is refused when the window is made. */
const MAX_WINDOWS_PER_RECORD = 10_000

export type TimeWindow = { readonly kind: 'time'; readonly sizeMs: number; readonly advanceMs: number; readonly graceMs: number }
export type SlidingWindow = { readonly kind: 'sliding'; readonly timeDifferenceMs: number; readonly graceMs: number }
export type SessionWindow = { readonly kind: 'session'; readonly gapMs: number; readonly graceMs: number }
export type WindowDefinition = TimeWindow | SlidingWindow | SessionWindow
export type JoinWindows = { readonly beforeMs: number; readonly afterMs: number; readonly graceMs: number }

/** `[start, end)` aligned to 1970, one window a record. Units: ms. Throws streams.bad_window. Kafka: TimeWindows.ofSizeAndGrace. */
export function tumbling(options: { sizeMs: number; graceMs?: number }): TimeWindow {
  return hopping({ sizeMs: options.sizeMs, advanceMs: options.sizeMs, graceMs: options.graceMs ?? 0 })
}

/** Overlapping `[start, end)` windows, a new one every `advanceMs` (0 < advance ≤ size). Kafka: TimeWindows.advanceBy. */
export function hopping(options: { sizeMs: number; advanceMs: number; graceMs?: number }): TimeWindow {
  const sizeMs = duration(options.sizeMs, 'sizeMs', 1)
  const advanceMs = duration(options.advanceMs, 'advanceMs', 1)
  if (advanceMs > sizeMs) throw new StreamError('streams.bad_window', `advanceMs ${advanceMs} must not exceed sizeMs ${sizeMs}`)
  if (sizeMs / advanceMs > MAX_WINDOWS_PER_RECORD) {
    throw new StreamError('streams.bad_window', `sizeMs / advanceMs must not exceed ${MAX_WINDOWS_PER_RECORD} windows a record`)
  }
  return { kind: 'time', sizeMs, advanceMs, graceMs: duration(options.graceMs ?? 0, 'graceMs', 0) }
}

/** Windows `[start, end]`, both inclusive, made around records at most `timeDifferenceMs` apart. Kafka: SlidingWindows. */
export function sliding(options: { timeDifferenceMs: number; graceMs?: number }): SlidingWindow {
  const timeDifferenceMs = duration(options.timeDifferenceMs, 'timeDifferenceMs', 1)
  return { kind: 'sliding', timeDifferenceMs, graceMs: duration(options.graceMs ?? 0, 'graceMs', 0) }
}

/** Windows `[start, end]` that grow and merge while records are at most `gapMs` apart. Kafka: SessionWindows. */
export function session(options: { gapMs: number; graceMs?: number }): SessionWindow {
  return { kind: 'session', gapMs: duration(options.gapMs, 'gapMs', 0), graceMs: duration(options.graceMs ?? 0, 'graceMs', 0) }
}

/**
 * A right record joins a left one when `left - beforeMs ≤ right ≤ left + afterMs`. `timeDifferenceMs` sets both; either may
 * be negative as long as their sum is not. Kafka: JoinWindows.ofTimeDifferenceAndGrace, before, after.
 */
export function joinWindows(options: { timeDifferenceMs?: number; beforeMs?: number; afterMs?: number; graceMs?: number }): JoinWindows {
  const beforeMs = duration(options.beforeMs ?? options.timeDifferenceMs, 'beforeMs', -MAX_DURATION_MS)
  const afterMs = duration(options.afterMs ?? options.timeDifferenceMs, 'afterMs', -MAX_DURATION_MS)
  if (beforeMs + afterMs < 0) throw new StreamError('streams.bad_window', 'beforeMs + afterMs must not be negative')
  return { beforeMs, afterMs, graceMs: duration(options.graceMs ?? 0, 'graceMs', 0) }
}

/** Checks a whole number of milliseconds within named bounds; throws streams.bad_window. */
export function duration(value: unknown, name: string, least: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > MAX_DURATION_MS) {
    throw new StreamError(
      'streams.bad_window',
      `${name} must be a whole number of ms from ${least} to ${MAX_DURATION_MS}, got ${String(value)}`,
    )
  }
  return value === 0 ? 0 : value
}
