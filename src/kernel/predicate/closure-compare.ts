import type { CompareNode, Comparison, Constant } from './node.ts'
import { compareText } from './text-order.ts'

type Closure = (row: unknown) => Constant
/** Both operands are known and of one kind; the type system cannot say which, so they are taken for numbers. */
type Decision = (a: number, b: number) => boolean

/** Compares two closures of one kind; unknown where either is. Numbers and bigints mix exactly in JavaScript. */
export function comparerOf(node: CompareNode, left: Closure, right: Closure): Closure {
  const decide = decisionOf(node.how, node.left.type.kind === 'string')
  if (node.right.op === 'constant') return withConstant(decide, left, right(null))
  return (row) => {
    const a = left(row)
    if (a === null) return null
    const b = right(row)
    return b === null ? null : decide(a as number, b as number)
  }
}

// The common shape, a field against a literal, without a second call per row.
function withConstant(decide: Decision, left: Closure, bound: Constant): Closure {
  if (bound === null) return () => null
  return (row) => {
    const value = left(row)
    return value === null ? null : decide(value as number, bound as number)
  }
}

function decisionOf(how: Comparison, isText: boolean): Decision {
  if (how === '==') return (a, b) => a === b
  if (how === '!=') return (a, b) => a !== b
  return isText ? textOrder(how) : plainOrder(how)
}

type Order = Exclude<Comparison, '==' | '!='>

function textOrder(how: Order): Decision {
  const order = (a: number, b: number): number => compareText(a as unknown as string, b as unknown as string)
  switch (how) {
    case '<':
      return (a, b) => order(a, b) < 0
    case '<=':
      return (a, b) => order(a, b) <= 0
    case '>':
      return (a, b) => order(a, b) > 0
    case '>=':
      return (a, b) => order(a, b) >= 0
  }
}

function plainOrder(how: Order): Decision {
  switch (how) {
    case '<':
      return (a, b) => a < b
    case '<=':
      return (a, b) => a <= b
    case '>':
      return (a, b) => a > b
    case '>=':
      return (a, b) => a >= b
  }
}
