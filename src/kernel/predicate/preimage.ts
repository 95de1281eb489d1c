import { cutAt, type Cut, everything, nowhere, type Range, type RangeSet, union } from './range-set.ts'
import type { Node } from './node.ts'

/** The leaf of a chain of integer operations with constants, and the set its value must lie in. */
export type Isolated = { readonly leaf: Node; readonly set: RangeSet }

/**
 * Solves "expression lies in set" for the one part that is no constant: `dpd / 7 + 1 > 4` is `dpd` in [28, ∞). Exact for
 * integers of any size and division towards zero; null where more than one field takes part, or a remainder.
 */
export function isolate(node: Node, set: RangeSet): Isolated | null {
  switch (node.op) {
    case 'negate':
      return isolate(node.part, reflect(set))
    case 'arithmetic': {
      if (node.right.op === 'constant') return isolateLeft(node, set)
      if (node.left.op !== 'constant' || typeof node.left.value !== 'bigint') return null
      const value = node.left.value
      if (node.how === '+') return isolate(node.right, shift(set, -value))
      if (node.how === '-') return isolate(node.right, shift(reflect(set), value))
      return node.how === '*' ? isolate(node.right, divided(set, value)) : null
    }
    default:
      return { leaf: node, set }
  }
}

function isolateLeft(node: Extract<Node, { op: 'arithmetic' }>, set: RangeSet): Isolated | null {
  if (node.right.op !== 'constant' || node.right.value === null) return { leaf: node.left, set: nowhere }
  const value = BigInt(node.right.value)
  switch (node.how) {
    case '+':
      return isolate(node.left, shift(set, -value))
    case '-':
      return isolate(node.left, shift(set, value))
    case '*':
      return isolate(node.left, divided(set, value))
    case '/':
      return isolate(node.left, value === 0n ? nowhere : value < 0n ? multiplied(reflect(set), -value) : multiplied(set, value))
    case '%':
      return value === 0n ? { leaf: node.left, set: nowhere } : null
  }
}

type Closed = { readonly low: bigint | null; readonly high: bigint | null }

// Cuts of whole numbers are always before a value, so [from, to) is the closed range from … to - 1.
function closed(range: Range): Closed {
  return { low: range.from === null ? null : (range.from.at as bigint), high: range.to === null ? null : (range.to.at as bigint) - 1n }
}

function ranges(parts: readonly Closed[]): RangeSet {
  const cut = (value: bigint | null, after: boolean): Cut | null => (value === null ? null : cutAt(value, after))
  const kept = parts.filter((part) => part.low === null || part.high === null || part.low <= part.high)
  return union([kept.map((part) => ({ from: cut(part.low, false), to: cut(part.high, true) }))])
}

function shift(set: RangeSet, by: bigint): RangeSet {
  const move = (value: bigint | null): bigint | null => (value === null ? null : value + by)
  return ranges(set.map(closed).map(({ low, high }) => ({ low: move(low), high: move(high) })))
}

function reflect(set: RangeSet): RangeSet {
  const flip = (value: bigint | null): bigint | null => (value === null ? null : -value)
  return ranges(set.map(closed).map(({ low, high }) => ({ low: flip(high), high: flip(low) })))
}

// The integers whose product with `by` lies in the set.
function divided(set: RangeSet, by: bigint): RangeSet {
  if (by === 0n) return set.map(closed).some(({ low, high }) => (low ?? 0n) <= 0n && (high ?? 0n) >= 0n) ? everything : nowhere
  const positive = by < 0n ? reflect(set) : set
  const size = by < 0n ? -by : by
  return ranges(
    positive.map(closed).map(({ low, high }) => ({
      low: low === null ? null : -floorDivide(-low, size),
      high: high === null ? null : floorDivide(high, size),
    })),
  )
}

// The integers whose quotient by `by` > 0, towards zero, lies in the set.
function multiplied(set: RangeSet, by: bigint): RangeSet {
  return ranges(
    set.map(closed).map(({ low, high }) => ({
      low: low === null ? null : low > 0n ? low * by : (low - 1n) * by + 1n,
      high: high === null ? null : high < 0n ? high * by : (high + 1n) * by - 1n,
    })),
  )
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}
