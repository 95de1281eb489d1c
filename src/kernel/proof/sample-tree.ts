import { sha256 } from './canonical.ts'
import { EMPTY_ROOT, Frontier, leafHash, nodeHash } from './merkle.ts'
import { fold } from './proof-plan.ts'
import type { Plan } from './proof-plan.ts'

/** A tree of `size` numbered leaves, with its root by the frontier, and proofs read from recomputed subtrees. */
export function treeOf(size: number): { leaves: Buffer[]; root: Buffer; prove: (plan: Plan) => Buffer[] } {
  const leaves = Array.from({ length: size }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)))
  const frontier = new Frontier()
  const nodes = new Map<string, Buffer>(leaves.map((leaf, i) => [`0/${i}`, leaf]))
  for (const leaf of leaves) frontier.append(leaf, (level, index, hash) => nodes.set(`${level}/${index}`, hash))
  const hashOf = (level: number, index: number): Buffer => nodes.get(`${level}/${index}`) ?? sha256(Buffer.from('no such node'))
  return { leaves, root: frontier.root(), prove: (plan) => plan.map((nodes) => fold(nodes, ({ level, index }) => hashOf(level, index))) }
}

/** MTH(D[n]) written as RFC 6962 §2.1 states it: slow, and the yardstick for everything else. */
export function slowRoot(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves
  if (first === undefined) return EMPTY_ROOT
  if (leaves.length === 1) return first
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(slowRoot(leaves.slice(0, k)), slowRoot(leaves.slice(k)))
}
