// half_up takes halves away from zero, up away from zero, down towards zero, ceiling towards +∞, floor towards −∞.
export type Rounding = 'half_up' | 'half_even' | 'up' | 'down' | 'ceiling' | 'floor'

// What is left over after whole division: how its size compares with half a unit (below −, at 0, above +), and the signs around it.
type Rest = { readonly half: number; readonly odd: boolean; readonly negative: boolean }

const awayFromZero = (rounding: Rounding, { half, odd, negative }: Rest): boolean => {
  switch (rounding) {
    case 'half_up':
      return half >= 0
    case 'half_even':
      return half > 0 || (half === 0 && odd)
    case 'up':
      return true
    case 'down':
      return false
    case 'ceiling':
      return !negative
    case 'floor':
      return negative
  }
}

const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value)

// numerator ÷ denominator as a whole number, by the rounding named; exact for any size. A zero denominator throws RangeError.
export const divide = (numerator: bigint, denominator: bigint, rounding: Rounding): bigint => {
  const quotient = numerator / denominator
  const rest = numerator - quotient * denominator
  if (rest === 0n) return quotient
  const negative = numerator < 0n !== denominator < 0n
  const doubled = sizeOf(rest) * 2n
  const divisor = sizeOf(denominator)
  const half = doubled === divisor ? 0 : doubled > divisor ? 1 : -1
  if (!awayFromZero(rounding, { half, odd: quotient % 2n !== 0n, negative })) return quotient
  return negative ? quotient - 1n : quotient + 1n
}

// The multiple of `step` chosen by the rounding: roundTo(96973n, 100n, 'half_up') is 97000n, a rupee amount in paise.
export const roundTo = (amount: bigint, step: bigint, rounding: Rounding): bigint => divide(amount, step, rounding) * step
