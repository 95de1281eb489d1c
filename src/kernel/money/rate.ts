import { z } from 'zod'

// A yearly rate in percent, exact: a whole number of 10^-12 percent, so that 15 % is 15n × 10^12.
export type Rate = bigint & { readonly __rate: never }

export const RATE_DECIMALS = 12
const PERCENT = 10n ** 12n
// What a Rate is divided by to give a fraction of one: 15 % is 15 × 10^12 ÷ 10^14.
export const RATE_DENOMINATOR = 100n * PERCENT

const SHAPE = /^(?:0|[1-9]\d{0,3})(?:\.\d{1,12})?$/

// "15", "12.75", "9.4822": plain digits, at most 4 before and 12 after the point; no sign, exponent, blank or leading zero. Else RangeError.
export const parseRate = (text: string): Rate => {
  if (!SHAPE.test(text)) throw new RangeError(`not a rate: ${text.slice(0, 40)}`)
  const [whole = '0', decimals = ''] = text.split('.')
  return (BigInt(whole) * PERCENT + BigInt(decimals.padEnd(RATE_DECIMALS, '0'))) as Rate
}

// The shortest text that parses to the same rate.
export const formatRate = (rate: Rate): string => {
  const decimals = (rate % PERCENT).toString().padStart(RATE_DECIMALS, '0').replace(/0+$/, '')
  return decimals === '' ? `${rate / PERCENT}` : `${rate / PERCENT}.${decimals}`
}

// A rate at the edge: a decimal string in percent; numbers are refused.
export const RateText = z
  .string()
  .regex(SHAPE, { error: 'write percent in plain digits, such as "12.75": at most 4 before the point and 12 after it' })
