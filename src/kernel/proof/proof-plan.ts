import { EMPTY_ROOT, nodeHash } from './merkle.ts'

/** A complete subtree: `level` 0 is a leaf, and the subtree covers leaves [index·2^level, (index+1)·2^level). */
export interface Node {
  readonly level: number
  readonly index: number
}

/** Each element of a proof as the complete subtrees it is folded from, left to right; so a proof needs stored nodes only. */
export type Plan = readonly (readonly Node[])[]

/** Subtrees whose fold from the right is the RFC 6962 root of the leaves [from, to); `from` must be aligned, as every split is. */
export function nodesOf(from: number, to: number): Node[] {
  const nodes: Node[] = []
  for (let at = from; at < to;) {
    let level = 0
    let width = 1
    while (width * 2 <= to - at) {
      width *= 2
      level++
    }
    nodes.push({ level, index: at / width })
    at += width
  }
  return nodes
}

/** PATH(index, D[size]) of RFC 6962 §2.1.1, nearest sibling first. */
export function inclusionPlan(index: number, size: number): Plan {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError(`leaf ${index} is not in a tree of ${size}`)
  const fromRoot: Node[][] = []
  let from = 0
  let to = size
  while (to - from > 1) {
    const middle = from + splitOf(to - from)
    if (index < middle) {
      fromRoot.push(nodesOf(middle, to))
      to = middle
    } else {
      fromRoot.push(nodesOf(from, middle))
      from = middle
    }
  }
  return fromRoot.reverse()
}

/** PROOF(first, D[second]) of RFC 6962 §2.1.2. Nothing is needed to show that a tree extends itself or the empty one. */
export function consistencyPlan(first: number, second: number): Plan {
  if (!isCount(first) || !isCount(second) || first > second) throw new RangeError(`a tree of ${second} does not extend one of ${first}`)
  if (first === 0 || first === second) return []
  const fromRoot: Node[][] = []
  let from = 0
  let to = second
  while (to !== first) {
    const middle = from + splitOf(to - from)
    if (first <= middle) {
      fromRoot.push(nodesOf(middle, to))
      to = middle
    } else {
      fromRoot.push(nodesOf(from, middle))
      from = middle
    }
  }
  // While `from` is 0 the remaining subtree is the whole first tree, whose root the verifier has.
  if (from > 0) fromRoot.push(nodesOf(from, to))
  return fromRoot.reverse()
}

/** The root of the leaves under `nodes`, right to left. */
export function fold(nodes: readonly Node[], hashOf: (node: Node) => Buffer): Buffer {
  const last = nodes.at(-1)
  if (last === undefined) return EMPTY_ROOT
  return nodes.slice(0, -1).reduceRight((right, node) => nodeHash(hashOf(node), right), hashOf(last))
}

/** The largest power of two below `leaves` (RFC 6962 §2.1); `leaves` is at least 2. */
function splitOf(leaves: number): number {
  let half = 1
  while (half * 2 < leaves) half *= 2
  return half
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0
}
