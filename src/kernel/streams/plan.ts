import { StreamError } from './stream-error.ts'
import type { JoinWindows, WindowDefinition } from './window.ts'

/** A user's function as the engine calls it; the builder's types say what it is given. */
export type Callback = (first: unknown, second: unknown, third: unknown) => unknown

export type Aggregation = {
  readonly initializer: () => unknown
  /** (key, value, aggregate) → aggregate */
  readonly aggregator: Callback
  /** (key, aggregate, aggregate) → aggregate, for sessions that grow together */
  readonly merger: Callback
}

export type SuppressRule = {
  /** How long to wait after the window's end, or after the first held-back record of the key. */
  readonly waitMs: number
  readonly until: 'windowCloses' | 'timeLimit'
  readonly maxRecords: number
  readonly maxBytes: number
  readonly whenFull: 'emitEarly' | 'shutDown'
}

export type PlanStep =
  | { readonly kind: 'source'; readonly topic: string }
  | { readonly kind: 'filter' | 'map' | 'mapValues' | 'flatMap' | 'flatMapValues' | 'selectKey' | 'peek'; readonly call: Callback }
  | { readonly kind: 'split'; readonly calls: readonly Callback[] }
  | { readonly kind: 'branch'; readonly index: number }
  | { readonly kind: 'merge' | 'toStream' | 'repartition' }
  | { readonly kind: 'sink'; readonly topic: string | undefined }
  | {
      readonly kind: 'aggregate'
      readonly windows: WindowDefinition | undefined
      readonly rule: Aggregation
      readonly as: string | undefined
      readonly retentionMs: number
    }
  | { readonly kind: 'table'; readonly as: string | undefined }
  | { readonly kind: 'tableFilter' | 'tableMapValues'; readonly call: Callback; readonly as: string | undefined }
  | { readonly kind: 'tableGroup'; readonly call: Callback }
  | {
      readonly kind: 'tableAggregate'
      readonly initializer: () => unknown
      readonly add: Callback
      readonly subtract: Callback
      readonly as: string | undefined
    }
  | { readonly kind: 'suppress'; readonly rule: SuppressRule }
  | { readonly kind: 'streamJoin'; readonly join: 'inner' | 'left' | 'outer'; readonly windows: JoinWindows; readonly call: Callback }
  | { readonly kind: 'streamTableJoin'; readonly join: 'inner' | 'left'; readonly call: Callback }
  | { readonly kind: 'tableJoin'; readonly join: 'inner' | 'left' | 'outer'; readonly call: Callback; readonly as: string | undefined }

export type PlanNode = { readonly sequence: number; readonly step: PlanStep; readonly parents: readonly PlanNode[] }

/** The node of a given kind, with its step narrowed. */
export type NodeOf<Kind extends PlanStep['kind']> = PlanNode & { readonly step: Extract<PlanStep, { kind: Kind }> }

// Only the order counts: like Kafka's builder, siblings hear a record in the order they were declared.
let declared = 0

/** A user's function, or streams.bad_topology: arguments that stand in another order show when the topology is made. */
export function called(call: unknown, by: string): Callback {
  if (typeof call === 'function') return call as Callback
  throw new StreamError('streams.bad_topology', `${by} needs a function, got ${call === null ? 'null' : typeof call}`)
}

const FUNCTIONS = ['call', 'initializer', 'aggregator', 'merger', 'add', 'subtract'] as const

export function plan(step: PlanStep, ...parents: PlanNode[]): PlanNode {
  const parts: Record<string, unknown> = step.kind === 'aggregate' ? step.rule : { ...step }
  for (const name of FUNCTIONS) if (name in parts) called(parts[name], name === 'call' ? step.kind : `${step.kind} (${name})`)
  declared += 1
  return { sequence: declared, step, parents }
}

/** All nodes that `ends` stand on, in the order of their declaration. */
export function reachable(ends: readonly PlanNode[]): PlanNode[] {
  const seen = new Set<PlanNode>()
  const open = [...ends]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node)) continue
    seen.add(node)
    open.push(...node.parents)
  }
  return [...seen].sort((one, other) => one.sequence - other.sequence)
}

/** All that a left or outer join of streams stands on: its repartition queues let null keys through (Kafka: NodesWithRelaxedNullKeyJoinDownstream). */
export function aboveRelaxedJoins(nodes: readonly PlanNode[]): ReadonlySet<PlanNode> {
  const found = new Set<PlanNode>()
  for (const node of nodes.toReversed()) {
    const { step } = node
    const relaxed = (step.kind === 'streamJoin' || step.kind === 'streamTableJoin') && step.join !== 'inner'
    if (!relaxed && !found.has(node)) continue
    const heard = step.kind === 'streamTableJoin' ? node.parents.slice(0, 1) : node.parents
    for (const parent of heard) found.add(parent)
  }
  return found
}

/** The longest wait until the windows above a node are closed, or undefined where there is none (Kafka: GraphGraceSearchUtil). */
export function windowGrace(node: PlanNode): number | undefined {
  if (node.step.kind === 'aggregate' && node.step.windows !== undefined) {
    const windows = node.step.windows
    return windows.kind === 'session' ? windows.graceMs + windows.gapMs : windows.graceMs
  }
  if (node.parents.length === 0) return undefined
  const graces = node.parents.map(windowGrace)
  return graces.includes(undefined) ? undefined : Math.max(...graces.map((grace) => grace ?? 0))
}
