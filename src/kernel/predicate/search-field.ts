import { PredicateError } from './predicate-error.ts'
import type { Node, RefNode } from './node.ts'
import { allOf, anyOf, exists, matchAll, nested, noneOf, type Query } from './query.ts'
import { rangeQuery } from './range-query.ts'
import { complement, type Cut, intersection, isEverything, type RangeSet, rangesOf } from './range-set.ts'

/** What is known while a query is built. */
export type SearchScope = {
  /** For refusals. */
  readonly text: string
  /** The path that each variable stands for. */
  readonly variables: ReadonlyMap<number, string>
  /** The path of the nested objects that are asked: they see their own fields only; '' for the document. */
  readonly within: string
  /** What may still be built. */
  readonly left: { parts: number }
}

/** Counts parts of a query as built; cases inside cases double with every level, so that few words can ask for millions. */
export function spend(scope: SearchScope, node: Node, parts = 1): void {
  scope.left.parts -= parts
  if (scope.left.parts < 0)
    throw unsearchable(scope, node, 'too many cases inside each other', 'fewer choices, or a field that holds their outcome')
}

/** The refusal of what documents cannot be asked for. */
export function unsearchable(scope: SearchScope, node: { readonly start: number }, why: string, instead?: string): PredicateError {
  return new PredicateError(`not searchable: ${why}`, { text: scope.text, at: node.start }, instead)
}

/** The full name of a field in the index; refused where the nested objects that are asked do not see it. */
export function fieldOf(node: RefNode, scope: SearchScope): string {
  return [...baseOf(node, scope), ...node.names].join('.')
}

function baseOf(node: RefNode, scope: SearchScope): readonly string[] {
  const base = scope.variables.get(node.root) ?? ''
  if (base !== scope.within)
    throw unsearchable(
      scope,
      node,
      'a list is asked within the elements of another, together with them',
      'a condition on each list by itself',
    )
  return base === '' ? [] : [base]
}

/**
 * Where a document keeps what the index forgets: `shape` beside the field, in the nearest nested object. The index
 * cannot tell an empty list from none, nor count one, nor see a null in it.
 */
export function shapeField(node: RefNode, scope: SearchScope, part: 'size' | 'objects' | 'nulls'): string {
  const place = [...baseOf(node, scope), 'shape', part]
  return (part === 'size' ? [...place, ...node.names] : place).join('.')
}

export function sizeField(node: RefNode, scope: SearchScope): string {
  return shapeField(node, scope, 'size')
}

/** Documents in which a field has a value; an empty list and an object without values have one. */
export function present(node: RefNode, scope: SearchScope): Query {
  const field = fieldOf(node, scope)
  if (node.type.kind === 'object') return anyOf([exists(field), { term: { [shapeField(node, scope, 'objects')]: node.names.join('.') } }])
  if (node.type.kind !== 'list') return exists(field)
  const some = node.type.of.kind === 'object' ? [nested(field, matchAll)] : []
  return anyOf([exists(field), ...some, exists(sizeField(node, scope))])
}

/** Documents in which a leaf's value lies in the set: a field, or the size of a text or list. */
export function leafQuery(leaf: Node, set: RangeSet, scope: SearchScope): Query {
  if (leaf.op === 'ref') return rangeQuery(fieldOf(leaf, scope), leaf.type, set)
  if (leaf.op !== 'size' || leaf.part.op !== 'ref') throw unsearchable(scope, leaf, 'a text put together', 'the comparison of its parts')
  if (leaf.part.type.kind === 'list') return rangeQuery(sizeField(leaf.part, scope), { kind: 'int' }, set)
  return textSizeQuery(leaf.part, set, scope)
}

const textSizeAtMost = 500

// `.{3,5}` counts code points; a length without upper bound is the absence of the shorter ones.
function textSizeQuery(node: RefNode, set: RangeSet, scope: SearchScope): Query {
  const field = fieldOf(node, scope)
  const possible = intersection(set, rangesOf('>=', 0n))
  if (possible.length === 0) return { match_none: {} }
  if (isEverything(complement(intersection(complement(set), rangesOf('>=', 0n))))) return exists(field)
  const number = (cut: Cut): number => {
    if ((cut.at as bigint) > textSizeAtMost) throw unsearchable(scope, node, `a text length above ${textSizeAtMost}`)
    return Number(cut.at)
  }
  const between = (low: number, high: number): Query => ({ regexp: { [field]: { value: `(.|\n){${low},${high}}`, flags: 'NONE' } } })
  return anyOf(
    possible.map(({ from, to }) => {
      const low = from === null ? 0 : number(from)
      if (to !== null) return between(low, number(to) - 1)
      return low === 0 ? exists(field) : allOf([exists(field), noneOf(between(0, low - 1))])
    }),
  )
}
