import { divide } from './rounding.ts'
import type { Rounding } from './rounding.ts'

// Fixed-point numbers are bigints counted in units of 10^-FIXED_DECIMALS. 24 decimals leave a schedule of 360 rows
// exact to far more than the 12 decimals that published schedules need (RBI's own illustration matches only unrounded inside).
export const FIXED_DECIMALS = 24
export const ONE = 10n ** 24n

// An error of arithmetic is always below this; a value this near to a multiple of the rounding step is that multiple.
// Without it an instalment of exactly 101.00, met as 101.000…01, would round up to 102.
const SNAP_DIVISOR = 10n ** 8n

// A fixed-point value of scale `scale` (units in 1) rounded to a multiple of `step` whole units, as a whole number.
// Values within scale ÷ 10^8 of a step, or of the middle of a step, count as being there.
export const roundFixed = (value: bigint, scale: bigint, how: { step: bigint; rounding: Rounding }): bigint => {
  if (scale === 1n && how.step === 1n) return value
  const grain = scale / SNAP_DIVISOR
  const snapped = grain > 1n ? divide(value, grain, 'half_even') * grain : value
  return divide(snapped, scale * how.step, how.rounding) * how.step
}
