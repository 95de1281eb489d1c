const view = new DataView(new ArrayBuffer(8))
// A double has no digit beyond the 1,074th, and none before the 310th.
const NO_MORE_DIGITS = 1_074
const NO_DIGIT_LEFT = -310

/** `new BigDecimal(value).setScale(digits, HALF_UP).doubleValue()`: exact, halves away from zero; undefined where that is no number. */
export function roundHalfUp(value: number, digits: number): number | undefined {
  if (!Number.isFinite(value)) return undefined
  if (digits >= NO_MORE_DIGITS) return value + 0
  if (digits <= NO_DIGIT_LEFT) return 0
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
