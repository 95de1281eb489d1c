import { closureOf } from './closure.ts'
import { oneFieldValues } from './element-set.ts'
import type { Fields, Type } from './fields.ts'
import { nodeOf, type Row } from './predicate.ts'
import { partsOf, type Node, type RefNode } from './node.ts'
import { intersection, type RangeSet } from './range-set.ts'

/** What a predicate demands of one scalar field: known values in `ranges`, and whether null will do. */
export type Constraint = {
  readonly path: readonly string[]
  readonly type: Type
  readonly ranges: RangeSet
  readonly acceptsNull: boolean
}

/** A predicate taken apart: true exactly where every constraint is met and `rest`, if any, is true. */
export type Solved = {
  readonly constraints: readonly Constraint[]
  readonly rest: ((row: Row) => boolean | null) | null
  readonly test: (row: Row) => boolean | null
}

/**
 * Takes the text apart into what it demands of single fields, as ranges, and the rest. Exact: nothing is approximated, and
 * what is no conjunction of ranges stays in `rest`. Throws a PredicateError as `compile` does.
 */
export function solve(text: string, fields: Fields): Solved {
  const node = nodeOf(text, fields)
  const constraints = new Map<string, Constraint>()
  const rest: Node[] = []
  for (const part of conjuncts(node)) {
    const constraint = constraintOf(part)
    if (constraint === null) rest.push(part)
    else merge(constraints, constraint)
  }
  const remainder: Node = { ...node, op: 'and', parts: rest }
  return {
    constraints: [...constraints.values()],
    rest: rest.length === 0 ? null : (closureOf(remainder, []) as Solved['test']),
    test: closureOf(node, []) as Solved['test'],
  }
}

function conjuncts(node: Node): readonly Node[] {
  return node.op === 'and' ? node.parts.flatMap(conjuncts) : [node]
}

function merge(constraints: Map<string, Constraint>, next: Constraint): void {
  const key = next.path.join('.')
  const known = constraints.get(key)
  if (known === undefined) constraints.set(key, next)
  else
    constraints.set(key, {
      ...next,
      ranges: intersection(known.ranges, next.ranges),
      acceptsNull: known.acceptsNull && next.acceptsNull,
    })
}

function constraintOf(part: Node): Constraint | null {
  const ref = onlyRef(part)
  if (ref === null || ref.type.kind === 'list' || ref.type.kind === 'object') return null
  const values = oneFieldValues(part)
  if (values === null) return null
  return { path: ref.names, type: ref.type, ranges: values, acceptsNull: closureOf(part, [])(null) === true }
}

// The one field of the row that a part reads; null where it reads several, none, or a list's elements.
function onlyRef(part: Node): RefNode | null {
  if (part.op === 'quantifier' || part.op === 'member') return null
  if (part.op === 'ref') return part
  let found: RefNode | null = null
  for (const each of partsOf(part)) {
    if (each.op === 'constant') continue
    const ref = onlyRef(each)
    if (ref === null && hasRef(each)) return null
    if (ref === null) continue
    if (found !== null && found.names.join('.') !== ref.names.join('.')) return null
    found = ref
  }
  return found
}

function hasRef(node: Node): boolean {
  return node.op === 'ref' || partsOf(node).some(hasRef)
}
