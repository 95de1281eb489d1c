import type { PlanNode } from './plan.ts'

export type OldValues = {
  /** Steps that hand the value before a change on. */
  readonly send: ReadonlySet<PlanNode>
  /** Table sources whose rows must be kept, because something below reads them or asks for old values. */
  readonly keep: ReadonlySet<PlanNode>
}

/**
 * Decides, in the order of declaration as Kafka's builder does, which tables keep their rows and who sends old values. It
 * shows in the output: a filter on a table that keeps nothing sends a tombstone for every row that fails it.
 */
export function oldValues(nodes: readonly PlanNode[]): OldValues {
  const send = new Set<PlanNode>()
  const keep = new Set<PlanNode>()
  for (const node of nodes) if (node.step.kind === 'table' && node.step.as !== undefined) keep.add(node)
  const asking = { send, keep, granted: new Set<PlanNode>() }
  for (const node of nodes) declare(node, asking)
  return { send, keep }
}

type Asking = { readonly send: Set<PlanNode>; readonly keep: Set<PlanNode>; readonly granted: Set<PlanNode> }

function declare(node: PlanNode, asking: Asking): void {
  const [first, second] = node.parents
  if (first === undefined) return
  const { step } = node
  if (step.kind === 'tableFilter' && enable(first, false, asking)) asking.send.add(node)
  if (step.kind === 'tableGroup' || step.kind === 'suppress') enable(first, true, asking)
  if (step.kind === 'streamTableJoin' && second !== undefined) read(second, asking)
  if (step.kind === 'tableJoin' && second !== undefined) {
    if (step.join !== 'inner') enable(first, true, asking)
    if (step.join === 'outer') enable(second, true, asking)
    read(first, asking)
    read(second, asking)
  }
}

function enable(node: PlanNode, force: boolean, asking: Asking): boolean {
  if (asking.granted.has(node)) return true
  const granted = grants(node, force, asking)
  if (granted) asking.granted.add(node)
  return granted
}

function grants(node: PlanNode, force: boolean, asking: Asking): boolean {
  const { step, parents } = node
  const [first, second] = parents
  switch (step.kind) {
    case 'table':
      if (!force && !asking.keep.has(node)) return false
      asking.keep.add(node)
      break
    case 'tableFilter':
    case 'tableMapValues':
      if (step.as === undefined && first !== undefined && !enable(first, force, asking)) return asking.send.has(node)
      break
    case 'tableJoin':
      if (first !== undefined) enable(first, true, asking)
      if (second !== undefined) enable(second, true, asking)
      break
    case 'suppress':
      return first !== undefined && enable(first, force, asking)
    default:
      break
  }
  asking.send.add(node)
  return true
}

function read(node: PlanNode, asking: Asking): void {
  const { step } = node
  if (step.kind === 'table') asking.keep.add(node)
  const computed = (step.kind === 'tableFilter' || step.kind === 'tableMapValues' || step.kind === 'tableJoin') && step.as === undefined
  if (computed || step.kind === 'suppress') for (const parent of node.parents) read(parent, asking)
}
