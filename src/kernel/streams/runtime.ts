/** Hands a record on: value null is a tombstone (or a missing value), `old` what a table held before, when asked for. */
export type Emit = (key: unknown, value: unknown, old: unknown, timestamp: number) => void

/** While a step may have to be taken back: what undoes each change to a store, in the order of the changes. */
export type Journal = { undo: (() => void)[] | undefined }

/** What the processors of one running topology share. */
export type Runtime = {
  readonly scalars: Scalars
  readonly journal: Journal
  readonly maxEntries: number
  /** Stored changes are handed on once the record that made them is done, one a key (see `ChangeCache`). */
  readonly caching: boolean
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

/** One stored entry of state as text: what a snapshot line or a table row holds. `value` null means the entry is gone. */
export type StateRow = { readonly store: string; readonly segment: number; readonly key: string; readonly value: string | null }

/** Every entry of `store` in segments below `before` is gone (its windows can no longer be read or changed). */
export type ExpiredSegments = { readonly store: string; readonly before: number }

export type StateChanges = { readonly rows: StateRow[]; readonly expired: ExpiredSegments[] }

export type AppliedChanges = { readonly rows: Iterable<StateRow>; readonly expired: Iterable<ExpiredSegments> }

/** What the engine asks of each store: all entries out, changes in, and what changed since it last asked (once tracking). */
export type StateStore = {
  readonly name: string
  readonly size: number
  entries(): Iterable<StateRow>
  /** Puts a stored row in the place of what was there; null takes it away. */
  load(row: StateRow): void
  /** Drops all segments below `before`; nothing in stores without windows. */
  expire(before: number): void
  track(): void
  takeChanges(into: StateChanges): void
}

/** The ids of a store's entries that changed since they were last taken, once it tracks. */
export class ChangedIds {
  #ids: Set<string> | undefined

  get tracking(): boolean {
    return this.#ids !== undefined
  }

  track(): void {
    this.#ids ??= new Set()
  }

  add(id: string): void {
    this.#ids?.add(id)
  }

  take(): Iterable<string> {
    const taken = this.#ids ?? []
    if (this.#ids !== undefined) this.#ids = new Set()
    return taken
  }
}

/** Numbers that belong to the state (stream times, sequences, counters): one array, a slot each, so that all travel together. */
export class Scalars {
  readonly values: number[] = []
  slot(initial: number): number {
    this.values.push(initial)
    return this.values.length - 1
  }
}
