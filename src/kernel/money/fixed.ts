import { divide } from './rounding.ts'
import type { Rounding } from './rounding.ts'

// Fixed-point numbers are bigints counted in units of 10^-FIXED_DECIMALS. 24 decimals leave a schedule of 360 rows
// exact to far more than the 12 decimals that published schedules need (RBI's own illustration matches only unrounded inside).
export const FIXED_DECIMALS = 24
export const ONE = 10n ** 24n

// An error of arithmetic is always below this; a value this near to a multiple of the rounding step is that multiple.
// Without it an instalment of exactly 101.00, met as 101.000…01, would round up to 102.
const SNAP_DIVISOR = 10n ** 12n

// A fixed-point value of scale `scale` (units in 1) rounded to a multiple of `step` whole units, as a whole number.
// Values within scale ÷ 10^12 of a step, or of the middle between two, count as being there.
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
