import {
  aprOf,
  DAY_COUNTS,
  INSTALMENT_BASES,
  INSTALMENT_ROUNDINGS,
  MAX_INSTALMENTS,
  METHODS,
  PERIODS_PER_YEAR,
  scheduleOf,
  shownAmount,
} from '#kernel/amortisation'
import type { Frequency, Schedule, Terms } from '#kernel/amortisation'
import { Fault } from '#kernel/faults'
import { Amount, CurrencyCode, DateText, daysBetween, divide, parseRate, RATE_DENOMINATOR, RateText } from '#kernel/money'
import { view } from '#kernel/operations'
import { z } from 'zod'

const MAX_FEES = 20
const MAX_NAME_LENGTH = 80
// The dearest loans on earth cost some hundreds of percent; above this a request is a mistake, and dear to compute exactly.
const MAX_ANNUAL_RATE = '1000'
// No tax on a fee is more than the fee.
const MAX_TAX_RATE = '100'

const FREQUENCIES = Object.keys(PERIODS_PER_YEAR) as [Frequency, ...Frequency[]]

// Names are shown to people: no control characters, no broken ones, not blank. Written so that there is one way to read any text: with two, a
// long one is tried in as many ways as it has letters, each as long as itself.
const FeeName = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[\p{Z}]*[^\p{Cc}\p{Cs}\p{Z}][^\p{Cc}\p{Cs}]*$/u, { error: 'a name is not blank and holds no control characters' })

const rateUpTo = (most: string) =>
  RateText.refine((text) => !RateText.safeParse(text).success || parseRate(text) <= parseRate(most), { error: `above ${most} percent` })

// A fee in minor units, its tax in percent of it, and whether it is kept back from the principal or paid beside it.
export const QuotedFee = z.strictObject({
  name: FeeName,
  amount: Amount,
  taxRate: rateUpTo(MAX_TAX_RATE).optional(),
  paid: z.enum(['deducted', 'upfront']),
})

// What `POST /api/v1/loan-quotes` takes. Amounts are minor units, rates decimal strings in percent a year, dates ISO.
export const LoanQuoteRequest = z.strictObject({
  principal: Amount,
  currency: CurrencyCode,
  annualRate: rateUpTo(MAX_ANNUAL_RATE),
  instalments: z.int().min(1).max(MAX_INSTALMENTS),
  frequency: z.enum(FREQUENCIES),
  method: z.enum(METHODS),
  dayCount: z.enum(DAY_COUNTS),
  instalmentBasis: z.enum(INSTALMENT_BASES).optional(),
  disbursedOn: DateText,
  firstDueOn: DateText,
  rounding: z.strictObject({ instalment: z.enum(INSTALMENT_ROUNDINGS), residue: z.literal('last') }),
  fees: z.array(QuotedFee).max(MAX_FEES),
})
export type LoanQuoteRequest = z.infer<typeof LoanQuoteRequest>

const Figure = z.int()

// What it answers. `instalment` is the level one; for equal_principal and bullet, whose rows differ, the first row's total.
// totals.total is everything the borrower pays: principal, interest, fees and tax.
export const LoanQuote = z.strictObject({
  instalment: Figure,
  schedule: z.array(
    z.strictObject({
      number: z.int(),
      dueOn: DateText,
      opening: Figure,
      principal: Figure,
      interest: Figure,
      total: Figure,
      closing: Figure,
    }),
  ),
  totals: z.strictObject({ principal: Figure, interest: Figure, fees: Figure, tax: Figure, total: Figure }),
  netDisbursed: Figure,
  apr: z.string().regex(/^-?\d+\.\d\d$/),
})
export type LoanQuote = z.infer<typeof LoanQuote>

// Dates are judged to lie in these years, so that the last of 1,200 quarters still has four digits.
const FIRST_YEAR = '1900'
const LAST_YEAR = '2199'

// The longest wait for a first instalment: ten years.
const MAX_FIRST_PERIOD_DAYS = 3660

const termsOf = (request: LoanQuoteRequest): Terms => ({
  principal: BigInt(request.principal),
  currency: request.currency,
  annualRate: parseRate(request.annualRate),
  instalments: request.instalments,
  frequency: request.frequency,
  method: request.method,
  dayCount: request.dayCount,
  instalmentBasis: request.instalmentBasis ?? 'period_rate',
  disbursedOn: request.disbursedOn,
  firstDueOn: request.firstDueOn,
  rounding: request.rounding.instalment,
})

const refuseDates = ({ disbursedOn, firstDueOn }: LoanQuoteRequest): void => {
  if (disbursedOn.slice(0, 4) < FIRST_YEAR || firstDueOn.slice(0, 4) > LAST_YEAR)
    throw new Fault('lending.date_out_of_range', { disbursedOn, firstDueOn, from: `${FIRST_YEAR}-01-01`, to: `${LAST_YEAR}-12-31` })
  if (firstDueOn <= disbursedOn) throw new Fault('lending.first_due_not_after_disbursal', { disbursedOn, firstDueOn })
  if (daysBetween(disbursedOn, firstDueOn) > MAX_FIRST_PERIOD_DAYS)
    throw new Fault('lending.first_period_too_long', { disbursedOn, firstDueOn, days: MAX_FIRST_PERIOD_DAYS })
}

// Tax on one fee, rounded to the minor unit, halves up.
const taxOn = (amount: bigint, taxRate: string): bigint => divide(amount * parseRate(taxRate), RATE_DENOMINATOR, 'half_up')

type Charges = { readonly fees: bigint; readonly tax: bigint; readonly deducted: bigint }

const chargesOf = (request: LoanQuoteRequest): Charges => {
  let [fees, tax, deducted] = [0n, 0n, 0n]
  for (const fee of request.fees) {
    const amount = BigInt(fee.amount)
    const taxed = taxOn(amount, fee.taxRate ?? '0')
    fees += amount
    tax += taxed
    if (fee.paid === 'deducted') deducted += amount + taxed
  }
  return { fees, tax, deducted }
}

// Figures leave as JSON numbers, so none may be larger than a number holds exactly.
const figure = (amount: bigint): number => {
  const value = Number(amount)
  if (!Number.isSafeInteger(value)) throw new Fault('lending.quote_too_large', { largest: Number.MAX_SAFE_INTEGER })
  return value
}

const shownRows = (schedule: Schedule): LoanQuote['schedule'] => {
  const shown = (amount: bigint): number => figure(shownAmount(amount, schedule))
  return schedule.rows.map((row) => ({
    number: row.number,
    dueOn: row.dueOn,
    opening: shown(row.opening),
    principal: shown(row.principal),
    interest: shown(row.interest),
    total: shown(row.total),
    closing: shown(row.closing),
  }))
}

// A loan's schedule, totals, what reaches the borrower, and the APR, from nothing but the request; saves nothing.
// Refuses dates out of order or out of range, fees that with their tax reach the principal, and figures above 2^53.
export const quoteOf = (request: LoanQuoteRequest): LoanQuote => {
  refuseDates(request)
  const terms = termsOf(request)
  const { fees, tax, deducted } = chargesOf(request)
  const received = terms.principal - fees - tax
  if (received <= 0n)
    throw new Fault('lending.fees_exceed_principal', { principal: request.principal, fees: Number(fees), tax: Number(tax) })
  const schedule = scheduleOf(terms)
  let [principal, interest] = [0n, 0n]
  for (const row of schedule.rows) {
    principal += row.principal
    interest += row.interest
  }
  const paid = shownAmount(principal + interest, schedule)
  return {
    instalment: figure(shownAmount(schedule.instalment, schedule)),
    schedule: shownRows(schedule),
    totals: {
      principal: figure(shownAmount(principal, schedule)),
      interest: figure(shownAmount(interest, schedule)),
      fees: figure(fees),
      tax: figure(tax),
      total: figure(paid + fees + tax),
    },
    netDisbursed: figure(terms.principal - deducted),
    apr: aprOf(schedule, received, terms.frequency),
  }
}

// The calculator: needs no login and saves nothing.
export const quote = view(
  'lending.quote',
  {
    summary: 'Quote a loan: schedule, totals and APR',
    input: LoanQuoteRequest,
    answer: LoanQuote,
    post: true,
    may: ['anyone'],
    faults: [
      'lending.date_out_of_range',
      'lending.first_due_not_after_disbursal',
      'lending.first_period_too_long',
      'lending.fees_exceed_principal',
      'lending.quote_too_large',
    ],
  },
  (_, request) => quoteOf(request),
)
