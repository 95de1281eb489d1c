import { limits } from './limits.ts'
import { partsOf, type Node } from './node.ts'

/** Steps that one row is estimated to take: each node one, a pattern or text search ten, a list's body once per assumed element. */
export function costOf(node: Node): number {
  const parts = partsOf(node).reduce((sum, part) => sum + costOf(part), 1)
  switch (node.op) {
    case 'quantifier':
      return parts * limits.assumedListLength
    case 'member':
      return parts + limits.assumedListLength
    case 'matches':
    case 'text':
      return parts + 10
    case 'in':
      return 2
    default:
      return parts
  }
}
