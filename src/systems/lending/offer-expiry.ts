import { addWorkingDays } from '#kernel/money'
import type { IsoDate, WorkCalendar } from '#kernel/money'

// RBI's Key Facts Statement must stand for at least three working days when the tenor is a week or more (RBI/2024-25/18).
export const OFFER_WORKING_DAYS = 3

// The national holidays fall on the same dates every year; Sundays are nobody's working days. State holidays would only lengthen an offer.
const NATIONAL_HOLIDAYS = ['01-26', '08-15', '10-02'] as const
const FIRST_YEAR = 1990
const LAST_YEAR = 2199

export const HOME_CALENDAR: WorkCalendar = {
  restDays: [7],
  holidays: new Set(
    Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, at) => NATIONAL_HOLIDAYS.map((day) => `${FIRST_YEAR + at}-${day}`)).flat(),
  ),
}

// The last day on which an offer can be accepted; it expires when that day ends. The day it was made does not count.
export const offerStandsUntil = (offeredOn: IsoDate, calendar: WorkCalendar = HOME_CALENDAR): IsoDate =>
  addWorkingDays(offeredOn, OFFER_WORKING_DAYS, calendar)
