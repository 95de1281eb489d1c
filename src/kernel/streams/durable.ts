import type { StreamOutput, StreamRecord } from './engine.ts'
import type { AppliedChanges, StateChanges, StateRow } from './runtime.ts'
import { StreamError } from './stream-error.ts'
import type { StreamState } from './stream-state.ts'
import { engineOf, resuming, stepAll, takeChanges, track, type Topology } from './topology.ts'

/** What a commit keeps, all or nothing. `from` is the position it goes on from: a store refuses a commit that does not fit. */
export type StreamCommit = {
  readonly from: number
  readonly position: number
  readonly changes: StateChanges
  /** Now and then the whole state, to take the place of all that was kept: so what is kept stays in proportion. Read it before resolving, as often as the store tries. */
  readonly whole?: Iterable<StateRow>
  readonly outputs: readonly StreamOutput[]
}

/**
 * Where a durable run keeps its state, outputs and position. `open` gives the last committed position and all changes kept, in
 * order, and shuts out whoever had the run open before; `commit` resolves only when all is kept, and rejects when it may not be.
 */
export type StreamStore = {
  open(shape: string): Promise<{ readonly position: number; readonly kept: AsyncIterable<AppliedChanges> }>
  commit(batch: StreamCommit): Promise<void>
}

const MAX_WAITING = 4
/** A whole state is committed once the rows kept exceed this, and so many times the state's own entries: 1.5 rows written a changed one. */
const WHOLE_AFTER_ROWS = 100_000
const WHOLE_AFTER_TIMES = 2

/** A record with its place in the log: whole numbers from 1 that grow within a batch. */
export type LoggedRecord = StreamRecord & { readonly position: number }

/**
 * A topology run over a log with each record's effect kept exactly once, however often the log is read again: records at or
 * before `position` are passed over, and state, outputs and position move in one commit. After a rejection, `open` again.
 */
export class DurableRun {
  readonly #store: StreamStore
  #state: StreamState
  #stepped: number
  #committed: number
  /** Rows kept since the whole state was. */
  #kept: number
  readonly #wholeAfterRows: number
  #waiting = 0
  #turn: Promise<unknown> = Promise.resolve()
  #last: Promise<void> = Promise.resolve()
  #broken = false

  private constructor(store: StreamStore, loaded: { state: StreamState; position: number; kept: number; wholeAfterRows: number }) {
    this.#store = store
    this.#state = loaded.state
    this.#stepped = loaded.position
    this.#committed = loaded.position
    this.#kept = loaded.kept
    this.#wholeAfterRows = loaded.wholeAfterRows
  }

  /** `wholeAfterRows`: rows of changes to keep before the whole state takes their place; default 100,000. */
  static async open(of: Topology, store: StreamStore, { wholeAfterRows = WHOLE_AFTER_ROWS } = {}): Promise<DurableRun> {
    const { position, kept } = await store.open(of.shape)
    const loading = resuming(of)
    let rows = 0
    for await (const changes of kept) {
      loading.add(changes)
      for (const _row of changes.rows) rows += 1
    }
    const state = loading.state()
    track(state)
    return new DurableRun(store, { state, position, kept: Math.max(0, rows - engineOf(state).size), wholeAfterRows })
  }

  /** The last position whose effect is kept. */
  get position(): number {
    return this.#committed
  }

  /** For queries (`view`), never to step: it may be a few batches ahead of what is kept. */
  get state(): StreamState {
    return this.#state
  }

  /**
   * Runs a batch and commits it; resolves with its outputs once they are kept. Up to 4 calls may be under way: the next batch is
   * worked on while the last one is being committed, and commits follow in the order of the calls.
   */
  async process(records: readonly LoggedRecord[]): Promise<StreamOutput[]> {
    if (this.#broken) throw new StreamError('streams.state_failed', 'a batch failed: open the run again')
    if (this.#waiting >= MAX_WAITING)
      throw new StreamError('streams.buffer_full', `${MAX_WAITING} batches wait to be committed: wait for one`)
    this.#waiting += 1
    try {
      const stepping = this.#turn.then(() => this.#stepThrough(records))
      this.#turn = stepping.then(
        ({ whole }) => whole,
        () => undefined,
      )
      const { made, kept } = await stepping
      await kept
      return made
    } finally {
      this.#waiting -= 1
    }
  }

  /** `whole` ends when the whole state is kept: it is read from the state itself, which must stand still until then. */
  #stepThrough(records: readonly LoggedRecord[]): { made: StreamOutput[]; kept: Promise<void>; whole: Promise<void> | undefined } {
    if (this.#broken) throw new StreamError('streams.state_failed', 'an earlier batch failed: open the run again')
    growing(records)
    const fresh = records.filter((record) => record.position > this.#stepped)
    const position = fresh.at(-1)?.position
    if (position === undefined) return { made: [], kept: this.#last, whole: undefined }
    const { made, commit } = this.#effectOf(fresh, position)
    const kept = this.#last.then(() => this.#commit(commit))
    this.#last = kept.catch(() => undefined)
    return { made, kept, whole: commit.whole === undefined ? undefined : this.#last }
  }

  #effectOf(records: readonly LoggedRecord[], position: number): { made: StreamOutput[]; commit: StreamCommit } {
    try {
      const [state, outputs] = stepAll(this.#state, records)
      const made = outputs.flat()
      const changes = takeChanges(state)
      const commit = { from: this.#stepped, position, changes, outputs: made }
      this.#state = state
      this.#stepped = position
      this.#kept += changes.rows.length
      const engine = engineOf(state)
      if (this.#kept <= Math.max(this.#wholeAfterRows, WHOLE_AFTER_TIMES * engine.size)) return { made, commit }
      this.#kept = 0
      return { made, commit: { ...commit, whole: { [Symbol.iterator]: () => engine.rows()[Symbol.iterator]() } } }
    } catch (error) {
      this.#broken = true
      throw error
    }
  }

  async #commit(batch: StreamCommit): Promise<void> {
    try {
      if (this.#broken) throw new StreamError('streams.state_failed', 'an earlier batch failed: open the run again')
      await this.#store.commit(batch)
      this.#committed = batch.position
    } catch (error) {
      this.#broken = true
      throw error
    }
  }
}

function growing(records: readonly LoggedRecord[]): void {
  let before = 0
  for (const { position } of records) {
    if (!Number.isSafeInteger(position) || position <= before) {
      throw new StreamError('streams.bad_record', `positions must be whole numbers that grow: ${String(position)} after ${before}`)
    }
    before = position
  }
}
