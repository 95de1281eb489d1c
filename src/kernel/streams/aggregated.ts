import { called, plan, type Callback, type PlanNode } from './plan.ts'
import { duration, type WindowDefinition } from './window.ts'

/** `as`: the name that `view` reads the rows by. `retentionMs`: how long windows stay readable, at least their size and grace. */
export type Stored = { readonly as?: string; readonly retentionMs?: number }

/** A merger for windows that never meet. */
export const second: Callback = (_key, _left, right) => right
export const counting = {
  initializer: () => 0,
  aggregator: ((_key, _value, count) => (count as number) + 1) satisfies Callback,
  merger: ((_key, left, right) => (left as number) + (right as number)) satisfies Callback,
}

/** reduce as an aggregate: the first value is the aggregate. */
export function reducing(reducer: Callback): { initializer: () => unknown; aggregator: Callback; merger: Callback } {
  called(reducer, 'reduce')
  const fold: Callback = (_key, value, aggregate) => (aggregate === null ? value : reducer(aggregate, value, null))
  return { initializer: () => null, aggregator: fold, merger: (_key, left, right) => fold(null, right, left) }
}

type AggregateOptions = { initializer: () => unknown; aggregator: Callback; merger: Callback; windows?: WindowDefinition } & Stored

/** The node of an aggregation, behind a repartition where the key was changed. Throws streams.bad_window for too short a retention. */
export function aggregated(node: PlanNode, rekeyed: boolean, options: AggregateOptions): PlanNode {
  const { initializer, aggregator, merger, windows, as } = options
  const least = windows === undefined ? 0 : leastRetention(windows)
  const retentionMs = duration(options.retentionMs ?? least, 'retentionMs', least)
  const rule = { initializer, aggregator, merger }
  return plan({ kind: 'aggregate', windows, rule, as, retentionMs }, placed(node, rekeyed))
}

function leastRetention(windows: WindowDefinition): number {
  if (windows.kind === 'time') return windows.sizeMs + windows.graceMs
  return windows.graceMs + (windows.kind === 'session' ? windows.gapMs : 2 * windows.timeDifferenceMs)
}

/** A node, or the queue that its records go through because their key was changed. */
export function placed(node: PlanNode, rekeyed: boolean): PlanNode {
  return rekeyed ? plan({ kind: 'repartition' }, node) : node
}
