import type { Output } from './builder.ts'
import { Engine, type EngineOptions, type StreamOutput, type StreamRecord } from './engine.ts'
import { plan, reachable, type PlanNode } from './plan.ts'
import type { AppliedChanges, StateChanges, StateRow } from './runtime.ts'
import { StreamError } from './stream-error.ts'
import { StreamState } from './stream-state.ts'

/** A finished set of streams and tables. `shape` tells it from others: state of one shape is never read by another. */
export type Topology = {
  readonly nodes: readonly PlanNode[]
  readonly topics: readonly string[]
  readonly shape: string
  readonly options: EngineOptions
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

/** The state before the first record. `options` go before those the topology was made with. */
export function start(of: Topology, options: EngineOptions = {}): StreamState {
  return StreamState.of({ ...of, options: { ...of.options, ...options } })
}

/**
 * One record in: [the state after it, its outputs in order]. Pure: the state given stays as it was, a record that fails changes
 * nothing, the same log gives the same bytes. The topic is named by `topic` or in the record when the topology reads several.
 */
export function step(state: StreamState, record: StreamRecord, topic?: string): [StreamState, StreamOutput[]] {
  const timeline = StreamState.timeline(state)
  const outputs = timeline.step(topicOf(state.topology, topic, record), record)
  return [new StreamState(timeline), outputs]
}

/**
 * As `step` over many records, for logs and batches: outputs of record i are `outputs[i]`. It keeps no way back: the state given
 * and those before it are spent (streams.stale_state), and a record that fails spends them too (streams.state_failed).
 */
export function stepAll(state: StreamState, records: readonly StreamRecord[]): [StreamState, StreamOutput[][]] {
  const timeline = StreamState.timeline(state)
  const outputs = timeline.stepAll(records.map((record) => ({ topic: topicOf(state.topology, undefined, record), record })))
  return [new StreamState(timeline), outputs]
}

/** The whole state as text: a line of shape, then a line an entry, sorted. Equal states give equal bytes. */
export function snapshot(state: StreamState): string {
  const lines = Array.from(StreamState.timeline(state).engine.rows(), (row) => JSON.stringify([row.store, row.segment, row.key, row.value]))
  return [JSON.stringify(['holdfast.streams.1', state.topology.shape]), ...lines.sort()].join('\n')
}

/** The inverse of `snapshot`, for a topology of the same shape. Throws streams.bad_snapshot. */
export function restore(of: Topology, text: string): StreamState {
  const [head, ...lines] = text.split('\n')
  const [format, shape] = parsed(head ?? '')
  if (format !== 'holdfast.streams.1' || shape !== of.shape)
    throw new StreamError('streams.bad_snapshot', 'the snapshot belongs to another topology or format')
  const rows = lines.map((line): StateRow => {
    const [store, segment, key, value] = parsed(line)
    return { store: String(store), segment: Number(segment), key: String(key), value: typeof value === 'string' ? value : null }
  })
  return resume(of, rows.sort(byTime))
}

// Only speed asks for it: what is loaded from the oldest on finds its place at once. Rows without a time begin with anything.
function byTime(one: StateRow, other: StateRow): number {
  const [time = 0, mark = 0] = one.key.split(/[, ]/, 2).map((text) => Number.parseInt(text) || 0)
  const [otherTime = 0, otherMark = 0] = other.key.split(/[, ]/, 2).map((text) => Number.parseInt(text) || 0)
  return time - otherTime || mark - otherMark
}

/** A state made of stored rows, in any order. Throws streams.bad_snapshot. */
export function resume(of: Topology, rows: Iterable<StateRow>): StreamState {
  const loading = resuming(of)
  loading.add({ rows, expired: [] })
  return loading.state()
}

/** As `resume`, from what `takeChanges` gave again and again, in its order; the first may be a whole state. */
export function resuming(of: Topology): { add(changes: AppliedChanges): void; state(): StreamState } {
  const engine = new Engine(of.nodes, of.options)
  const add = (changes: AppliedChanges): void => {
    try {
      engine.apply(changes)
    } catch (error) {
      if (error instanceof StreamError) throw error
      throw new StreamError(
        'streams.bad_snapshot',
        `a stored row cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }
  return { add, state: () => StreamState.of(of, engine, false) }
}

/** From now on the state remembers what changes, for `takeChanges`. */
export function track(state: StreamState): void {
  StreamState.timeline(state).engine.track()
}

/** What changed since the last call, to be stored with the outputs and the position in one transaction. */
export function takeChanges(state: StreamState): StateChanges {
  const { engine } = StreamState.timeline(state)
  if (!engine.tracking) throw new StreamError('streams.stale_state', 'changes of this state are not tracked: call track first')
  return engine.takeChanges()
}

/** The engine behind a state, for queries and the test driver of this module. */
export function engineOf(state: StreamState): Engine {
  return StreamState.timeline(state).engine
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
