import { limits } from './limits.ts'

/** An exact integer: a number where it is safe, a bigint beyond; never both for one value, so `===` compares. */
export type Integer = number | bigint

const max = BigInt(Number.MAX_SAFE_INTEGER)
const min = BigInt(Number.MIN_SAFE_INTEGER)
const bound = 10n ** BigInt(limits.digits)
const digitsPattern = new RegExp(`^-?[0-9]{1,${limits.digits}}$`)

/** The canonical form of an integer. */
export function integerOf(value: bigint): Integer {
  return value >= min && value <= max ? Number(value) : value
}

/** The integer a row holds as a number, a bigint or digits in text; null where it holds anything else. */
export function readInteger(value: unknown): Integer | null {
  switch (typeof value) {
    case 'number':
      if (Number.isSafeInteger(value)) return value
      return Number.isInteger(value) ? inBounds(BigInt(value)) : null
    case 'bigint':
      return inBounds(value)
    case 'string':
      if (!digitsPattern.test(value)) return null
      return value.length < 16 ? Number(value) : integerOf(BigInt(value))
    default:
      return null
  }
}

function inBounds(value: bigint): Integer | null {
  return value < bound && value > -bound ? integerOf(value) : null
}

/** Exact arithmetic; division and remainder go towards zero, and by zero there is none. */
export function compute(how: '+' | '-' | '*' | '/' | '%', left: Integer, right: Integer): Integer | null {
  if (typeof left === 'number' && typeof right === 'number') {
    const fast = computeSmall(how, left, right)
    if (fast === null || Number.isSafeInteger(fast)) return fast
  }
  const a = BigInt(left)
  const b = BigInt(right)
  switch (how) {
    case '+':
      return integerOf(a + b)
    case '-':
      return integerOf(a - b)
    case '*':
      return integerOf(a * b)
    case '/':
      return b === 0n ? null : integerOf(a / b)
    case '%':
      return b === 0n ? null : integerOf(a % b)
  }
}

function computeSmall(how: '+' | '-' | '*' | '/' | '%', a: number, b: number): number | null {
  switch (how) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      // Subtracting the remainder first makes the quotient exact; a rounded one could reach the next integer.
      return b === 0 ? null : (a - (a % b)) / b
    case '%':
      return b === 0 ? null : a % b
  }
}
