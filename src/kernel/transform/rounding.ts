const view = new DataView(new ArrayBuffer(8))
// A double has no digit beyond the 1,074th, and none before the 310th.
const NO_MORE_DIGITS = 1_074
const NO_DIGIT_LEFT = -310
// Java's BigInteger ends at 2^31 bits, and so do its powers of ten.
const MOST_DIGITS = 646_456_993

// Powers of ten that are exact, and sizes whose error by one multiplication is far below the margin.
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]
const LARGEST = 1e9
const MARGIN = 1e-6

/** The answer where the digits behind the last are far from a half; undefined where exact numbers must decide. */
function roundFar(value: number, digits: number): number | undefined {
  const power = POWERS[digits]
  if (power === undefined) return undefined
  const scaled = Math.abs(value) * power
  if (scaled >= LARGEST) return undefined
  const whole = Math.floor(scaled)
  const rest = scaled - whole
  if (Math.abs(rest - 0.5) < MARGIN) return undefined
  // A whole number below 2^53 divided by an exact power is the double nearest to its decimal text.
  const size = (rest > 0.5 ? whole + 1 : whole) / power
  return value < 0 && size !== 0 ? -size : size
}

/** `new BigDecimal(value).setScale(digits, HALF_UP).doubleValue()`: exact, halves away from zero; undefined where that is no number. */
export function roundHalfUp(value: number, digits: number): number | undefined {
  if (!Number.isFinite(value) || (value !== 0 && Math.abs(digits) > MOST_DIGITS)) return undefined
  if (digits >= NO_MORE_DIGITS) return value + 0
  if (digits <= NO_DIGIT_LEFT) return 0
  const far = roundFar(value, digits)
  if (far !== undefined) return far
  view.setFloat64(0, value)
  const raw = view.getBigUint64(0)
  const biased = Number((raw >> 52n) & 0x7ffn)
  const fraction = raw & ((1n << 52n) - 1n)
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n)
  const exponent = (biased === 0 ? 1 : biased) - 1075
  // |value| · 10^digits as a fraction of two integers.
  const over = (exponent > 0 ? mantissa << BigInt(exponent) : mantissa) * (digits > 0 ? 10n ** BigInt(digits) : 1n)
  const under = (exponent < 0 ? 1n << BigInt(-exponent) : 1n) * (digits < 0 ? 10n ** BigInt(-digits) : 1n)
  const rounded = (2n * over + under) / (2n * under)
  const size = Number(`${rounded}e${-digits}`)
  return value < 0 && size !== 0 ? -size : size
}
