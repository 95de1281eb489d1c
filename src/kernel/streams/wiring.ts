import { aggregateStep, tableAggregateStep, tableGroupStep, windowAggregateStep } from './aggregate.ts'
import { ChangeCache } from './change-cache.ts'
import { identity, WindowedKey } from './key-order.ts'
import type { OldValues } from './old-values.ts'
import { aboveRelaxedJoins, type NodeOf, type PlanNode } from './plan.ts'
import type { RepartitionQueues } from './repartition-queues.ts'
import type { Emit, Runtime } from './runtime.ts'
import { sessionAggregateStep } from './session-aggregate.ts'
import { slidingAggregateStep } from './sliding-aggregate.ts'
import { splitStep, statelessStep } from './stateless.ts'
import { isNode, type Stores } from './stores.ts'
import { StreamError } from './stream-error.ts'
import { streamJoinSteps } from './stream-join.ts'
import { suppressStep } from './suppress.ts'
import { derivedStep, filtered, joinedGetter, streamTableJoinStep, tableJoinStep, tableStep, type Getter } from './table-step.ts'

export type Wiring = {
  readonly runtime: Runtime
  readonly nodes: readonly PlanNode[]
  readonly old: OldValues
  readonly stores: Stores
  readonly queues: RepartitionQueues
  readonly sink: (topic: string | undefined) => Emit
}

export type Wired = {
  readonly sources: Map<string, Emit>
  /** What takes a record out of each repartition queue. */
  readonly consumers: Emit[]
  /** One a stored table, in the order in which they hand their changes on. */
  readonly caches: readonly ChangeCache[]
}

/** Connects every node to those that hear it, in the order of their declaration. */
export function wire(parts: Wiring): Wired {
  const inputs = new Map<PlanNode, readonly Emit[]>()
  const consumers: Emit[] = []
  const caches: ChangeCache[] = []
  const relaxed = aboveRelaxedJoins(parts.nodes)
  const children = childrenOf(parts.nodes)
  const nextOf = (node: PlanNode): Emit => {
    const heard = (children.get(node) ?? []).map((child) => inputs.get(child.node)?.[child.side]).filter((emit) => emit !== undefined)
    return fan(heard)
  }
  const sources = new Map<string, Emit>()
  for (const node of parts.nodes.toReversed()) {
    const next = nextOf(node)
    if (node.step.kind === 'split') {
      const branches = (children.get(node) ?? []).sort((one, other) => indexOf(one.node) - indexOf(other.node))
      const emits: Emit[] = []
      for (const { node: branch } of branches) emits[indexOf(branch)] = inputs.get(branch)?.[0] ?? fan([])
      inputs.set(node, [splitStep(node.step.calls, emits)])
    } else if (node.step.kind === 'source') {
      sources.set(node.step.topic, next)
    } else if (node.step.kind === 'repartition' || node.step.kind === 'tableGroup') {
      inputs.set(node, [queued(node, parts, { next, consumers, keepNullKeys: relaxed.has(node) })])
    } else {
      inputs.set(node, stepOf(node, parts, outlet(node, parts, { next, caches })))
    }
  }
  return { sources, consumers, caches }
}

/** What a node hands its changes to: the next ones, or its cache, if it has a store and stores are cached. */
function outlet(node: PlanNode, parts: Wiring, to: { next: Emit; caches: ChangeCache[] }): Emit {
  const { stores, runtime } = parts
  const sendOld = parts.old.send.has(node)
  const windows = stores.segments.get(node)
  if (windows === undefined && !stores.tables.has(node)) return to.next
  if (!runtime.caching) return sendOld ? to.next : (key, value, _old, timestamp) => to.next(key, value, null, timestamp)
  const cache = new ChangeCache({ next: to.next, sendOld, windows })
  to.caches.unshift(cache)
  return cache.add
}

type Children = Map<PlanNode, { node: PlanNode; side: number }[]>

/** Who hears each node. Nodes that read the same topic are one: the first is heard by all. */
function childrenOf(nodes: readonly PlanNode[]): Children {
  const children: Children = new Map()
  const first = new Map<string, PlanNode>()
  for (const node of nodes) {
    if (node.step.kind === 'source' && !first.has(node.step.topic)) first.set(node.step.topic, node)
    for (const [side, parent] of node.parents.entries()) {
      if (node.step.kind === 'streamTableJoin' && side === 1) continue
      const heard = parent.step.kind === 'source' ? (first.get(parent.step.topic) ?? parent) : parent
      const list = children.get(heard) ?? []
      // A stream merged with itself is heard once.
      if (node.step.kind !== 'merge' || list.at(-1)?.node !== node) list.push({ node, side })
      children.set(heard, list)
    }
  }
  return children
}

function queued(node: PlanNode, parts: Wiring, to: { next: Emit; consumers: Emit[]; keepNullKeys: boolean }): Emit {
  const queue = parts.queues.open()
  to.consumers[queue] = to.next
  const add: Emit = (key, value, old, timestamp) => parts.queues.add({ queue, key, value, old, timestamp })
  if (isNode(node, 'tableGroup')) return tableGroupStep(node.step.call, add)
  return (key, value, _old, timestamp) => {
    if (key !== null || to.keepNullKeys) add(key, value, null, timestamp)
  }
}

function stepOf(node: PlanNode, parts: Wiring, next: Emit): readonly Emit[] {
  const { runtime, stores } = parts
  const { step } = node
  const sendOld = parts.old.send.has(node)
  const store = stores.tables.get(node)
  switch (step.kind) {
    case 'branch':
    case 'merge':
      return [next, next]
    case 'toStream':
      return [(key, value, _old, timestamp) => next(key, value, null, timestamp)]
    case 'sink':
      return [parts.sink(step.topic)]
    case 'aggregate':
      return [aggregation(node as NodeOf<'aggregate'>, parts, next)]
    case 'table':
      return [tableStep({ runtime, store, next })]
    case 'tableFilter':
      return [derivedStep({ derive: filtered(step.call), store, caching: runtime.caching, sendOld, skipNothing: true, next })]
    case 'tableMapValues':
      return [
        derivedStep({
          derive: (key, value) => step.call(value, key, null),
          store,
          caching: runtime.caching,
          sendOld,
          skipNothing: false,
          next,
        }),
      ]
    case 'tableAggregate':
      return [tableAggregateStep({ ...step, store: must(store), caching: runtime.caching, next })]
    case 'suppress':
      return [suppressStep(step.rule, { runtime, buffer: must(stores.buffers.get(node)), next })]
    case 'streamJoin': {
      const { left, right, unmatched } = must(stores.joins.get(node))
      return streamJoinSteps({ runtime, join: step.join, windows: step.windows, call: step.call, stores: { left, right }, unmatched, next })
    }
    case 'streamTableJoin': {
      const table = getterOf(must(node.parents[1]), parts)
      return [streamTableJoinStep({ runtime, table, left: step.join === 'left', call: step.call, next })]
    }
    case 'tableJoin':
      return tableJoin(node as NodeOf<'tableJoin'>, parts, next)
    case 'filter':
    case 'map':
    case 'mapValues':
    case 'flatMap':
    case 'flatMapValues':
    case 'selectKey':
    case 'peek':
      return [statelessStep(step, next)]
    default:
      throw new StreamError('streams.bad_topology', `${step.kind} cannot stand here`)
  }
}

function aggregation(node: NodeOf<'aggregate'>, parts: Wiring, next: Emit): Emit {
  const { windows, rule } = node.step
  const shared = { runtime: parts.runtime, rule, next }
  if (windows === undefined) return aggregateStep({ ...shared, store: must(parts.stores.tables.get(node)) })
  const store = must(parts.stores.segments.get(node))
  if (windows.kind === 'time') return windowAggregateStep(windows, { ...shared, store })
  if (windows.kind === 'sliding') return slidingAggregateStep(windows, { ...shared, store })
  return sessionAggregateStep(windows, { ...shared, store })
}

function tableJoin(node: NodeOf<'tableJoin'>, parts: Wiring, next: Emit): readonly Emit[] {
  const { join, call } = node.step
  const { runtime } = parts
  const sendOld = parts.old.send.has(node)
  const store = parts.stores.tables.get(node)
  const merged: Emit = (key, value, old, timestamp) => {
    if (store === undefined) return next(key, value, sendOld ? old : null, timestamp)
    const id = identity(key)
    const before = runtime.caching ? (store.get(id)?.value ?? null) : old
    store.put(id, value, timestamp)
    next(key, value, before, timestamp)
  }
  const left = getterOf(must(node.parents[0]), parts)
  const right = getterOf(must(node.parents[1]), parts)
  const reversed = (mine: unknown, theirs: unknown): unknown => call(theirs, mine, null)
  const straight = (mine: unknown, theirs: unknown): unknown => call(mine, theirs, null)
  const otherSide = join === 'left' ? 'right' : join
  return [
    tableJoinStep({ runtime, other: right, joiner: straight, side: join, sendOld, next: merged }),
    tableJoinStep({ runtime, other: left, joiner: reversed, side: otherSide, sendOld, next: merged }),
  ]
}

/** How the row of a table is looked up: in its store, or computed from the tables above it. */
function getterOf(node: PlanNode, parts: Wiring): Getter {
  const { stores } = parts
  const store = stores.tables.get(node)
  if (store !== undefined) return (key) => store.get(identity(key))
  const { step } = node
  const above = (at: number): Getter => getterOf(must(node.parents[at]), parts)
  if (step.kind === 'aggregate') return windowedGetter(node as NodeOf<'aggregate'>, parts)
  if (step.kind === 'tableJoin') return joinedGetter(above(0), above(1), { join: step.join, joiner: step.call })
  const parent = above(0)
  if (step.kind === 'suppress') {
    const buffer = must(stores.buffers.get(node))
    return (key) => {
      const held = buffer.get(key)
      if (held === undefined) return parent(key)
      return held.prior === null ? undefined : { value: held.prior, timestamp: -1 }
    }
  }
  if (step.kind !== 'tableFilter' && step.kind !== 'tableMapValues')
    throw new StreamError('streams.bad_topology', `${step.kind} has no rows to look up`)
  const derive = step.kind === 'tableFilter' ? filtered(step.call) : (key: unknown, value: unknown): unknown => step.call(value, key, null)
  return (key) => {
    const row = parent(key)
    const value = row === undefined ? null : (derive(key, row.value) ?? null)
    return row === undefined || value === null ? undefined : { value, timestamp: row.timestamp }
  }
}

function windowedGetter(node: NodeOf<'aggregate'>, parts: Wiring): Getter {
  const store = must(parts.stores.segments.get(node))
  const sessions = node.step.windows?.kind === 'session'
  return (key) => {
    if (!(key instanceof WindowedKey)) return undefined
    const { start, end } = key.window
    if (!sessions) {
      const entry = store.get(identity(key.key), start)
      return entry === undefined ? undefined : { value: entry.value, timestamp: entry.mark }
    }
    const entry = store.newestFirst(identity(key.key), end, end).find((found) => found.mark === start)
    return entry === undefined ? undefined : { value: entry.value, timestamp: end }
  }
}

function fan(emits: readonly Emit[]): Emit {
  const [first] = emits
  if (first === undefined) return () => undefined
  if (emits.length === 1) return first
  return (key, value, old, timestamp) => {
    for (const emit of emits) emit(key, value, old, timestamp)
  }
}

function indexOf(node: PlanNode): number {
  return node.step.kind === 'branch' ? node.step.index : 0
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new StreamError('streams.bad_topology', 'a node stands without its store or parent')
  return value
}
