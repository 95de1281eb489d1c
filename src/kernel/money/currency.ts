import { z } from 'zod'

// How many decimals a currency's minor unit has: ISO 4217, list one. Only what a lender here may meet; the first is the house's own.
const EXPONENT = {
  INR: 2,
  AED: 2,
  AUD: 2,
  BDT: 2,
  BHD: 3,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  IDR: 2,
  JOD: 3,
  JPY: 0,
  KES: 2,
  KRW: 0,
  KWD: 3,
  LKR: 2,
  MXN: 2,
  MYR: 2,
  NGN: 2,
  NPR: 2,
  NZD: 2,
  OMR: 3,
  PHP: 2,
  PKR: 2,
  QAR: 2,
  SAR: 2,
  SEK: 2,
  SGD: 2,
  THB: 2,
  TND: 3,
  USD: 2,
  VND: 0,
  ZAR: 2,
} as const

export type Currency = keyof typeof EXPONENT

export const currencies = Object.keys(EXPONENT) as readonly Currency[]

// True for a code of the table above, spelt in capitals.
export const isCurrency = (code: string): code is Currency => Object.hasOwn(EXPONENT, code)

// Decimals of the minor unit: 2 for INR, 0 for JPY, 3 for KWD.
export const exponentOf = (currency: Currency): number => EXPONENT[currency]

// Minor units in one major unit: 100n paise in a rupee.
export const majorUnit = (currency: Currency): bigint => 10n ** BigInt(EXPONENT[currency])

// A currency code at the edge of the system.
export const CurrencyCode = z.enum(currencies as [Currency, ...Currency[]])
