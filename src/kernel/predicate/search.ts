import { partsOf, type CompareNode, type InNode, type Node } from './node.ts'
import { isolate } from './preimage.ts'
import { orderedOf } from './range-query.ts'
import { complement, nowhere, type RangeSet, rangesOf, union } from './range-set.ts'
import { allOf, anyOf, exists, matchAll, matchNone, noneOf, type Query } from './query.ts'
import { choiceIn, replace, sizeOfTree } from './rewrite.ts'
import { limits } from './limits.ts'
import { memberQuery, quantifierQuery } from './search-list.ts'
import { leafQuery, present, sizeField, spend, unsearchable, type SearchScope } from './search-field.ts'
import { textQuery } from './search-text.ts'

/**
 * The query that matches a document where the node is true (`wanted`) or false. A query knows no third value, so each
 * is built by itself: unknown is where neither matches.
 */
export function queryOf(node: Node, wanted: boolean, scope: SearchScope): Query {
  spend(scope, node)
  switch (node.op) {
    case 'constant':
      return node.value === wanted ? matchAll : matchNone
    case 'ref':
      return leafQuery(node, rangesOf('==', wanted ? 1n : 0n), scope)
    case 'not':
      return queryOf(node.part, !wanted, scope)
    case 'and':
    case 'or': {
      const parts = node.parts.map((part) => queryOf(part, wanted, scope))
      return (node.op === 'and') === wanted ? allOf(parts) : anyOf(parts)
    }
    case 'if':
      return choiceQuery(node, wanted, scope)
    case 'isNull':
      return wanted ? noneOf(known(node.part, scope)) : known(node.part, scope)
    case 'quantifier':
      return quantifierQuery(node, wanted, { ...scope, queryOf })
    default:
      return atomQuery(node, wanted, scope)
  }
}

function choiceQuery(node: Extract<Node, { op: 'if' }>, wanted: boolean, scope: SearchScope): Query {
  return anyOf([
    allOf([queryOf(node.test, true, scope), queryOf(node.yes, wanted, scope)]),
    allOf([queryOf(node.test, false, scope), queryOf(node.no, wanted, scope)]),
  ])
}

// A choice between values inside a condition becomes a choice between conditions.
function atomQuery(node: Node, wanted: boolean, scope: SearchScope): Query {
  const inner = choiceIn(node)
  if (inner !== undefined) {
    const lifted: Node = { ...inner, yes: replace(node, inner, inner.yes), no: replace(node, inner, inner.no), type: node.type }
    spend(scope, node, sizeOfTree(lifted))
    return queryOf(lifted, wanted, scope)
  }
  switch (node.op) {
    case 'compare':
      return compareQuery(node, wanted, scope)
    case 'in':
      return inQuery(node, wanted, scope)
    case 'member':
      return memberQuery(node, wanted, scope)
    case 'text':
    case 'matches':
      return textQuery(node, wanted, scope)
    default:
      throw unsearchable(scope, node, 'not a condition')
  }
}

function compareQuery(node: CompareNode, wanted: boolean, scope: SearchScope): Query {
  const { left, right, how } = node
  if (left.type.kind === 'bool' && right.type.kind === 'bool') return boolQuery(node, wanted, scope)
  if (right.op !== 'constant')
    throw unsearchable(scope, node, 'two fields are compared with each other', 'a field that holds the difference or the outcome')
  const set = right.value === null ? null : rangesOf(how, orderedOf(right.value, right.type))
  return setQuery(left, set === null ? null : wanted ? set : complement(set), scope)
}

function boolQuery(node: CompareNode, wanted: boolean, scope: SearchScope): Query {
  const same = (node.how === '==') === wanted
  const both = (left: boolean, right: boolean): Query => allOf([queryOf(node.left, left, scope), queryOf(node.right, right, scope)])
  return anyOf([both(true, same), both(false, !same)])
}

function inQuery(node: InNode, wanted: boolean, scope: SearchScope): Query {
  const set = union(node.items.map((item) => (item.value === null ? nowhere : rangesOf('==', orderedOf(item.value, item.type)))))
  return setQuery(node.left, wanted ? set : complement(set), scope)
}

function setQuery(left: Node, set: RangeSet | null, scope: SearchScope): Query {
  if (set === null) return matchNone
  const solved = left.type.kind === 'int' ? isolate(left, set) : { leaf: left, set }
  if (solved === null) throw unsearchable(scope, left, 'a remainder, or arithmetic on more than one field', 'a field that holds the result')
  if (solved.leaf.op === 'constant')
    throw unsearchable(scope, left, 'arithmetic that divides a constant by a field', 'the comparison solved for the field')
  return leafQuery(solved.leaf, solved.set, scope)
}

/** Documents in which a part has a value. */
function known(part: Node, scope: SearchScope): Query {
  spend(scope, part)
  if (part.op === 'constant') return part.value === null ? matchNone : matchAll
  if (part.op === 'ref') return present(part, scope)
  if (part.op === 'size' && part.part.op === 'ref' && part.part.type.kind === 'list') return exists(sizeField(part.part, scope))
  if (part.type.kind === 'bool') return anyOf([queryOf(part, true, scope), queryOf(part, false, scope)])
  if (part.op === 'if')
    return anyOf([
      allOf([queryOf(part.test, true, scope), known(part.yes, scope)]),
      allOf([queryOf(part.test, false, scope), known(part.no, scope)]),
    ])
  const parts = partsOf(part).map((each) => known(each, scope))
  if (part.op !== 'arithmetic' || (part.how !== '/' && part.how !== '%')) return allOf(parts)
  if (part.right.op === 'constant') return part.right.value === 0n ? matchNone : allOf(parts)
  return allOf([...parts, setQuery(part.right, rangesOf('!=', 0n), scope)])
}

/** The whole query of a predicate, or a PredicateError where documents cannot be asked for it. */
export function searchOf(node: Node, text: string): Query {
  return queryOf(node, true, { text, variables: new Map(), within: '', left: { parts: limits.searchParts } })
}
