import { limits } from './limits.ts'
import { partsOf, type Node } from './node.ts'

/** Rebuilds a node with each direct part replaced. */
function mapParts(node: Node, change: (part: Node) => Node): Node {
  switch (node.op) {
    case 'constant':
    case 'ref':
      return node
    case 'and':
    case 'or':
      return { ...node, parts: node.parts.map(change) }
    case 'not':
    case 'isNull':
    case 'negate':
    case 'size':
      return { ...node, part: change(node.part) }
    case 'compare':
    case 'text':
    case 'arithmetic':
    case 'concat':
      return { ...node, left: change(node.left), right: change(node.right) }
    case 'in':
    case 'member':
    case 'matches':
      return { ...node, left: change(node.left) }
    case 'quantifier':
      return { ...node, body: change(node.body) }
    case 'if':
      return { ...node, test: change(node.test), yes: change(node.yes), no: change(node.no) }
  }
}

/** The same tree with one part, by identity, replaced. */
export function replace(node: Node, part: Node, by: Node): Node {
  return node === part ? by : mapParts(node, (each) => replace(each, part, by))
}

/** The variables (0 is the row) that a node reads and does not bind itself. */
export function freeRoots(node: Node): ReadonlySet<number> {
  if (node.op === 'ref') return new Set([node.root])
  const roots = new Set<number>()
  for (const part of partsOf(node)) for (const root of freeRoots(part)) roots.add(root)
  if (node.op === 'quantifier') roots.delete(node.variable)
  return roots
}

/** A condition inside `body` that reads something, but neither `variable` nor what is bound inside; as large as possible. */
export function outerCondition(body: Node, variable: number): Node | undefined {
  return outerTo(body, new Set([variable]))
}

function outerTo(node: Node, bound: ReadonlySet<number>): Node | undefined {
  const roots = freeRoots(node)
  if (node.type.kind === 'bool' && roots.size > 0 && ![...roots].some((root) => bound.has(root))) return node
  const inner = node.op === 'quantifier' ? new Set([...bound, node.variable]) : bound
  for (const part of partsOf(node)) {
    const found = outerTo(part, inner)
    if (found !== undefined) return found
  }
  return undefined
}

/** The first choice between values (`c ? 1 : 2`) among the operands of a condition. */
export function choiceIn(node: Node): Extract<Node, { op: 'if' }> | undefined {
  for (const part of partsOf(node)) {
    if (part.type.kind === 'bool') continue
    const found = part.op === 'if' ? part : choiceIn(part)
    if (found !== undefined) return found
  }
  return undefined
}

/** How many nodes a tree has, counted no further than just beyond `most`: parts that are shared count each time. */
export function sizeOfTree(node: Node, most: number = limits.nodes): number {
  let size = 1
  for (const part of partsOf(node)) {
    size += sizeOfTree(part, most - size)
    if (size > most) return size
  }
  return size
}
