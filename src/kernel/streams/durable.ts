import type { StreamOutput, StreamRecord } from './engine.ts'
import type { StateChanges, StateRow } from './state-row.ts'
import { StreamError } from './stream-error.ts'
import { resuming, stepAll, takeChanges, track, type StreamState, type Topology } from './topology.ts'

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

/** A record with its place in the log: whole numbers that grow, from 1. */
export type LoggedRecord = StreamRecord & { readonly position: number; readonly topic?: string }

/**
 * A topology run over a log with each record's effect kept exactly once, however often the log is read again: records at or
 * before `position` are passed over, and state, outputs and position move in one commit. After a rejection, `open` again.
 */
export class DurableRun {
  readonly #store: StreamStore
  #state: StreamState
  #position: number
  #broken = false

  private constructor(store: StreamStore, state: StreamState, position: number) {
    this.#store = store
    this.#state = state
    this.#position = position
  }

  static async open(of: Topology, store: StreamStore): Promise<DurableRun> {
    const { position, pages } = await store.open(of.shape)
    const loading = resuming(of)
    for await (const page of pages) loading.add(page)
    const state = loading.state()
    track(state)
    return new DurableRun(store, state, position)
  }

  get position(): number {
    return this.#position
  }

  /** For queries between batches (`view`), never to step. */
  get state(): StreamState {
    return this.#state
  }

  /** Runs a batch and commits it. Resolves with the outputs once they are kept. */
  async process(records: readonly LoggedRecord[]): Promise<StreamOutput[]> {
    if (this.#broken) throw new StreamError('streams.state_failed', 'a batch failed or is still under way: open the run again')
    const fresh = records.filter((record) => record.position > this.#position)
    const last = fresh.at(-1)
    if (last === undefined) return []
    growing(fresh)
    this.#broken = true
    const [state, made] = stepAll(this.#state, fresh)
    const outputs = made.flat()
    await this.#store.commit({ from: this.#position, position: last.position, changes: takeChanges(state), outputs })
    this.#state = state
    this.#position = last.position
    this.#broken = false
    return outputs
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
