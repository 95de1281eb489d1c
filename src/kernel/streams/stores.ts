import type { NodeOf, PlanNode } from './plan.ts'
import type { OldValues } from './old-values.ts'
import { OuterBuffer } from './outer-buffer.ts'
import type { Runtime, StateStore } from './runtime.ts'
import { SegmentStore } from './segment-store.ts'
import { StreamError } from './stream-error.ts'
import { SuppressBuffer } from './suppress.ts'
import { TableStore } from './table-store.ts'
import { windowGrace } from './plan.ts'

const STORE_NAME = /^[\w.-]{1,100}$/

/** The stores of a running topology, by the node that owns them and by name. */
export type Stores = {
  readonly byName: Map<string, StateStore>
  readonly tables: Map<PlanNode, TableStore>
  readonly segments: Map<PlanNode, SegmentStore>
  readonly buffers: Map<PlanNode, SuppressBuffer>
  readonly joins: Map<PlanNode, { left: SegmentStore; right: SegmentStore; unmatched: OuterBuffer | undefined }>
}

/** Makes every store, named after its node's place in the topology or after the view it is. Names must be unique. */
export function makeStores(nodes: readonly PlanNode[], old: OldValues, runtime: Runtime): Stores {
  const stores: Stores = { byName: new Map(), tables: new Map(), segments: new Map(), buffers: new Map(), joins: new Map() }
  const add = <S extends StateStore>(store: S): S => {
    if (!STORE_NAME.test(store.name) || store.name === 'meta') {
      throw new StreamError(
        'streams.bad_topology',
        `a store's name is 1 to 100 of A-Z a-z 0-9 _ . - and not "meta", got ${JSON.stringify(store.name)}`,
      )
    }
    if (stores.byName.has(store.name)) throw new StreamError('streams.bad_topology', `two stores are named ${store.name}`)
    stores.byName.set(store.name, store)
    return store
  }
  for (const [index, node] of nodes.entries()) {
    const { step } = node
    const as = 'as' in step ? step.as : undefined
    const name = as ?? `${index}-${step.kind}`
    if (step.kind === 'suppress') {
      const buffer = new SuppressBuffer(name, {
        maxEntries: runtime.maxEntries,
        journal: runtime.journal,
        sessionKeys: overSessions(node),
        countBytes: step.rule.maxBytes < Number.MAX_SAFE_INTEGER,
      })
      stores.buffers.set(node, add(buffer))
    } else if (isNode(node, 'aggregate') && node.step.windows !== undefined) {
      const byMark = node.step.windows.kind === 'session'
      stores.segments.set(node, add(segmentStore(runtime, { name, retentionMs: node.step.retentionMs, byMark, cached: runtime.caching })))
    } else if (isNode(node, 'streamJoin')) {
      const retentionMs = node.step.windows.beforeMs + node.step.windows.afterMs + node.step.windows.graceMs
      const left = add(segmentStore(runtime, { name: `${name}-left`, retentionMs, byMark: true, cached: false }))
      const right = add(segmentStore(runtime, { name: `${name}-right`, retentionMs, byMark: true, cached: false }))
      const unmatched = node.step.join === 'inner' ? undefined : add(new OuterBuffer(`${name}-unmatched`, runtime))
      stores.joins.set(node, { left, right, unmatched })
    } else if (keepsRows(node, as, old)) {
      stores.tables.set(node, add(new TableStore(name, runtime)))
    }
  }
  return stores
}

export function isNode<Kind extends PlanNode['step']['kind']>(node: PlanNode, kind: Kind): node is NodeOf<Kind> {
  return node.step.kind === kind
}

function keepsRows(node: PlanNode, as: string | undefined, old: OldValues): boolean {
  const { kind } = node.step
  return kind === 'aggregate' || kind === 'tableAggregate' || (kind === 'table' && old.keep.has(node)) || as !== undefined
}

function segmentStore(runtime: Runtime, options: { name: string; retentionMs: number; byMark: boolean; cached: boolean }): SegmentStore {
  const { scalars, journal, maxEntries, drop } = runtime
  return new SegmentStore({ ...options, scalars, journal, maxEntries, onExpiredPut: drop })
}

function overSessions(node: PlanNode): boolean {
  if (isNode(node, 'aggregate')) return node.step.windows?.kind === 'session'
  if (windowGrace(node) === undefined) return false
  return node.parents.some(overSessions)
}
