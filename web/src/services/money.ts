// Amounts are whole minor units (₹1.00 = 100). Digits are grouped as the currency's country does.

const exponents = new Map<string, number>()
export const exponentOf = (currency: string): number => {
  let exponent = exponents.get(currency)
  if (exponent === undefined) {
    try {
      exponent = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    } catch {
      exponent = 0
    }
    exponents.set(currency, exponent)
  }
  return exponent
}

export const symbolOf = (currency: string): string => (currency === 'INR' ? '₹' : `${currency} `)

const grouped: Record<string, Intl.NumberFormat> = { INR: new Intl.NumberFormat('en-IN') }
const western = new Intl.NumberFormat('en-US')
export const groupDigits = (whole: number | bigint, currency = 'INR'): string => (grouped[currency] ?? western).format(whole)

/** `12,34,567.00` with a minus sign, without a symbol; `places: 0` leaves the minor units out when they are zero. */
export const moneyText = (minor: number | bigint, currency = 'INR', places: 'all' | 'whole' = 'all'): string => {
  const exponent = exponentOf(currency)
  const unit = 10n ** BigInt(exponent)
  const size = minor < 0 ? -BigInt(minor) : BigInt(minor)
  const whole = groupDigits(size / unit, currency)
  const rest = size % unit
  const text = exponent === 0 || (places === 'whole' && rest === 0n) ? whole : `${whole}.${String(rest).padStart(exponent, '0')}`
  return minor < 0 ? `−${text}` : text
}

export const moneyWithSymbol = (minor: number | bigint, currency = 'INR', places: 'all' | 'whole' = 'all'): string =>
  minor < 0 ? `−${symbolOf(currency)}${moneyText(-minor, currency, places)}` : `${symbolOf(currency)}${moneyText(minor, currency, places)}`

/** Reads what a person types (`12,000`, `₹ 1,234.5`); undefined if it isn't an amount or has too many decimals. */
export const parseMoney = (text: string, currency = 'INR'): number | undefined => {
  const exponent = exponentOf(currency)
  const match = /^(\d{1,13})(?:\.(\d*))?$/.exec(text.replaceAll(/[\s,₹]/g, ''))
  if (!match || (match[2]?.length ?? 0) > exponent) return undefined
  return Number(match[1]) * 10 ** exponent + Number((match[2] ?? '').padEnd(exponent, '0') || 0)
}

type Scale = { readonly word: string; readonly whole: number; readonly from: number }
const INDIAN: readonly Scale[] = [
  { word: 'lakh crore', whole: 1e12, from: 1e12 },
  { word: 'crore', whole: 1e7, from: 1e8 },
  { word: 'lakh', whole: 1e5, from: 1e6 },
]
const WESTERN: readonly Scale[] = [
  { word: 'billion', whole: 1e9, from: 1e9 },
  { word: 'million', whole: 1e6, from: 1e6 },
]

/** In what an axis up to this amount is told, so that its figures stay short: `₹ lakh` and the minor units of one. */
export const axisUnit = (most: number, currency = 'INR'): { readonly word: string; readonly minor: number } => {
  const unit = 10 ** exponentOf(currency)
  const scale = (currency === 'INR' ? INDIAN : WESTERN).find(({ from }) => most >= from * unit)
  const symbol = symbolOf(currency).trim()
  return scale ? { word: `${symbol} ${scale.word}`, minor: scale.whole * unit } : { word: symbol, minor: unit }
}
