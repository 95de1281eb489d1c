// Between these, outside of which it sometimes prints a digit too many, Java 17 prints the shortest digits as JavaScript does.
const AGREE_LOW = 1e-3
const AGREE_HIGH = 1e15
const PLAIN_HIGH = 1e7

const FRACTION_BITS = 52
const HIDDEN_BIT = 1n << 52n
const view = new DataView(new ArrayBuffer(8))

/** Java 17's `Double.toString`: plain digits from 1e-3 to 1e7, else `d.dddEn`, and always a fraction. */
export function doubleText(value: number): string {
  const size = Math.abs(value)
  if (size >= AGREE_LOW && size < PLAIN_HIGH) return Number.isInteger(value) ? `${value}.0` : String(value)
  if (Number.isNaN(value)) return 'NaN'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  if (size === Infinity) return `${sign}Infinity`
  if (size === 0) return `${sign}0.0`
  const [digits, exponent] = size >= AGREE_LOW && size < AGREE_HIGH ? shortest(size) : javaDigits(size)
  return `${sign}${digits.charAt(0)}.${digits.slice(1) || '0'}E${exponent}`
}

/** Shortest digits and the decimal exponent of the first. */
function shortest(size: number): [string, number] {
  const text = size.toExponential()
  const at = text.indexOf('e')
  return [text.slice(0, at).replace('.', ''), Number(text.slice(at + 1))]
}

type Binary = { bits: bigint; exponent: number; significant: number; used: number }

function binaryOf(size: number): Binary {
  view.setFloat64(0, size)
  const raw = view.getBigUint64(0)
  let exponent = Number(raw >> 52n)
  let bits = raw & (HIDDEN_BIT - 1n)
  let significant = FRACTION_BITS + 1
  if (exponent === 0) {
    significant = bits.toString(2).length
    const shift = FRACTION_BITS + 1 - significant
    bits <<= BigInt(shift)
    exponent = 1 - shift
  } else bits |= HIDDEN_BIT
  let tail = 0
  while (((bits >> BigInt(tail)) & 1n) === 0n) tail++
  return { bits, exponent: exponent - 1023, significant, used: FRACTION_BITS + 1 - tail }
}

/**
 * The digits Java 17 prints. Its method (Steele and White's, with a symmetric stopping test, arithmetic in 32, 64 or unlimited
 * bits by size, and two digits at least where an exponent is written) is not always shortest (JDK-4511638), so it is followed.
 */
function javaDigits(size: number): [string, number] {
  const { bits, exponent, significant, used } = binaryOf(size)
  const tiny = Math.max(0, used - exponent - 1)
  if (tiny === 0 && exponent <= 62)
    return wholeDigits(exponent >= 52 ? bits << BigInt(exponent - 52) : bits >> BigInt(52 - exponent), exponent - significant - 1)
  const decimal = estimate(bits, exponent)
  const b5 = Math.max(0, -decimal)
  const s5 = Math.max(0, decimal)
  let b2 = b5 + tiny + exponent
  let s2 = s5 + tiny
  let m2 = b2 - significant
  b2 -= used - 1
  const both = Math.min(b2, s2)
  b2 -= both
  s2 -= both
  m2 -= both
  if (used === 1) m2 -= 1
  if (m2 < 0) {
    b2 -= m2
    s2 -= m2
    m2 = 0
  }
  const bBits = used + b2 + fiveBits(b5)
  const tenBits = s2 + 1 + fiveBits(s5 + 1)
  const width = bBits < 32 && tenBits < 32 ? 32 : bBits < 64 && tenBits < 64 ? 64 : 0
  const b = ((bits >> BigInt(53 - used)) * 5n ** BigInt(b5)) << BigInt(b2)
  return develop({ b, s: (5n ** BigInt(s5)) << BigInt(s2), m: (5n ** BigInt(b5)) << BigInt(m2), width, decimal })
}

/** Whole numbers below 2^63: exact digits, rounded where they lie below the last bit. */
function wholeDigits(value: bigint, below: number): [string, number] {
  const drop = below > 1 ? Math.floor(below * Math.log10(2)) : 0
  const power = 10n ** BigInt(drop)
  let kept = value / power
  if (drop > 0 && value % power >= power / 2n) kept++
  const text = kept.toString()
  return [text.replace(/0+$/, ''), text.length - 1 + drop]
}

/** Bits of a power of five: exact up to 26, three a power beyond. */
function fiveBits(power: number): number {
  return power === 0 ? 0 : power < 27 ? (5n ** BigInt(power)).toString(2).length : power * 3
}

/** The decimal exponent, by a straight line in place of the logarithm: right or one too high. */
function estimate(bits: bigint, exponent: number): number {
  const unit = Number(bits) / 2 ** 52
  return Math.floor((unit - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981)
}

type Digits = { b: bigint; s: bigint; m: bigint; width: number; decimal: number }

function develop({ b: start, s, m: half, width, decimal: estimated }: Digits): [string, number] {
  const fit = (value: bigint): bigint => (width === 0 ? value : BigInt.asIntN(width, value))
  const tens = s * 10n
  const reaches = (sum: bigint): boolean => (width === 0 ? sum >= tens : fit(sum) > tens)
  const digits: number[] = []
  let decimal = estimated
  let digit = start / s
  let b = 10n * (start % s)
  let m = fit(half * 10n)
  let low = b < m
  let high = reaches(b + m)
  if (digit === 0n && !high) decimal--
  else digits.push(Number(digit))
  if (decimal < -3 || decimal >= 8) low = high = false
  while (!low && !high) {
    digit = b / s
    b = 10n * (b % s)
    m = fit(m * 10n)
    low = m <= 0n || b < m
    high = m <= 0n || reaches(b + m)
    digits.push(Number(digit))
  }
  const twice = 2n * b - tens
  const last = digits.at(-1) ?? 0
  if (high && (!low || twice > 0n || (twice === 0n && last % 2 === 1))) decimal += roundUp(digits)
  return [digits.join('').replace(/(?<=.)0+$/, ''), decimal]
}

/** Adds one to the last digit; answers 1 when the carry leaves the first. */
function roundUp(digits: number[]): number {
  let at = digits.length - 1
  while (digits[at] === 9 && at > 0) digits[at--] = 0
  if (digits[at] === 9) {
    digits[at] = 1
    return 1
  }
  digits[at] = (digits[at] ?? 0) + 1
  return 0
}
