import { divide } from './rounding.ts'
import type { Rounding } from './rounding.ts'

// How finely a fixed-point number is kept, and how near is there: `scale` units are one, and an error of arithmetic is always below `near`
// units, so that a value this near to a multiple of the rounding step is that multiple. Without it an instalment of exactly 101, met a hair
// above for an error's sake, would round up to 102; were it coarser, one that truly lies a hair above would not.
export type Precision = { readonly scale: bigint; readonly near: bigint }

// Whole units, exact.
export const WHOLE: Precision = { scale: 1n, near: 0n }

// 48 decimals, of which the last 24 may be wrong: what 1,200 rows of 15 digits lose by division. `growth` more of each kind where an error
// of the first row is multiplied by up to 10^growth in the last.
export const precisionFor = (growth: number): Precision => ({ scale: 10n ** BigInt(48 + 2 * growth), near: 10n ** BigInt(24 + growth) })

// A fixed-point value rounded to a multiple of `step` whole units, as a whole number. Values within `near` of a step, or of the middle
// between two, count as being there.
export const roundFixed = (value: bigint, { scale, near }: Precision, how: { step: bigint; rounding: Rounding }): bigint => {
  const unit = scale * how.step
  if (unit === 1n) return value
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
