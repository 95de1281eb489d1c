import type { StreamOutput, StreamRecord } from './engine.ts'
import type { StateChanges, StateRow } from './state-row.ts'
import { StreamError } from './stream-error.ts'
import type { StreamState } from './stream-state.ts'
import { resuming, stepAll, takeChanges, track, type Topology } from './topology.ts'

/** What a commit keeps, all or nothing. `from` is the position it goes on from: a store refuses a commit that does not fit. */
export type StreamCommit = {
  readonly from: number
  readonly position: number
  readonly changes: StateChanges
  readonly outputs: readonly StreamOutput[]
}

/**
 * Where a durable run keeps its state, outputs and position. `open` gives the last committed position and state in pages, and
 * shuts out whoever had the run open before; `commit` resolves only when all is kept, and rejects when it may not be.
 */
export type StreamStore = {
  open(shape: string): Promise<{ readonly position: number; readonly pages: AsyncIterable<readonly StateRow[]> }>
  commit(batch: StreamCommit): Promise<void>
}

const MAX_WAITING = 4

/** A record with its place in the log: whole numbers that grow, from 1. */
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
  #waiting = 0
  #last: Promise<void> = Promise.resolve()
  #broken = false

  private constructor(store: StreamStore, state: StreamState, position: number) {
    this.#store = store
    this.#state = state
    this.#stepped = position
    this.#committed = position
  }

  static async open(of: Topology, store: StreamStore): Promise<DurableRun> {
    const { position, pages } = await store.open(of.shape)
    const loading = resuming(of)
    for await (const page of pages) loading.add(page)
    const state = loading.state()
    track(state)
    return new DurableRun(store, state, position)
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
    const fresh = records.filter((record) => record.position > this.#stepped)
    const last = fresh.at(-1)
    if (last === undefined) return []
    growing(fresh)
    const { made, commit } = this.#stepThrough(fresh, last.position)
    this.#waiting += 1
    const mine = this.#last.then(() => this.#commit(commit))
    this.#last = mine.catch(() => undefined)
    await mine
    return made
  }

  #stepThrough(records: readonly LoggedRecord[], position: number): { made: StreamOutput[]; commit: StreamCommit } {
    try {
      const [state, outputs] = stepAll(this.#state, records)
      const made = outputs.flat()
      const commit = { from: this.#stepped, position, changes: takeChanges(state), outputs: made }
      this.#state = state
      this.#stepped = position
      return { made, commit }
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
    } finally {
      this.#waiting -= 1
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
