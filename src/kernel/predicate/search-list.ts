import { oneValue, others, someValue, type OneValue } from './element-set.ts'
import type { MemberNode, Node, QuantifierNode, RefNode } from './node.ts'
import { allOf, anyOf, matchNone, nested, nestedTwice, noneOf, type Query } from './query.ts'
import { orderedOf, someInRanges } from './range-query.ts'
import { rangesOf } from './range-set.ts'
import { outerCondition, replace, sizeOfTree } from './rewrite.ts'
import { fieldOf, present, shapeField, spend, unsearchable, type SearchScope } from './search-field.ts'
import { positiveText } from './search-text.ts'

type Recursion = SearchScope & { readonly queryOf: (node: Node, wanted: boolean, scope: SearchScope) => Query }

/** Documents whose list of scalars has a null in it. */
function holdsNull(list: RefNode, scope: SearchScope): Query {
  return { term: { [shapeField(list, scope, 'nulls')]: list.names.join('.') } }
}

/** `"x" in list`: the field of the index holds all the list's values. */
export function memberQuery(node: MemberNode, wanted: boolean, scope: SearchScope): Query {
  if (node.left.op !== 'constant') throw unsearchable(scope, node, 'a field is looked for in a list', 'a literal in list')
  if (node.left.value === null) return matchNone
  const held = someInRanges(fieldOf(node.list, scope), node.left.type, rangesOf('==', orderedOf(node.left.value, node.left.type)))
  return wanted ? held : allOf([present(node.list, scope), noneOf(anyOf([held, holdsNull(node.list, scope)]))])
}

/** `exists`, `all`, `exists_one`: nested documents for a list of objects, the field's values for a list of scalars. */
export function quantifierQuery(node: QuantifierNode, wanted: boolean, scope: Recursion): Query {
  const outer = outerCondition(node.body, node.variable)
  if (outer !== undefined) return splitByOuter(node, outer, { wanted, scope })
  const isObjects = node.list.type.kind === 'list' && node.list.type.of.kind === 'object'
  return isObjects ? objectsQuery(node, wanted, scope) : scalarsQuery(node, wanted, scope)
}

// A nested document does not see the document around it, so what a body asks of that is asked outside, case by case.
function splitByOuter(node: QuantifierNode, outer: Node, how: { wanted: boolean; scope: Recursion }): Query {
  const { wanted, scope } = how
  spend(scope, outer, sizeOfTree(node))
  const isTrue = scope.queryOf(outer, true, scope)
  const isFalse = scope.queryOf(outer, false, scope)
  const given = (value: boolean | null): Query => {
    const constant: Node = { op: 'constant', value, type: outer.type, start: outer.start, end: outer.end }
    return quantifierQuery({ ...node, body: replace(node.body, outer, constant) }, wanted, scope)
  }
  return anyOf([allOf([isTrue, given(true)]), allOf([isFalse, given(false)]), allOf([noneOf(anyOf([isTrue, isFalse])), given(null)])])
}

function objectsQuery(node: QuantifierNode, wanted: boolean, scope: Recursion): Query {
  const path = fieldOf(node.list, scope)
  const inner = { ...scope, variables: new Map(scope.variables).set(node.variable, path), within: path }
  const holds = scope.queryOf(node.body, true, inner)
  const fails = scope.queryOf(node.body, false, inner)
  const some = (query: Query): Query => nested(path, query)
  const there = present(node.list, scope)
  if (node.how === 'exists') return wanted ? some(holds) : allOf([there, noneOf(some(noneOf(fails)))])
  if (node.how === 'all') return wanted ? allOf([there, noneOf(some(noneOf(holds)))]) : some(fails)
  const twice = nestedTwice(path, holds)
  if (wanted) return allOf([some(holds), noneOf(twice), noneOf(some(noneOf(anyOf([holds, fails]))))])
  return anyOf([twice, allOf([there, noneOf(some(noneOf(fails)))])])
}

function scalarsQuery(node: QuantifierNode, wanted: boolean, scope: Recursion): Query {
  const solved = oneValue(node.body, node.variable)
  if (solved === null || node.how === 'exists_one') throw unsearchableList(node, scope)
  const there = present(node.list, scope)
  const decisive = node.how === 'exists'
  // What decides is one element of that outcome; the other outcome is that no element has any but the other.
  if (wanted === decisive) return someElement(node, scope, { solved, outcome: decisive, is: true })
  return allOf([there, noneOf(someElement(node, scope, { solved, outcome: !decisive, is: false }))])
}

type Asked = { readonly solved: OneValue; readonly outcome: boolean; readonly is: boolean }

// Documents in which the body of some element is the outcome (`is`), or is anything else, unknown included.
function someElement(node: QuantifierNode, scope: Recursion, asked: Asked): Query {
  const { solved, outcome, is } = asked
  const values = outcome ? solved.whenTrue : solved.whenFalse
  const wanted = is ? values : others(values)
  if (wanted === null) throw unsearchableList(node, scope)
  const field = fieldOf(node.list, scope)
  const type = node.list.type.kind === 'list' ? node.list.type.of : node.list.type
  const test = (each: Node): Query => {
    if (each.op !== 'text' && each.op !== 'matches') throw unsearchableList(node, scope)
    return positiveText(each, node.list, scope) ?? matchNone
  }
  const byNull = (solved.forNull === outcome) === is ? holdsNull(node.list, scope) : matchNone
  return anyOf([someValue(field, type, wanted, test), byNull])
}

function unsearchableList(node: QuantifierNode, scope: SearchScope): ReturnType<typeof unsearchable> {
  return unsearchable(
    scope,
    node,
    'the index holds the values of this list without their places',
    'a list of objects, or one condition on each value',
  )
}
