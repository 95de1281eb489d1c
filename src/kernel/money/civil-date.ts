import { z } from 'zod'

// A calendar date 'YYYY-MM-DD', with no zone and no time. Years 1600 to 9999.
export type IsoDate = string

export type Civil = { readonly year: number; readonly month: number; readonly day: number }

const SHAPE = /^\d{4}-\d{2}-\d{2}$/
const FIRST_YEAR = 1600
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

export const daysInMonth = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (LENGTHS[month - 1] ?? 0))

// Days since 1970-01-01 in the proleptic Gregorian calendar, by counting years that begin in March
// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
export const dayNumberOf = ({ year, month, day }: Civil): number => {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

// The inverse of dayNumberOf.
export const civilOf = (dayNumber: number): Civil => {
  const z0 = dayNumber + 719_468
  const era = Math.floor(z0 / 146_097)
  const dayOfEra = z0 - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const mp = Math.floor((5 * dayOfYear + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1 }
}

export const formatCivil = ({ year, month, day }: Civil): IsoDate =>
  `${year}`.padStart(4, '0') + (month < 10 ? '-0' : '-') + month + (day < 10 ? '-0' : '-') + day

// The date's parts, or null when the text is not a real date of the years above.
export const readDate = (text: string): Civil | null => {
  if (!SHAPE.test(text)) return null
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8, 10))
  return year >= FIRST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) ? { year, month, day } : null
}

// As readDate, for dates already judged: RangeError when it is none.
export const parseDate = (date: IsoDate): Civil => {
  const civil = readDate(date)
  if (civil === null) throw new RangeError(`not a date: ${date.slice(0, 40)}`)
  return civil
}

// A real ISO date at the edge.
export const DateText = z
  .string()
  .refine((text) => readDate(text) !== null, { error: 'not a real date written as 2024-01-31' })
  .meta({ format: 'date' })
