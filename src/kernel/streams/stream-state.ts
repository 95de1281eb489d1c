import { Engine, type StreamOutput, type StreamRecord } from './engine.ts'
import { StreamError } from './stream-error.ts'
import type { Topology } from './topology.ts'

/** So many steps can be gone back to; a state older than that is refused. */
const STEPS_KEPT = 1_000

type Step = { readonly topic: string; readonly record: StreamRecord; readonly wallClockMs: number; readonly undo: () => void }

/**
 * One engine and the versions it has been through. The engine is changed in place; what takes the last steps back is kept, so
 * that an older version can be made again when someone goes on from it.
 */
class Timeline {
  readonly of: Topology
  readonly engine: Engine
  version = 0
  /** True when version 0 is the state before the first record, which is always at hand. */
  readonly #fromStart: boolean
  readonly #steps: (Step | undefined)[] = []
  /** The oldest version that can be gone back to. */
  #oldest = 0

  constructor(of: Topology, engine: Engine, fromStart: boolean) {
    this.of = of
    this.engine = engine
    this.#fromStart = fromStart
  }

  step(topic: string, record: StreamRecord): StreamOutput[] {
    const outputs = this.#push({ topic, record, wallClockMs: this.engine.runtime.wallClockMs }, this.version)
    this.version += 1
    this.#oldest = Math.max(this.#oldest, this.version - STEPS_KEPT)
    return outputs
  }

  /** Faster, but there is no way back behind it. */
  stepAll(records: readonly { readonly topic: string; readonly record: StreamRecord }[]): StreamOutput[][] {
    const outputs = records.map(({ topic, record }) => this.engine.push(topic, record))
    this.version += 1
    this.#oldest = this.version
    this.#steps.length = 0
    return outputs
  }

  /** A timeline of its own that begins as this one was at `version`: back there, copy, and forward again. */
  branch(version: number): Timeline {
    if (version === 0 && this.#fromStart) return new Timeline(this.of, new Engine(this.of.nodes, this.of.options), true)
    if (version < this.#oldest) {
      throw new StreamError(
        'streams.stale_state',
        `this state cannot be gone back to: it is version ${version} of ${this.version}, the oldest kept is ${this.#oldest}; keep a snapshot of it`,
      )
    }
    const { wallClockMs } = this.engine.runtime
    const steps: Step[] = []
    for (let at = this.version - 1; at >= version; at--) {
      const step = this.#steps[at % STEPS_KEPT]
      if (step === undefined) continue
      step.undo()
      steps.unshift(step)
    }
    const copy = new Engine(this.of.nodes, this.of.options)
    copy.runtime.wallClockMs = steps[0]?.wallClockMs ?? wallClockMs
    for (const row of this.engine.rows()) copy.load(row)
    for (const [index, step] of steps.entries()) this.#push(step, version + index)
    this.engine.runtime.wallClockMs = wallClockMs
    return new Timeline(this.of, copy, false)
  }

  #push(step: Omit<Step, 'undo'>, version: number): StreamOutput[] {
    const { topic, record, wallClockMs } = step
    this.engine.runtime.wallClockMs = wallClockMs
    const { outputs, undo } = this.engine.pushUndoable(topic, record)
    this.#steps[version % STEPS_KEPT] = { topic, record, wallClockMs, undo }
    return outputs
  }
}

/**
 * The state after some records: a value. Going on from it twice gives the same twice; nothing that is done with a later state
 * shows in it. Cheap for the newest state; going back to one of the last 1,000 (or the start) costs a copy of the state.
 */
export class StreamState {
  readonly topology: Topology
  readonly droppedRecords: number
  #version: number
  #timeline: Timeline

  constructor(timeline: Timeline) {
    this.topology = timeline.of
    this.droppedRecords = timeline.engine.droppedRecords
    this.#version = timeline.version
    this.#timeline = timeline
  }

  /** A state that nothing has gone on from: of the start, or with rows loaded into its engine. */
  static of(topology: Topology, engine: Engine = new Engine(topology.nodes, topology.options), fromStart = true): StreamState {
    return new StreamState(new Timeline(topology, engine, fromStart))
  }

  /** The timeline of a state, with its engine standing at that state. */
  static timeline(state: StreamState): Timeline {
    if (!(#timeline in state))
      throw new StreamError('streams.stale_state', 'not a state of this module: use start, step, restore or resume')
    const timeline = state.#timeline
    if (timeline.engine.running)
      throw new StreamError('streams.state_failed', 'stepAll failed half-way; go on from the last snapshot or commit')
    if (timeline.version !== state.#version) {
      state.#timeline = timeline.branch(state.#version)
      state.#version = 0
    }
    return state.#timeline
  }
}
