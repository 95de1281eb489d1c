import { WHOLE, divide, formatCivil, majorUnit, precisionFor, roundFixed } from '#kernel/money'
import type { Civil, IsoDate, Precision, Rounding } from '#kernel/money'
import { dueDatesOf } from './due-dates.ts'
import { periodRatio, periodRatios } from './period-ratios.ts'
import type { Ratio } from './period-ratios.ts'
import type { Terms } from './terms.ts'

// One instalment, in minor units × the schedule's scale. total = principal + interest, closing = opening − principal.
export type ScheduleRow = {
  readonly number: number
  readonly dueOn: IsoDate
  readonly opening: bigint
  readonly principal: bigint
  readonly interest: bigint
  readonly total: bigint
  readonly closing: bigint
}

// `scale` is 1 when figures are whole minor units. With rounding `none` it is a large power of ten, and figures are
// unrounded until `shownAmount` rounds each for show.
export type Schedule = Precision & { readonly instalment: bigint; readonly rows: readonly ScheduleRow[] }

// By how many digits a debt that is not repaid would grow. So does an error in an unrounded level instalment, from row to row; and so near
// may that instalment come to its interest alone: 600 months at 10 % a month are repaid with the interest and a 10^25th of the debt.
const growthOf = (terms: Terms, ratios: readonly Ratio[]): number => {
  const digits = ({ numerator, denominator }: Ratio): number => Math.log10(1 + Number(numerator) / Number(denominator))
  const ofDays = terms.dayCount !== 'per_period' && (terms.rounding === 'none' || terms.instalmentBasis === 'day_factors')
  const ofRate = digits(periodRatio(terms)) * ratios.length
  return Math.ceil(ofDays ? Math.max(ofRate, sumOf(ratios.map(digits))) : ofRate)
}

const sumOf = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)

// The level instalment: the principal over the sum of the discount factors, unrounded, in units of 1 ÷ scale.
// For equal ratios i this is P·i·(1+i)^n ÷ ((1+i)^n − 1), RBI's EMI; at rate 0 it is P ÷ n.
const levelInstalment = (principal: bigint, ratios: readonly Ratio[], scale: bigint): bigint => {
  let annuity = 0n
  for (let at = ratios.length - 1; at >= 0; at -= 1) {
    const { numerator, denominator } = ratios[at] ?? NO_INTEREST
    annuity = ((annuity + scale) * denominator) / (denominator + numerator)
  }
  return (principal * scale * scale) / annuity
}

const NO_INTEREST: Ratio = { numerator: 0n, denominator: 1n }

const ROUND: Record<Exclude<Terms['rounding'], 'none'>, { readonly whole: boolean; readonly rounding: Rounding }> = {
  paisa: { whole: false, rounding: 'half_up' },
  rupee_nearest: { whole: true, rounding: 'half_up' },
  rupee_up: { whole: true, rounding: 'up' },
}

// The part that the method keeps level, as it will be charged: the total (emi, flat), the principal part (equal_principal), nothing (bullet).
const levelPart = (terms: Terms, ratios: readonly Ratio[], precision: Precision): bigint => {
  const { scale } = precision
  const unrounded = (): bigint => {
    switch (terms.method) {
      case 'emi': {
        const same = terms.instalmentBasis === 'period_rate' ? periodRatio(terms) : null
        return levelInstalment(terms.principal, same ? ratios.map(() => same) : ratios, scale)
      }
      case 'flat': {
        const { numerator, denominator } = periodRatio(terms)
        const count = BigInt(terms.instalments)
        return (terms.principal * scale * (denominator + count * numerator)) / (count * denominator)
      }
      case 'equal_principal':
        return (terms.principal * scale) / BigInt(terms.instalments)
      case 'bullet':
        return 0n
    }
  }
  if (terms.rounding === 'none') return unrounded()
  const { whole, rounding } = ROUND[terms.rounding]
  return roundFixed(unrounded(), precision, { step: whole ? majorUnit(terms.currency) : 1n, rounding })
}

type Plan = {
  readonly dueDates: readonly Civil[]
  readonly ratios: readonly Ratio[]
  readonly level: bigint
  readonly precision: Precision
}

// The rows from the one at index `start`, until nothing is owed: a row whose principal reaches what is left takes exactly that
// and ends the schedule, as the last one does.
const rowsFrom = (terms: Terms, plan: Plan, start: { readonly at: number; readonly opening: bigint }): ScheduleRow[] => {
  const { dueDates, ratios, level } = plan
  const { scale } = plan.precision
  const flat = terms.method === 'flat' ? periodRatio(terms) : null
  const levelTotal = terms.method === 'emi' || terms.method === 'flat'
  const rows: ScheduleRow[] = []
  let opening = start.opening
  for (let at = start.at; opening > 0n; at += 1) {
    const due = dueDates[at]
    if (due === undefined) break
    const ratio = flat ?? ratios[at] ?? NO_INTEREST
    const bearing = flat ? terms.principal * scale : opening
    const product = bearing * ratio.numerator
    const interest = scale === 1n ? divide(product, ratio.denominator, 'half_up') : product / ratio.denominator
    const wanted = levelTotal ? level - interest : level
    const principal = at === dueDates.length - 1 || wanted > opening ? opening : wanted
    const closing = opening - principal
    rows.push({ number: at + 1, dueOn: formatCivil(due), opening, principal, interest, total: principal + interest, closing })
    opening = closing
  }
  return rows
}

const planOf = (terms: Terms): Plan => {
  const dueDates = dueDatesOf(terms)
  const ratios = periodRatios(terms, dueDates)
  const working = precisionFor(terms.method === 'emi' ? growthOf(terms, ratios) : 0)
  return { dueDates, ratios, level: levelPart(terms, ratios, working), precision: terms.rounding === 'none' ? working : WHOLE }
}

// The schedule of a loan, by its terms alone: the same for a quote, for posting and for a check years later. Interest is rounded to the
// minor unit, halves up, except under `none`; what is left falls on the last row.
// A figure can be negative where a long first period's interest passes the level instalment: that row's principal is then owed in addition.
export const scheduleOf = (terms: Terms): Schedule => {
  const plan = planOf(terms)
  const rows = rowsFrom(terms, plan, { at: 0, opening: terms.principal * plan.precision.scale })
  const levelTotal = terms.method === 'emi' || terms.method === 'flat'
  return { ...plan.precision, instalment: levelTotal ? plan.level : (rows[0]?.total ?? 0n), rows }
}

// The rows after number `paid`, were `opening` (minor units) owed when that row fell due: same dates, same level part, so that
// less owed means fewer rows, not smaller ones. Only for terms that round.
export const rowsAfter = (terms: Terms, paid: number, opening: bigint): ScheduleRow[] => {
  if (terms.rounding === 'none') throw new RangeError('an unrounded schedule cannot be posted')
  return rowsFrom(terms, planOf(terms), { at: paid, opening })
}

// A figure of a schedule in whole minor units, halves up.
export const shownAmount = (figure: bigint, precision: Precision): bigint =>
  roundFixed(figure, precision, { step: 1n, rounding: 'half_up' })
