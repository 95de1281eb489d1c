import { ofEach, ofEither, ofList, ledOfList } from './function-shape.ts'
import type { JoltFunction } from './function-shape.ts'
import { double, doubleValue, intValue, isKind, kindOf, long, longOfDouble, longValue } from './java-number.ts'
import type { Numeric } from './java-number.ts'
import { isNumber } from './json.ts'
import type { Value } from './json.ts'
import { numberOf } from './number-text.ts'
import { roundHalfUp } from './rounding.ts'

const MIN_INT = -(2 ** 31)
const MAX_INT = 2 ** 31 - 1
const MIN_LONG = -(2n ** 63n)
const MAX_LONG = 2n ** 63n - 1n

/** A number, or a text that reads as one. */
function toNumber(value: Value): Numeric | undefined {
  if (isNumber(value)) return value
  return typeof value === 'string' ? numberOf(value) : undefined
}

/** `ints` tells that no other kind was there. */
type Extremes = { int: number; long: bigint; double: number; ints: boolean }

// Jolt keeps one extreme per kind of number and compares the three as longs at the end, so fractions do not decide between kinds.
function extremes(
  items: readonly Value[],
  start: Extremes,
  pick: { numbers: (a: number, b: number) => number; longs: (a: bigint, b: bigint) => bigint },
): Extremes | undefined {
  const found = { ...start }
  let any = false
  for (const item of items) {
    const number = toNumber(item)
    if (number === undefined) continue
    const kind = kindOf(number)
    if (kind === 'big') continue
    any = true
    if (kind === 'int') found.int = pick.numbers(found.int, intValue(number))
    else found.ints = false
    if (kind === 'long') found.long = pick.longs(found.long, longValue(number))
    else if (kind === 'double') found.double = pick.numbers(found.double, doubleValue(number))
  }
  return any ? found : undefined
}

function max(items: readonly Value[]): Value | undefined {
  const longs = (a: bigint, b: bigint): bigint => (a > b ? a : b)
  const found = extremes(items, { int: MIN_INT, long: MIN_LONG, double: -Number.MAX_VALUE, ints: true }, { numbers: Math.max, longs })
  if (found === undefined || found.ints) return found?.int
  const whole = longOfDouble(found.double)
  if (BigInt(found.int) >= whole && BigInt(found.int) >= found.long) return found.int
  return found.long >= whole ? long(found.long) : double(found.double)
}

function min(items: readonly Value[]): Value | undefined {
  const longs = (a: bigint, b: bigint): bigint => (a < b ? a : b)
  const found = extremes(items, { int: MAX_INT, long: MAX_LONG, double: Number.MAX_VALUE, ints: true }, { numbers: Math.min, longs })
  if (found === undefined || found.ints) return found?.int
  const whole = longOfDouble(found.double)
  if (BigInt(found.int) <= whole && BigInt(found.int) <= found.long) return found.int
  return found.long <= whole ? long(found.long) : double(found.double)
}

function abs(value: Value): Value | undefined {
  const number = toNumber(value)
  if (number === undefined) return undefined
  switch (kindOf(number)) {
    case 'int':
      return Math.abs(intValue(number)) | 0
    case 'long': {
      const whole = longValue(number)
      return long(BigInt.asIntN(64, whole < 0n ? -whole : whole))
    }
    case 'double':
      return double(Math.abs(doubleValue(number)))
    case 'big':
      return undefined
  }
}

function avg(items: readonly Value[]): Value | undefined {
  let sum = 0
  let count = 0
  for (const item of items) {
    const number = toNumber(item)
    if (number === undefined) continue
    sum += doubleValue(number)
    count++
  }
  return count === 0 ? undefined : double(sum / count)
}

function sum<T>(items: readonly Value[], start: T, add: (sum: T, number: Numeric) => T): T {
  let found = start
  for (const item of items) {
    const number = toNumber(item)
    if (number !== undefined) found = add(found, number)
  }
  return found
}

function subtract(kind: 'int' | 'long' | 'double', minus: (a: Numeric, b: Numeric) => Value): JoltFunction {
  return ofList((items) => {
    const [a = null, b = null] = items
    return items.length === 2 && isKind(a, kind) && isKind(b, kind) ? minus(a, b) : undefined
  })
}

function quotient(items: readonly Value[]): number | undefined {
  const numerator = toNumber(items[0] ?? null)
  const denominator = toNumber(items[1] ?? null)
  if (items.length !== 2 || numerator === undefined || denominator === undefined || doubleValue(denominator) === 0) return undefined
  return doubleValue(numerator) / doubleValue(denominator)
}

function asDouble(value: number | undefined): Value | undefined {
  return value === undefined ? undefined : double(value)
}

/** One value converted; text that reads as a number too. */
function convert(to: (number: Numeric) => Value): JoltFunction {
  return ofEach((value) => {
    const number = toNumber(value)
    return number === undefined ? undefined : to(number)
  })
}

const isInt = (value: Value): value is Numeric => isKind(value, 'int')

export const NUMBER_FUNCTIONS: Record<string, JoltFunction> = {
  max: ofEither((value) => (isNumber(value) ? value : undefined), max),
  min: ofEither((value) => (isNumber(value) ? value : undefined), min),
  abs: ofEach(abs),
  avg: ofList(avg),
  intSum: ofList((items) => sum(items, 0, (all, number) => (all + intValue(number)) | 0)),
  doubleSum: ofList((items) => double(sum(items, 0, (all, number) => all + doubleValue(number)))),
  longSum: ofList((items) => long(sum(items, 0n, (all, number) => BigInt.asIntN(64, all + longValue(number))))),
  intSubtract: subtract('int', (a, b) => (intValue(a) - intValue(b)) | 0),
  doubleSubtract: subtract('double', (a, b) => double(doubleValue(a) - doubleValue(b))),
  longSubtract: subtract('long', (a, b) => long(BigInt.asIntN(64, longValue(a) - longValue(b)))),
  divide: ofList((items) => asDouble(quotient(items))),
  divideAndRound: ledOfList(isInt, (digits, items) => {
    const value = quotient(items)
    return value === undefined ? undefined : asDouble(roundHalfUp(value, intValue(digits)))
  }),
  toInteger: convert(intValue),
  toLong: convert((number) => long(longValue(number))),
  toDouble: convert((number) => double(doubleValue(number))),
}
