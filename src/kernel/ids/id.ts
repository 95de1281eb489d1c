import { z } from 'zod'

// loan_01jd5z3x9k8m7n6p5q4r3s2t1v: a prefix of 2 to 16 small letters, then 128 bits in 26 characters of Crockford's base32, small:
// 48 bits of milliseconds since 1970, then 80 that begin at random and grow by one within a millisecond. Sorts by time as text.
export type Id<Prefix extends string = string> = `${Prefix}_${string}`

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'
const PREFIX = /^[a-z]{2,16}$/
const BODY = '[0-7][0-9a-hjkmnp-tv-z]{25}'
const RANDOM_BITS = 80n
const RANDOM_LIMIT = 1n << RANDOM_BITS
const LAST_MS = 2 ** 48 - 1

const LOW_DIGITS = 4
const LOW_LIMIT = 2 ** 20

const digitAt = (low: number, shift: number): string => DIGITS[(low >> shift) & 31] ?? ''

const write = (value: bigint): string => {
  let text = ''
  for (let shift = 125n; shift >= 0n; shift -= 5n) text += DIGITS[Number((value >> shift) & 31n)] ?? ''
  return text
}

// Whether a text is an id of the prefix.
export const isId = <P extends string>(prefix: P, text: string): text is Id<P> =>
  text.length === prefix.length + 27 && text.startsWith(`${prefix}_`) && new RegExp(`^${BODY}$`).test(text.slice(prefix.length + 1))

// The milliseconds since 1970 at which an id was made.
export const timeOfId = (id: string): number => {
  let ms = 0
  for (const letter of id.slice(-26, -16)) ms = ms * 32 + DIGITS.indexOf(letter)
  return ms
}

// An id of the prefix at the edge.
export const idOf = <P extends string>(prefix: P): z.ZodType<Id<P>, string> =>
  z.string().regex(new RegExp(`^${prefix}_${BODY}$`)) as unknown as z.ZodType<Id<P>, string>

// Makes ids: from a time in milliseconds and 80 bits of chance. Within one source every id is greater than the one before, even if the time goes back.
export type IdSource = <P extends string>(prefix: P) => Id<P>

export const idSource = (from: { readonly now: () => number; readonly random: () => bigint }): IdSource => {
  let lastMs = -1
  // The number of the last id, its digits but the last four, and those four as a number: the next id mostly differs in these alone.
  let last = 0n
  let head = ''
  let low = 0
  const begin = (value: bigint): void => {
    last = value
    head = write(value).slice(0, -LOW_DIGITS)
    low = Number(value % BigInt(LOW_LIMIT))
  }
  return (prefix) => {
    if (!PREFIX.test(prefix)) throw new RangeError(`not an id prefix: ${prefix}`)
    const ms = Math.min(from.now(), LAST_MS)
    if (ms > lastMs) {
      lastMs = ms
      // The upper half stays free, so that growth within a millisecond never overflows.
      begin((BigInt(lastMs) << RANDOM_BITS) | (from.random() % (RANDOM_LIMIT >> 1n)))
    } else if (++low === LOW_LIMIT) begin((last / BigInt(LOW_LIMIT) + 1n) * BigInt(LOW_LIMIT))
    return `${prefix}_${head}${digitAt(low, 15)}${digitAt(low, 10)}${digitAt(low, 5)}${digitAt(low, 0)}`
  }
}
