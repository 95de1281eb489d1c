import { JavaNumber } from './json.ts'
import type { Value } from './json.ts'

export type Numeric = number | bigint | JavaNumber
export type NumberKind = 'int' | 'long' | 'big' | 'double'

const TWO_63 = 2 ** 63
const TWO_31 = 2 ** 31
// JSON.stringify writes an exponent from here on, and Jackson reads such a text as a Double.
const PLAIN_INTEGER_END = 1e21

/** The Java class json-utils gives a number: Integer, Long or BigInteger by size, Double when its text has a fraction or an exponent. */
export function kindOf(value: Numeric): NumberKind {
  if (typeof value === 'number') {
    if ((value | 0) === value) return 'int'
    if (!Number.isInteger(value)) return 'double'
    // The text of -2^63 is -9223372036854776000, which no Long holds; the Long itself is a bigint here.
    const size = Math.abs(value)
    if (size < TWO_63) return 'long'
    return size < PLAIN_INTEGER_END ? 'big' : 'double'
  }
  if (typeof value === 'bigint') {
    if (value === BigInt.asIntN(32, value)) return 'int'
    return value === BigInt.asIntN(64, value) ? 'long' : 'big'
  }
  return value.kind
}

/** The value that is a Java Double whatever its size. */
export function double(value: number): Numeric {
  return Number.isInteger(value)
    ? Math.abs(value) < PLAIN_INTEGER_END
      ? new JavaNumber('double', value)
      : value
    : Number.isFinite(value)
      ? value
      : new JavaNumber('double', value)
}

/** The value that is a Java Long; the caller has wrapped it to 64 bits. */
export function long(value: bigint): Numeric {
  if (value === BigInt.asIntN(32, value)) return new JavaNumber('long', Number(value))
  const plain = Number(value)
  return Number.isSafeInteger(plain) ? plain : value
}

/** The integer a text of digits stands for, in the smallest exact form. */
export function integerOf(text: string): Numeric {
  const plain = Number(text)
  return Number.isSafeInteger(plain) ? plain + 0 : BigInt(text)
}

/** Exact integer behind an int, long or big; decimal digits are those of the JSON text. */
function exact(value: Numeric): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(Number.isSafeInteger(value) ? value : String(value))
  return BigInt(value.value)
}

/** Java's `Number.doubleValue()`. */
export function doubleValue(value: Numeric): number {
  return typeof value === 'number' ? value : Number(typeof value === 'bigint' ? value : value.value)
}

/** Java's `Number.intValue()`: low 32 bits of integers, doubles cut off and clamped. */
export function intValue(value: Numeric): number {
  if (typeof value === 'number' && (value | 0) === value) return value + 0
  if (kindOf(value) !== 'double') return Number(BigInt.asIntN(32, exact(value)))
  const cut = doubleValue(value)
  if (Number.isNaN(cut)) return 0
  return cut >= TWO_31 - 1 ? TWO_31 - 1 : cut <= -TWO_31 ? -TWO_31 : Math.trunc(cut) + 0
}

/** Java's `Number.longValue()`: low 64 bits of integers, doubles cut off and clamped. */
export function longValue(value: Numeric): bigint {
  if (kindOf(value) !== 'double') return BigInt.asIntN(64, exact(value))
  return longOfDouble(doubleValue(value))
}

export function longOfDouble(value: number): bigint {
  if (Number.isNaN(value)) return 0n
  if (value >= TWO_63) return 2n ** 63n - 1n
  return value <= -TWO_63 ? -(2n ** 63n) : BigInt(Math.trunc(value))
}

export function isKind(value: Value | undefined, kind: NumberKind): value is Numeric {
  return (typeof value === 'number' || typeof value === 'bigint' || value instanceof JavaNumber) && kindOf(value) === kind
}
