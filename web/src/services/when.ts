// Dates are `12 Mar 2026`; instants are shown in the company's zone, with its name where it matters.

export const ZONE = 'Asia/Kolkata'
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const dayShort = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short', timeZone: 'UTC' })
const monthShort = new Intl.DateTimeFormat('en-GB', { month: 'short', timeZone: 'UTC' })
const zoneDay = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: ZONE })
const clockSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: ZONE })

// en-GB writes Sept; the console writes three letters for every month.
const tidy = (text: string) => text.replace('Sept', 'Sep')

export const dateText = (iso: string): string => tidy(day.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`)))
export const dayMonth = (iso: string): string => tidy(dayShort.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`)))
export const monthYear = (iso: string): string =>
  `${tidy(monthShort.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`)))} ’${iso.slice(2, 4)}`
export const dateWithDay = (iso: string): string => `${weekday.format(new Date(`${iso.slice(0, 10)}T00:00:00Z`))} ${dateText(iso)}`
export const dayOf = (instant: string): string => zoneDay.format(new Date(instant))
export const timeText = (instant: string): string => clock.format(new Date(instant))
export const secondsText = (instant: string): string => clockSeconds.format(new Date(instant))
export const instantText = (instant: string): string => `${dateText(dayOf(instant))}, ${timeText(instant)}`

/** `6 Mar 2026, 14:20:05`. */
export const whenText = (instant: string): string => `${dateText(dayOf(instant))}, ${secondsText(instant)}`

/** `Today 14:20` on the business day, else `6 Mar 2026, 14:20`. */
export const nearText = (instant: string, today?: string): string =>
  dayOf(instant) === today ? `Today ${timeText(instant)}` : instantText(instant)

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const isReal = (iso: string) => !Number.isNaN(Date.parse(`${iso}T00:00:00Z`)) && new Date(`${iso}T00:00:00Z`).toISOString().startsWith(iso)
/** `mar`, `sept` or `march`, and not `marble`: 1 to 12, or 0. */
const monthOf = (word: string): number => (/^\d/.test(word) ? Number(word) : MONTHS.findIndex((month) => month.startsWith(word)) + 1)

const ISO = /^(?<year>\d{4})[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})$/
const DAY_FIRST = /^(?<day>\d{1,2})[ ./-]?(?<month>[a-z]{3,9})[ ,./-]+(?<year>\d{4})$/
const DAY_FIRST_NUMBERS = /^(?<day>\d{1,2})[ ./-](?<month>\d{1,2})[ ./-](?<year>\d{4})$/
const MONTH_FIRST = /^(?<month>[a-z]{3,9})[ .]?(?<day>\d{1,2})[ ,]+(?<year>\d{4})$/

/** Reads `12 Mar 2026`, `March 12, 2026`, `12/3/2026` or `2026-03-12`; undefined if it isn't a day of the calendar. */
export const parseDate = (text: string): string | undefined => {
  const plain = text.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  const parts = [ISO, DAY_FIRST, DAY_FIRST_NUMBERS, MONTH_FIRST].map((form) => form.exec(plain)?.groups).find(Boolean)
  if (!parts) return undefined
  const { year = '', month = '', day: date = '' } = parts
  const found = `${year}-${String(monthOf(month)).padStart(2, '0')}-${date.padStart(2, '0')}`
  return isReal(found) ? found : undefined
}

/** A day from an address, where anything may stand. */
export const isoDay = (text: string | undefined): string | undefined => (text !== undefined && parseDate(text) === text ? text : undefined)

export const addMonths = (iso: string, months: number): string => {
  const [year = 1970, month = 1, date = 1] = iso.split('-').map(Number)
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10)
}

export const addDays = (iso: string, days: number): string =>
  new Date(Date.parse(`${iso}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** `just now`, `4 min ago`: for what is well as long as it is recent. */
export const agoText = (ms: number): string => (ms < 60_000 ? 'just now' : `${shortSpan(ms)} ago`)

export const shortSpan = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d`
}
