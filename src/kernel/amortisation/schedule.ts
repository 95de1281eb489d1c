import { ONE, divide, formatCivil, majorUnit, roundFixed } from '#kernel/money'
import type { Civil, IsoDate, Rounding } from '#kernel/money'
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
export type Schedule = { readonly scale: bigint; readonly instalment: bigint; readonly rows: readonly ScheduleRow[] }

// An error in an unrounded level instalment grows from row to row as debt does, so the working scale gets that many digits more.
const scaleFor = (terms: Terms, ratios: readonly Ratio[]): bigint => {
  if (terms.rounding !== 'none' || terms.method !== 'emi') return ONE
  let digits = 0
  for (const { numerator, denominator } of ratios) digits += Math.log10(1 + Number(numerator) / Number(denominator))
  return ONE * 10n ** BigInt(Math.ceil(digits))
}

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
const levelPart = (terms: Terms, ratios: readonly Ratio[], scale: bigint): bigint => {
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
  return roundFixed(unrounded(), scale, { step: whole ? majorUnit(terms.currency) : 1n, rounding })
}

type Plan = { readonly dueDates: readonly Civil[]; readonly ratios: readonly Ratio[]; readonly level: bigint; readonly scale: bigint }

// The rows from the one at index `start`, until nothing is owed: a row whose principal reaches what is left takes exactly that
// and ends the schedule, as the last one does.
const rowsFrom = (terms: Terms, plan: Plan, start: { readonly at: number; readonly opening: bigint }): ScheduleRow[] => {
  const { dueDates, ratios, level, scale } = plan
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
  const working = scaleFor(terms, ratios)
  return { dueDates, ratios, level: levelPart(terms, ratios, working), scale: terms.rounding === 'none' ? working : 1n }
}

// The schedule of a loan, by its terms alone: the same for a quote, for posting and for a check years later. Interest is rounded to the
// minor unit, halves up, except under `none`; what is left falls on the last row.
// A figure can be negative where a long first period's interest passes the level instalment: that row's principal is then owed in addition.
export const scheduleOf = (terms: Terms): Schedule => {
  const plan = planOf(terms)
  const rows = rowsFrom(terms, plan, { at: 0, opening: terms.principal * plan.scale })
  const levelTotal = terms.method === 'emi' || terms.method === 'flat'
  return { scale: plan.scale, instalment: levelTotal ? plan.level : (rows[0]?.total ?? 0n), rows }
}

// The rows after number `paid`, were `opening` (minor units) owed when that row fell due: same dates, same level part, so that
// less owed means fewer rows, not smaller ones. Only for terms that round.
export const rowsAfter = (terms: Terms, paid: number, opening: bigint): ScheduleRow[] => {
  if (terms.rounding === 'none') throw new RangeError('an unrounded schedule cannot be posted')
  return rowsFrom(terms, planOf(terms), { at: paid, opening })
}

// A figure of a schedule in whole minor units, halves up.
export const shownAmount = (figure: bigint, schedule: Pick<Schedule, 'scale'>): bigint =>
  roundFixed(figure, schedule.scale, { step: 1n, rounding: 'half_up' })
