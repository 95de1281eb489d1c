import { civilOf, dayNumberOf, daysInMonth, formatCivil, parseDate } from './civil-date.ts'
import type { Civil, IsoDate } from './civil-date.ts'

// Days from one date to another; negative when `to` is earlier.
export const daysBetween = (from: IsoDate, to: IsoDate): number => dayNumberOf(parseDate(to)) - dayNumberOf(parseDate(from))

export const addDays = (date: IsoDate, days: number): IsoDate => formatCivil(civilOf(dayNumberOf(parseDate(date)) + days))

// The month `months` later, its day the anchor clamped into it: 31 January + 1 is 28 or 29 February, and with anchor 31 + 2 is 31 March.
export const stepMonths = ({ year, month, day }: Civil, months: number, anchor: number = day): Civil => {
  const index = year * 12 + month - 1 + months
  const y = Math.floor(index / 12)
  const m = index - y * 12 + 1
  return { year: y, month: m, day: Math.min(anchor, daysInMonth(y, m)) }
}

export const addMonths = (date: IsoDate, months: number): IsoDate => formatCivil(stepMonths(parseDate(date), months))

// ISO weekday: 1 Monday to 7 Sunday. 1970-01-01 was a Thursday.
export const weekdayOf = (date: IsoDate): number => ((((dayNumberOf(parseDate(date)) + 3) % 7) + 7) % 7) + 1

// Which days nobody works: ISO weekdays and single dates.
export type WorkCalendar = { readonly restDays: readonly number[]; readonly holidays: ReadonlySet<IsoDate> }

export const isWorkingDay = (date: IsoDate, calendar: WorkCalendar): boolean =>
  !calendar.restDays.includes(weekdayOf(date)) && !calendar.holidays.has(date)

const DAYS_SEARCHED_MAX = 3660

// The date that lies `days` working days after `date`, which itself is not counted. RangeError when the calendar leaves none in ten years.
export const addWorkingDays = (date: IsoDate, days: number, calendar: WorkCalendar): IsoDate => {
  let at = date
  let left = days
  for (let searched = 0; left > 0; searched += 1) {
    if (searched >= DAYS_SEARCHED_MAX) throw new RangeError('the calendar has too few working days')
    at = addDays(at, 1)
    if (isWorkingDay(at, calendar)) left -= 1
  }
  return at
}
