import type { QuoteInput } from '#services/quotes.ts'
import type { UrlState } from '#services/url.ts'
import { addMonths, isoDay } from '#services/when.ts'

// The calculator's whole state is its address; what the address leaves out stands here.

export const METHODS = [
  ['emi', 'EMI'],
  ['flat', 'Flat'],
  ['equal_principal', 'Equal principal'],
  ['bullet', 'Bullet'],
] as const
export const FREQUENCIES = [
  ['monthly', 'Month'],
  ['quarterly', 'Quarter'],
  ['fortnightly', 'Fortnight'],
  ['weekly', 'Week'],
] as const
export const DAY_COUNTS = [
  ['per_period', 'Per period'],
  ['30/360', '30/360'],
  ['act/360', 'act/360'],
  ['act/365', 'act/365'],
  ['act/act', 'act/act (ISDA)'],
] as const
export const ROUNDINGS = [
  ['paisa', 'Paisa'],
  ['rupee_nearest', 'Nearest rupee'],
  ['rupee_up', 'Rupee up'],
  ['none', 'Nothing'],
] as const

const oneOf = <Word extends string>(words: readonly (readonly [Word, string])[], text: string | undefined): Word =>
  words.find(([word]) => word === text)?.[0] ?? (words[0] as readonly [Word, string])[0]

const whole = (text: string | undefined, fallback: number): number => (text && /^\d{1,15}$/.test(text) ? Number(text) : fallback)
const decimal = (text: string | undefined, fallback: string): string => (text && /^\d{1,3}(\.\d{1,6})?$/.test(text) ? text : fallback)

export const FEE_RATE = '2'
export const FEE_TAX = '18'

/** A percentage of an amount, rounded half up to the minor unit; both decimals of the rate count. */
export const feeOf = (principal: number, rate: string): number => {
  const [units = '0', parts = ''] = rate.split('.')
  const scaled = BigInt(`${units}${parts.padEnd(6, '0').slice(0, 6)}`)
  return Number((BigInt(principal) * scaled + 50_000_000n) / 100_000_000n)
}

export type Calculation = { readonly input: QuoteInput; readonly feeRate: string; readonly taxRate: string }

/** What the address asks: the quote's input, and the percentages its fee was made of. */
export const calculationOf = (url: UrlState, today: string): Calculation => {
  const principal = whole(url['principal'], 24_000_000)
  const disbursedOn = isoDay(url['disbursedOn']) ?? today
  const feeRate = decimal(url['fee'], FEE_RATE)
  const taxRate = decimal(url['tax'], FEE_TAX)
  const amount = feeOf(principal, feeRate)
  const input: QuoteInput = {
    principal,
    currency: 'INR',
    annualRate: decimal(url['rate'], '15'),
    instalments: whole(url['instalments'], 24),
    frequency: oneOf(FREQUENCIES, url['every']),
    method: oneOf(METHODS, url['method']),
    dayCount: oneOf(DAY_COUNTS, url['dayCount']),
    disbursedOn,
    firstDueOn: isoDay(url['firstDueOn']) ?? addMonths(disbursedOn, 1),
    rounding: { instalment: oneOf(ROUNDINGS, url['round']), residue: 'last' },
    fees: amount > 0 ? [{ name: 'Processing fee', amount, taxRate, paid: 'deducted' }] : [],
  }
  return { input, feeRate, taxRate }
}
