import { closureOf } from './closure.ts'
import type { Type } from './fields.ts'
import type { IfNode, Node } from './node.ts'
import { isolate } from './preimage.ts'
import { anyOf, type Query } from './query.ts'
import { orderedOf, someInRanges } from './range-query.ts'
import { complement, everything, intersection, nowhere, prefixRanges, rangesOf, type RangeSet, union } from './range-set.ts'

/** The values of one variable for which a condition holds: ranges, and tests of text that are no range. */
type Values = { readonly ranges: RangeSet; readonly tests: readonly Node[] }

/** What a condition on one value says: for which values it is true and false, and what it is for null. */
export type OneValue = { readonly whenTrue: Values; readonly whenFalse: Values; readonly forNull: boolean | null }

const none: Values = { ranges: nowhere, tests: [] }
const all: Values = { ranges: everything, tests: [] }

/**
 * Solves a condition that reads nothing but the value `root`, exactly; null where its values are no union of ranges and
 * single text tests. `root` names no field: it is the element of a list of scalars.
 */
export function oneValue(body: Node, variable: number): OneValue | null {
  const whenTrue = valuesOf(body, true)
  const whenFalse = valuesOf(body, false)
  if (whenTrue === null || whenFalse === null) return null
  const frame: unknown[] = []
  frame[variable] = null
  return { whenTrue, whenFalse, forNull: closureOf(body, frame)(null) as boolean | null }
}

/** The known values of the one field that a condition reads for which it is true; null where they are no ranges. */
export function oneFieldValues(condition: Node): RangeSet | null {
  const values = valuesOf(condition, true)
  return values === null || values.tests.length > 0 ? null : values.ranges
}

/** The values that are not among the given; null where they are no union. */
export function others(values: Values): Values | null {
  return values.tests.length === 0 ? { ranges: complement(values.ranges), tests: [] } : null
}

/** Documents in which some value of `field` is among the given. */
export function someValue(field: string, type: Type, values: Values, test: (node: Node) => Query): Query {
  return anyOf([someInRanges(field, type, values.ranges), ...values.tests.map(test)])
}

function valuesOf(node: Node, wanted: boolean): Values | null {
  switch (node.op) {
    case 'constant':
      return node.value === wanted ? all : none
    case 'ref':
      return node.type.kind === 'bool' ? { ranges: rangesOf('==', wanted ? 1n : 0n), tests: [] } : null
    case 'not':
      return valuesOf(node.part, !wanted)
    case 'and':
    case 'or':
      return (node.op === 'or') === wanted ? anyValues(node.parts, wanted) : allValues(node.parts, wanted)
    case 'isNull':
      return node.part.op === 'ref' ? (wanted ? none : all) : null
    case 'if':
      return choice(node, wanted)
    case 'compare':
    case 'in':
      return compared(node, wanted)
    case 'text':
      if (node.how === 'startsWith' && node.left.op === 'ref' && node.right.op === 'constant' && typeof node.right.value === 'string')
        return ranged(prefixRanges(node.right.value), wanted)
      return textTest(node, wanted)
    case 'matches':
      return textTest(node, wanted)
    default:
      return null
  }
}

function ranged(ranges: RangeSet, wanted: boolean): Values {
  return { ranges: wanted ? ranges : complement(ranges), tests: [] }
}

// The absence of a match is no query on single values: a document would match by its other values.
function textTest(node: Extract<Node, { op: 'text' | 'matches' }>, wanted: boolean): Values | null {
  return wanted && node.left.op === 'ref' ? { ranges: nowhere, tests: [node] } : null
}

function compared(node: Extract<Node, { op: 'compare' | 'in' }>, wanted: boolean): Values | null {
  const constants = node.op === 'in' ? node.items : node.right.op === 'constant' ? [node.right] : []
  if (node.op === 'compare' && constants.length === 0) return null
  const values = constants.map((each) => (each.value === null ? null : orderedOf(each.value, each.type)))
  if (values.some((each) => each === null)) return none
  const how = node.op === 'in' ? '==' : node.how
  const ranges = union(values.map((each) => (each === null ? nowhere : rangesOf(how, each))))
  const solved =
    node.left.type.kind === 'int'
      ? isolate(node.left, wanted ? ranges : complement(ranges))
      : { leaf: node.left, set: wanted ? ranges : complement(ranges) }
  return solved?.leaf.op === 'ref' ? { ranges: solved.set, tests: [] } : null
}

function anyValues(parts: readonly Node[], wanted: boolean): Values | null {
  const values = parts.map((part) => valuesOf(part, wanted))
  if (values.some((each) => each === null)) return null
  const known = values.filter((each) => each !== null)
  return { ranges: union(known.map((each) => each.ranges)), tests: known.flatMap((each) => each.tests) }
}

function allValues(parts: readonly Node[], wanted: boolean): Values | null {
  let result: Values = all
  for (const part of parts) {
    const next = valuesOf(part, wanted)
    if (next === null) return null
    const isWhole = (values: Values): boolean => values.tests.length === 0 && values.ranges === everything
    if (isWhole(next)) continue
    if (isWhole(result)) result = next
    else if (result.tests.length === 0 && next.tests.length === 0) result = { ranges: intersection(result.ranges, next.ranges), tests: [] }
    else return null
  }
  return result
}

// Each case asks the test for both of its answers, so that choices in tests of choices would be solved again with every level.
const solvedChoices = new WeakMap<IfNode, Map<boolean, Values | null>>()

function choice(node: IfNode, wanted: boolean): Values | null {
  const solved = solvedChoices.get(node) ?? new Map<boolean, Values | null>()
  solvedChoices.set(node, solved)
  const known = solved.get(wanted)
  if (known !== undefined) return known
  const values = choiceValues(node, wanted)
  solved.set(wanted, values)
  return values
}

function choiceValues(node: IfNode, wanted: boolean): Values | null {
  const whenYes = conjoined(valuesOf(node.test, true), valuesOf(node.yes, wanted))
  const whenNo = conjoined(valuesOf(node.test, false), valuesOf(node.no, wanted))
  if (whenYes === null || whenNo === null) return null
  return { ranges: union([whenYes.ranges, whenNo.ranges]), tests: [...whenYes.tests, ...whenNo.tests] }
}

function conjoined(a: Values | null, b: Values | null): Values | null {
  if (a === null || b === null || a.tests.length > 0 || b.tests.length > 0) return null
  return { ranges: intersection(a.ranges, b.ranges), tests: [] }
}
