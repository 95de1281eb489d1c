import type { Output } from './builder.ts'
import { Engine, type EngineOptions, type StreamOutput, type StreamRecord } from './engine.ts'
import { plan, reachable, type PlanNode } from './plan.ts'
import type { StateChanges, StateRow } from './state-row.ts'
import { StreamError } from './stream-error.ts'

/** A finished set of streams and tables. `shape` tells it from others: state of one shape is never read by another. */
export type Topology = {
  readonly nodes: readonly PlanNode[]
  readonly topics: readonly string[]
  readonly shape: string
  readonly options: EngineOptions
}

type Holder = { readonly engine: Engine; version: number }

/**
 * The state after some records. It is spent by the `step` that goes on from it: keep the state that `step` returns, or
 * `snapshot` before. (Inside, one engine is changed in place for speed; a spent state throws streams.stale_state.)
 */
export class StreamState {
  readonly topology: Topology
  readonly version: number
  readonly #holder: Holder

  constructor(of: Topology, holder: Holder) {
    this.topology = of
    this.version = holder.version
    this.#holder = holder
  }

  get droppedRecords(): number {
    return this.#holder.engine.droppedRecords
  }

  static holder(state: StreamState): Holder {
    if (!(#holder in state)) throw new StreamError('streams.stale_state', 'not a state of this module: use start, step, restore or resume')
    const holder = state.#holder
    if (holder.engine.running)
      throw new StreamError('streams.state_failed', 'a step failed half-way; go on from the last snapshot or commit')
    if (holder.version !== state.version) {
      throw new StreamError(
        'streams.stale_state',
        `this state was spent: version ${state.version} of ${holder.version}; use what step returned`,
      )
    }
    return holder
  }
}

/** Joins outputs (streams, tables, or `to('topic')` ends) into one topology. Throws streams.bad_topology. */
export function topology(outputs: Output | readonly Output[], options: EngineOptions = {}): Topology {
  const list = Array.isArray(outputs) ? (outputs as readonly Output[]) : [outputs as Output]
  if (list.length === 0) throw new StreamError('streams.bad_topology', 'a topology needs at least one output')
  const ends = list.map(({ node }) => (node.step.kind === 'sink' ? node : plan({ kind: 'sink', topic: undefined }, node)))
  const nodes = reachable(ends)
  const { topics } = new Engine(nodes, options)
  return { nodes, topics, shape: shapeOf(nodes), options }
}

/** The state before the first record. */
export function start(of: Topology): StreamState {
  return new StreamState(of, { engine: new Engine(of.nodes, of.options), version: 0 })
}

/**
 * One record in: [the state after it, its outputs in order]. Deterministic: the same log gives the same bytes. The topic is
 * named by `topic` or in the record when the topology reads several. A throw (a bad record is refused first, without harm) spends the state.
 */
export function step(state: StreamState, record: StreamRecord, topic?: string): [StreamState, StreamOutput[]] {
  const holder = StreamState.holder(state)
  const outputs = holder.engine.push(topicOf(state.topology, topic, record), record)
  holder.version += 1
  return [new StreamState(state.topology, holder), outputs]
}

/** As `step` over many records, with one state at the end: for logs and batches. Outputs of record i are `outputs[i]`. */
export function stepAll(state: StreamState, records: readonly StreamRecord[]): [StreamState, StreamOutput[][]] {
  const holder = StreamState.holder(state)
  const outputs: StreamOutput[][] = []
  for (const record of records) outputs.push(holder.engine.push(topicOf(state.topology, undefined, record), record))
  holder.version += 1
  return [new StreamState(state.topology, holder), outputs]
}

/** The whole state as text: a line of shape, then a line an entry, sorted. Equal states give equal bytes. */
export function snapshot(state: StreamState): string {
  const lines = Array.from(StreamState.holder(state).engine.rows(), (row) => JSON.stringify([row.store, row.segment, row.key, row.value]))
  return [JSON.stringify(['holdfast.streams.1', state.topology.shape]), ...lines.sort()].join('\n')
}

/** The inverse of `snapshot`, for a topology of the same shape. Throws streams.bad_snapshot. */
export function restore(of: Topology, text: string): StreamState {
  const [head, ...lines] = text.split('\n')
  const [format, shape] = parsed(head ?? '')
  if (format !== 'holdfast.streams.1' || shape !== of.shape)
    throw new StreamError('streams.bad_snapshot', 'the snapshot belongs to another topology or format')
  return resume(
    of,
    lines.map((line) => {
      const [store, segment, key, value] = parsed(line)
      return { store: String(store), segment: Number(segment), key: String(key), value: typeof value === 'string' ? value : null }
    }),
  )
}

/** A state made of stored rows, in any order. Throws streams.bad_snapshot. */
export function resume(of: Topology, rows: Iterable<StateRow>): StreamState {
  const loading = resuming(of)
  loading.add(rows)
  return loading.state()
}

/** As `resume`, for rows that come in pages. */
export function resuming(of: Topology): { add(rows: Iterable<StateRow>): void; state(): StreamState } {
  const engine = new Engine(of.nodes, of.options)
  const add = (rows: Iterable<StateRow>): void => {
    try {
      for (const row of rows) engine.load(row)
    } catch (error) {
      if (error instanceof StreamError) throw error
      throw new StreamError(
        'streams.bad_snapshot',
        `a stored row cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  return { add, state: () => new StreamState(of, { engine, version: 0 }) }
}

/** From now on the state remembers what changes, for `takeChanges`. */
export function track(state: StreamState): void {
  StreamState.holder(state).engine.track()
}

/** What changed since the last call, to be stored with the outputs and the position in one transaction. */
export function takeChanges(state: StreamState): StateChanges {
  return StreamState.holder(state).engine.takeChanges()
}

/** The engine behind a state, for queries and the test driver of this module. */
export function engineOf(state: StreamState): Engine {
  return StreamState.holder(state).engine
}

function topicOf(of: Topology, topic: string | undefined, record: StreamRecord | null): string {
  const [only, another] = of.topics
  const chosen = topic ?? (another === undefined ? only : record?.topic)
  if (chosen === undefined) throw new StreamError('streams.unknown_topic', `the topology reads ${of.topics.join(', ')}: say which`)
  return chosen
}

function parsed(line: string): unknown[] {
  try {
    const value: unknown = JSON.parse(line)
    if (Array.isArray(value)) return value
  } catch {
    // falls through to the refusal below
  }
  throw new StreamError('streams.bad_snapshot', 'a snapshot line must be a JSON list')
}

function shapeOf(nodes: readonly PlanNode[]): string {
  return JSON.stringify(
    nodes.map((node) => {
      const parents = node.parents.map((parent) => nodes.indexOf(parent))
      return [node.step, parents]
    }),
    (_, value: unknown) => (typeof value === 'function' ? undefined : value),
  )
}
