import { z } from 'zod'
import { Amount, CurrencyCode, DateText, RateText, parseRate } from '#kernel/money'
import { DAY_COUNTS, INSTALMENT_BASES, INSTALMENT_ROUNDINGS, MAX_INSTALMENTS, METHODS, PERIODS_PER_YEAR } from '#kernel/amortisation'
import type { Frequency } from '#kernel/amortisation'

const MAX_FEES = 20
const MAX_NAME_LENGTH = 80
// The dearest loans on earth cost some hundreds of percent; above this a request is a mistake, and dear to compute exactly.
const MAX_ANNUAL_RATE = '1000'

const FREQUENCIES = Object.keys(PERIODS_PER_YEAR) as [Frequency, ...Frequency[]]

// Names are shown to people: no control characters, no broken ones, not blank.
const FeeName = z
  .string()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .regex(/^[^\p{Cc}\p{Cs}]*[^\p{Cc}\p{Cs}\p{Z}][^\p{Cc}\p{Cs}]*$/u)

const AnnualRate = RateText.refine((text) => !RateText.safeParse(text).success || parseRate(text) <= parseRate(MAX_ANNUAL_RATE), {
  error: `above ${MAX_ANNUAL_RATE} percent`,
})

// A fee in minor units, its tax in percent of it, and whether it is kept back from the principal or paid beside it.
export const QuotedFee = z.strictObject({
  name: FeeName,
  amount: Amount,
  taxRate: RateText.optional(),
  paid: z.enum(['deducted', 'upfront']),
})

// What `POST /api/v1/loan-quotes` takes. Amounts are minor units, rates decimal strings in percent a year, dates ISO.
export const LoanQuoteRequest = z.strictObject({
  principal: Amount,
  currency: CurrencyCode,
  annualRate: AnnualRate,
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
