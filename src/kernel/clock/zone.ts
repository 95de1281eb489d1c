const DAY_MS = 86_400_000
const ZONES_MAX = 64

// Formatters are dear to make (about 20 µs) and cheap to use (about 0.5 µs), so each zone keeps its own.
const formatters = new Map<string, Intl.DateTimeFormat>()

const formatterOf = (zone: string): Intl.DateTimeFormat => {
  const known = formatters.get(zone)
  if (known) return known
  if (formatters.size >= ZONES_MAX) formatters.clear()
  const made = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  formatters.set(zone, made)
  return made
}

// The date 'YYYY-MM-DD' that a calendar on the wall shows in the zone at an instant. RangeError for an unknown zone.
export const businessDate = (ms: number, zone: string): string => formatterOf(zone).format(ms)

// The first instant of a date in a zone, in milliseconds: found by halving, so that a day that starts at 01:00 is right too.
export const startOfDay = (date: string, zone: string): number => {
  const noon = Date.parse(`${date}T12:00:00Z`)
  if (!Number.isFinite(noon)) throw new RangeError('not a date')
  let before = noon - 2 * DAY_MS
  let after = noon + 2 * DAY_MS
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (businessDate(middle, zone) < date) before = middle
    else after = middle
  }
  return after
}

// An instant as RFC 3339 text in UTC with milliseconds.
export const formatInstant = (ms: number): string => new Date(ms).toISOString()

const SHAPE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

// What has a year of four digits in UTC too, as every text of an instant here and PostgreSQL's own.
const [LEAST, MOST] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]

// RFC 3339 text with a zone or offset, to milliseconds; null when it is not a real instant (30 February, no zone) of the years 1 to 9999.
export const parseInstant = (text: string): number | null => {
  if (!SHAPE.test(text)) return null
  const ms = Date.parse(text)
  const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`)
  return ms >= LEAST && ms <= MOST && Number.isFinite(day) && formatInstant(day).startsWith(text.slice(0, 10)) ? ms : null
}
