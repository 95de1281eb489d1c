import { z } from 'zod'
import { exponentOf, majorUnit } from './currency.ts'
import type { Currency } from './currency.ts'

// At most 15 digits, so that every amount is exact as a JSON number.
export const MAX_AMOUNT = 999_999_999_999_999

// A positive amount of minor units at the edge: a whole JSON number; strings, booleans and fractions are refused. Stays a number: BigInt() it.
export const Amount = z.int().min(1).max(MAX_AMOUNT)

// As Amount, or nothing.
export const AmountOrZero = z.int().min(0).max(MAX_AMOUNT)

const grouped = (digits: string, indian: boolean): string =>
  indian && digits.length > 3
    ? `${digits.slice(0, -3).replace(/\B(?=(?:\d{2})+$)/g, ',')},${digits.slice(-3)}`
    : digits.replace(/\B(?=(?:\d{3})+$)/g, ',')

// Minor units as people read them, grouped 12,34,567.89 for INR and its neighbours' lakh and crore, 1,234,567.89 elsewhere; no symbol.
export const formatAmount = (amount: bigint, currency: Currency): string => {
  const size = amount < 0n ? -amount : amount
  const unit = majorUnit(currency)
  const whole = grouped((size / unit).toString(), INDIAN.has(currency))
  const decimals = exponentOf(currency) === 0 ? '' : `.${(size % unit).toString().padStart(exponentOf(currency), '0')}`
  return `${amount < 0n ? '-' : ''}${whole}${decimals}`
}

const INDIAN: ReadonlySet<Currency> = new Set(['INR', 'BDT', 'LKR', 'NPR', 'PKR'])

// What a person typed, back to minor units: digits with or without the currency's own grouping, at most its decimals. Null when it is not that.
export const parseAmount = (text: string, currency: Currency): bigint | null => {
  const match = /^(-?)(\d{1,3}(?:,\d{2,3})*|\d{1,24})(?:\.(\d{1,3}))?$/.exec(text.trim())
  if (!match) return null
  const [, sign = '', whole = '', decimals = ''] = match
  const digits = whole.replaceAll(',', '')
  if (digits.length > 24 || decimals.length > exponentOf(currency)) return null
  if (whole.includes(',') && grouped(digits, INDIAN.has(currency)) !== whole) return null
  const size = BigInt(digits) * majorUnit(currency) + BigInt(decimals.padEnd(exponentOf(currency), '0') || '0')
  return sign === '-' ? -size : size
}
