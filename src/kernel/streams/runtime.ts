import type { Scalars } from './state-row.ts'

/** Hands a record on: value null is a tombstone (or a missing value), `old` what a table held before, when asked for. */
export type Emit = (key: unknown, value: unknown, old: unknown, timestamp: number) => void

/** While a step may have to be taken back: what undoes each change to a store, in the order of the changes. */
export type Journal = { undo: (() => void)[] | undefined }

/** What the processors of one running topology share. */
export type Runtime = {
  readonly scalars: Scalars
  readonly journal: Journal
  readonly maxEntries: number
  readonly outerJoinEmitIntervalMs: number
  /** Counts one dropped record, as Kafka's dropped-records-total. */
  readonly drop: () => void
  /** Length of the topic's name that the current record came from: part of what a buffer limited by bytes counts. */
  topicLength: number
  /** Wall clock of a test driver; only the throttle of outer joins reads it. */
  wallClockMs: number
}

export function orNull(value: unknown): unknown {
  return value === undefined ? null : value
}
