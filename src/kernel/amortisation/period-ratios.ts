import { RATE_DENOMINATOR, parseDate, yearFraction } from '#kernel/money'
import type { Civil, YearFraction } from '#kernel/money'
import { monthsPerPeriod } from './due-dates.ts'
import { PERIODS_PER_YEAR } from './terms.ts'
import type { Terms } from './terms.ts'

// Interest of one period as a part of the principal, exact.
export type Ratio = { readonly numerator: bigint; readonly denominator: bigint }

const commonDivisor = (a: bigint, b: bigint): bigint => {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

// Small numbers multiply faster: 15 % over 12 is 1/80, not 15 × 10^12 over 12 × 10^14.
const reduced = (numerator: bigint, denominator: bigint): Ratio => {
  const divisor = commonDivisor(numerator, denominator)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

// The yearly rate divided by the periods of a year.
export const periodRatio = (terms: Pick<Terms, 'annualRate' | 'frequency'>): Ratio =>
  reduced(terms.annualRate, RATE_DENOMINATOR * BigInt(PERIODS_PER_YEAR[terms.frequency]))

// The part of a year each period lasts. Under 30/360 a period between due dates in months is that many twelfths whatever the
// clamping did to its dates, and a first period of whole months counts likewise; every other period goes by its own days.
const fractionsOf = (terms: Terms, dueDates: readonly Civil[], dayCount: Exclude<Terms['dayCount'], 'per_period'>): YearFraction[] => {
  const months = monthsPerPeriod(terms.frequency)
  const regular = dayCount === '30/360' && months !== null ? { numerator: BigInt(months), denominator: 12n } : null
  let from = parseDate(terms.disbursedOn)
  return dueDates.map((to, at) => {
    const fraction = at > 0 && regular ? regular : yearFraction(dayCount, from, to)
    from = to
    return fraction
  })
}

// For each period, the interest as a part of the principal that was outstanding in it.
export const periodRatios = (terms: Terms, dueDates: readonly Civil[]): Ratio[] => {
  if (terms.dayCount === 'per_period') {
    const same = periodRatio(terms)
    return dueDates.map(() => same)
  }
  const yearly = reduced(terms.annualRate, RATE_DENOMINATOR)
  return fractionsOf(terms, dueDates, terms.dayCount).map((part) => ({
    numerator: yearly.numerator * part.numerator,
    denominator: yearly.denominator * part.denominator,
  }))
}
