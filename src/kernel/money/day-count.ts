import { dayNumberOf, isLeap } from './civil-date.ts'
import type { Civil } from './civil-date.ts'
import { stepMonths } from './date-steps.ts'

// Parts of a year, exact.
export type YearFraction = { readonly numerator: bigint; readonly denominator: bigint }

export type DayCount = '30/360' | '30E/360' | 'act/360' | 'act/365' | 'act/act'

const over = (numerator: number, denominator: number): YearFraction => ({ numerator: BigInt(numerator), denominator: BigInt(denominator) })

// 30E/360 ("Eurobond basis", ISDA 2006 definitions 4.16(g)): both days cut to 30.
const eurobondDays = (from: Civil, to: Civil): number =>
  (to.year - from.year) * 360 + (to.month - from.month) * 30 + Math.min(to.day, 30) - Math.min(from.day, 30)

// Whole months from one date to another if the later one is the earlier one's day clamped into its month, else null: 31 January to 28 February is one.
export const wholeMonths = (from: Civil, to: Civil): number | null => {
  const months = (to.year - from.year) * 12 + to.month - from.month
  return stepMonths(from, months).day === to.day ? months : null
}

// ISDA's actual/actual (2006 definitions 4.16(b)): days in leap years over 366, the others over 365. The first day counts, the last does not.
const actualActual = (from: Civil, to: Civil): YearFraction => {
  const start = dayNumberOf(from)
  const end = dayNumberOf(to)
  let leapDays = 0
  for (let year = from.year; year <= to.year; year += 1) {
    if (!isLeap(year)) continue
    leapDays += Math.max(
      0,
      Math.min(end, dayNumberOf({ year: year + 1, month: 1, day: 1 })) - Math.max(start, dayNumberOf({ year, month: 1, day: 1 })),
    )
  }
  const plainDays = end - start - leapDays
  if (leapDays === 0) return over(plainDays, 365)
  return plainDays === 0 ? over(leapDays, 366) : over(plainDays * 366 + leapDays * 365, 365 * 366)
}

// The part of a year between two dates, `from` counted and `to` not; exact. `30/360` counts whole months as twelfths
// whatever the dates (31 January to 28 February is 1/12) and any broken period by 30E/360.
export const yearFraction = (convention: DayCount, from: Civil, to: Civil): YearFraction => {
  switch (convention) {
    case '30/360': {
      const months = wholeMonths(from, to)
      return months === null ? over(eurobondDays(from, to), 360) : over(months, 12)
    }
    case '30E/360':
      return over(eurobondDays(from, to), 360)
    case 'act/360':
      return over(dayNumberOf(to) - dayNumberOf(from), 360)
    case 'act/365':
      return over(dayNumberOf(to) - dayNumberOf(from), 365)
    case 'act/act':
      return actualActual(from, to)
  }
}
