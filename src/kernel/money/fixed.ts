import { divide } from './rounding.ts'
import type { Rounding } from './rounding.ts'

// Fixed-point numbers are bigints counted in units of 10^-FIXED_DECIMALS. 48 decimals keep what 1,200 rows of 15 digits lose by
// division below 10^-26, and so on the right side of the line that SNAP_DIVISOR draws.
export const FIXED_DECIMALS = 48
export const ONE = 10n ** 48n

// An error of arithmetic is always below this; a value this near to a multiple of the rounding step is that multiple.
// Without it an instalment of exactly 101.00, met as 101.000…01, would round up to 102. No coarser: a rate of 12 decimals over days of
// a year can truly miss a half by 10^-21 (100 at 5.999999999999 % a month is 0.4999999999999167, which is 0).
const SNAP_DIVISOR = 10n ** 24n

// A fixed-point value of scale `scale` (units in 1) rounded to a multiple of `step` whole units, as a whole number.
// Values within scale ÷ 10^24 of a step, or of the middle between two, count as being there.
export const roundFixed = (value: bigint, scale: bigint, how: { step: bigint; rounding: Rounding }): bigint => {
  const unit = scale * how.step
  if (unit === 1n) return value
  const near = scale / SNAP_DIVISOR
  let whole = value / unit
  let rest = value - whole * unit
  if (rest < 0n) {
    whole -= 1n
    rest += unit
  }
  // Only where the rest lies matters: at the step below, under its middle, at it, over it, or at the step above.
  const offMiddle = 2n * rest - unit
  let quarters = offMiddle < 0n ? 1n : 3n
  if (rest <= near) quarters = 0n
  else if (unit - rest <= near) quarters = 4n
  else if (offMiddle <= 2n * near && offMiddle >= -2n * near) quarters = 2n
  return divide(4n * whole + quarters, 4n, how.rounding) * how.step
}
