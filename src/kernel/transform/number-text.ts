import { double, integerOf, kindOf, long } from './java-number.ts'
import type { Numeric } from './java-number.ts'
import { doubleText } from './double-text.ts'

const MAX_INT = 2 ** 31 - 1
const TWO_63 = 2n ** 63n
// Longer texts of digits hold no int or long worth reading; a Double needs no more either.
const MAX_NUMBER_TEXT = 100_000

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?$/
const HEXADECIMAL = /^([+-]?)0[xX](?:([0-9a-fA-F]+)\.?|([0-9a-fA-F]*)\.([0-9a-fA-F]+))[pP]([+-]?\d+)[fFdD]?$/
const DIGIT = /^\p{Nd}$/u

/** Java's `Character.isDigit(char)`. */
export function isDigit(char: string): boolean {
  return (char >= '0' && char <= '9') || (char > '\x7f' && DIGIT.test(char))
}

/** ASCII digits for any script's digits: Unicode lays each script's ten out in a row. */
function asciiDigits(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (char < '\x80' || !DIGIT.test(char)) {
      out += char
      continue
    }
    let zero = char.charCodeAt(0)
    while (DIGIT.test(String.fromCharCode(zero - 1)) && char.charCodeAt(0) - zero < 9) zero--
    out += String(char.charCodeAt(0) - zero)
  }
  return out
}

function digitsOf(text: string): string | undefined {
  if (text.length > MAX_NUMBER_TEXT) return undefined
  const ascii = /[^\x20-\x7e]/.test(text) ? asciiDigits(text) : text
  return /^[+-]?\d+$/.test(ascii) ? ascii : undefined
}

/** Java's `Integer.parseInt`; undefined where it throws. */
export function parseInteger(text: string): number | undefined {
  const { length } = text
  if (length === 0) return undefined
  if (length < 10) {
    let value = 0
    let i = 0
    for (; i < length; i++) {
      const digit = text.charCodeAt(i) - 48
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    if (i === length) return value
  }
  const digits = digitsOf(text)
  if (digits === undefined) return undefined
  const value = Number(digits)
  return value <= MAX_INT && value >= -MAX_INT - 1 ? value + 0 : undefined
}

function parseLong(text: string): Numeric | undefined {
  const digits = digitsOf(text)
  if (digits === undefined || digits.length > 100) return undefined
  const value = BigInt(digits.startsWith('+') ? digits.slice(1) : digits)
  return value < TWO_63 && value >= -TWO_63 ? long(value) : undefined
}

/** Java's `Double.parseDouble`; undefined where it throws. Takes blanks around, a suffix f or d, hexadecimal, NaN and Infinity. */
export function parseDouble(text: string): number | undefined {
  const trimmed = javaTrim(text)
  if (trimmed.length > MAX_NUMBER_TEXT) return undefined
  if (DECIMAL.test(trimmed)) return Number(/[fFdD]$/.test(trimmed) ? trimmed.slice(0, -1) : trimmed)
  const named = /^([+-]?)(NaN|Infinity)$/.exec(trimmed)
  if (named) return named[2] === 'NaN' ? Number.NaN : named[1] === '-' ? -Infinity : Infinity
  const hex = HEXADECIMAL.exec(trimmed)
  return hex ? hexDouble(hex) : undefined
}

function hexDouble(hex: RegExpExecArray): number {
  const fraction = hex[4] ?? ''
  let mantissa = BigInt(`0x${hex[2] ?? hex[3] ?? ''}${fraction}` === '0x' ? '0x0' : `0x${hex[2] ?? hex[3] ?? ''}${fraction}`)
  let exponent = Number(hex[5]) - 4 * fraction.length
  if (mantissa === 0n) return hex[1] === '-' ? -0 : 0
  // Keep 54 bits and a sticky one above the place where the result is rounded, so that rounding happens once.
  const bits = mantissa.toString(2).length
  const keep = Math.min(54, bits + exponent + 1075)
  const drop = bits - Math.max(keep, 1)
  if (drop > 0) {
    const sticky = mantissa & ((1n << BigInt(drop)) - 1n) ? 1n : 0n
    mantissa = (mantissa >> BigInt(drop)) * 2n + sticky
    exponent += drop - 1
  }
  const value = scale(Number(mantissa), exponent)
  return hex[1] === '-' ? -value : value
}

function scale(value: number, exponent: number): number {
  if (exponent > 2000) return value * Infinity
  if (exponent < -1100) return exponent < -2200 ? 0 : value * 2 ** -1000 * 2 ** (exponent + 1000)
  return exponent > 1000
    ? value * 2 ** 1000 * 2 ** (exponent - 1000)
    : exponent < -1020
      ? value * 2 ** (exponent + 1020) * 2 ** -1020
      : value * 2 ** exponent
}

/** Jolt's own reading of a text as a number: int, else long, else double; undefined when it is none. */
export function numberOf(text: string): Numeric | undefined {
  const whole = parseInteger(text) ?? parseLong(text)
  if (whole !== undefined) return whole
  const real = parseDouble(text)
  return real === undefined ? undefined : double(real)
}

/** Java's `String.trim()`: characters up to the blank, at both ends. */
export function javaTrim(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && text.charCodeAt(from) <= 32) from++
  while (to > from && text.charCodeAt(to - 1) <= 32) to--
  return text.slice(from, to)
}

/** A number as Java prints it: `1.0E10`, `NaN`, digits of integers. */
export function numberText(value: Numeric): string {
  if (typeof value === 'number') return kindOf(value) === 'double' ? doubleText(value) : String(value)
  if (typeof value === 'bigint') return value.toString()
  return value.kind === 'double' ? doubleText(value.value) : String(value.value)
}

/** A JSON number literal, read as Jackson reads it. Throws SyntaxError for one too long to be meant. */
export function literalNumber(text: string): Numeric {
  if (text.length > MAX_NUMBER_TEXT) throw new SyntaxError(`a number of more than ${MAX_NUMBER_TEXT} digits`)
  if (!/[.eE]/.test(text)) return integerOf(text)
  // Jackson answers this one text (which hung old Java runtimes) with Double.MIN_VALUE.
  return double(text === '2.2250738585072012e-308' ? Number.MIN_VALUE : Number(text))
}
