const timestampPattern = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})$/
const secondsPattern = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?s$/

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const microsecondsOfSecond = 1_000_000n

/** Whether text is a day of the Gregorian calendar, years 0001 to 9999, written `2026-01-31`. */
export function isDate(text: string): boolean {
  if (text.length !== 10 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return false
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1)) return false
  return day <= (month === 2 && isLeap(year) ? 29 : (monthDays[month - 1] as number))
}

// NaN where a character is no digit, so that every comparison above fails.
function digits(text: string, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

/** Days since 1970-01-01 of a valid date; the algorithm counts years from March so that the leap day comes last. */
export function daysOfDate(text: string): number {
  const month = digits(text, 5, 7)
  const year = digits(text, 0, 4) - (month <= 2 ? 1 : 0)
  const era = Math.floor(year / 400)
  const yearOfEra = year - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + digits(text, 8, 10) - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The date of a number of days since 1970-01-01; the inverse of `daysOfDate`. */
export function dateOfDays(days: number): string {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** Microseconds since 1970 of an RFC 3339 time with a zone and at most six decimals; null where the text is none. */
export function microsecondsOfTimestamp(text: string): bigint | null {
  const match = timestampPattern.exec(text)
  if (match === null || !isDate(match[1] as string)) return null
  const hour = Number(match[2])
  const minute = Number(match[3])
  const second = Number(match[4])
  if (hour > 23 || minute > 59 || second > 59) return null
  const offset = zoneMinutes(match[6] as string)
  if (offset === null) return null
  const seconds = daysOfDate(match[1] as string) * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60
  return BigInt(seconds) * microsecondsOfSecond + BigInt((match[5] ?? '').padEnd(6, '0'))
}

function zoneMinutes(zone: string): number | null {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  if (hours > 14 || minutes > 59) return null
  return (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes)
}

/** The RFC 3339 text in UTC, six decimals, of microseconds since 1970. */
export function timestampOfMicroseconds(micros: bigint): string {
  const day = 86_400n * microsecondsOfSecond
  const within = ((micros % day) + day) % day
  const days = Number((micros - within) / day)
  const seconds = Number(within / microsecondsOfSecond)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const clock = `${two(seconds / 3_600)}:${two((seconds % 3_600) / 60)}:${two(seconds % 60)}`
  return `${dateOfDays(days)}T${clock}.${String(within % microsecondsOfSecond).padStart(6, '0')}Z`
}

/** Microseconds of a duration in a row, written in seconds as JSON writes protobuf's: `5400s`, `-1.5s`. */
export function microsecondsOfSeconds(text: string): bigint | null {
  const match = secondsPattern.exec(text)
  if (match === null) return null
  const value = BigInt(match[2] as string) * microsecondsOfSecond + BigInt((match[3] ?? '').padEnd(6, '0'))
  return match[1] === '-' ? -value : value
}

const unitMicroseconds: Readonly<Record<string, bigint>> = {
  h: 3_600_000_000n,
  m: 60_000_000n,
  s: 1_000_000n,
  ms: 1_000n,
  us: 1n,
}

/** Microseconds of a duration as CEL writes it (`1h30m`, `90s`, `1.5s`, `250ms`); null where it is none or finer than a microsecond. */
export function microsecondsOfDuration(text: string): bigint | null {
  const whole = /^([+-]?)((?:\d{1,12}(?:\.\d{1,12})?(?:h|ms|us|m|s))+)$/.exec(text)
  if (whole === null) return null
  let total = 0n
  for (const part of (whole[2] as string).matchAll(/(\d+)(?:\.(\d+))?(h|ms|us|m|s)/g)) {
    const decimals = part[2] ?? ''
    const scale = 10n ** BigInt(decimals.length)
    const scaled = BigInt((part[1] as string) + decimals) * (unitMicroseconds[part[3] as string] as bigint)
    if (scaled % scale !== 0n) return null
    total += scaled / scale
  }
  return whole[1] === '-' ? -total : total
}
