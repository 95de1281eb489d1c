import { civilOf, dayNumberOf, parseDate, stepMonths, wholeMonths } from '#kernel/money'
import type { Civil } from '#kernel/money'
import type { Frequency, Terms } from './terms.ts'

// A frequency steps by months, clamping an anchor day into each, or by days.
const STEP: Record<Frequency, { readonly months: number } | { readonly days: number }> = {
  monthly: { months: 1 },
  quarterly: { months: 3 },
  fortnightly: { days: 14 },
  weekly: { days: 7 },
}

// Months from one due date to the next, or null where due dates are counted in days.
export const monthsPerPeriod = (frequency: Frequency): number | null => {
  const step = STEP[frequency]
  return 'months' in step ? step.months : null
}

// Every due date, the first as given. In months, the anchor is the day of disbursal if the first due date is that day clamped into its
// month, else the day of the first due date; each due date is the anchor clamped into its month: 31 January, 29 February, 31 March.
export const dueDatesOf = (terms: Pick<Terms, 'disbursedOn' | 'firstDueOn' | 'frequency' | 'instalments'>): Civil[] => {
  const first = parseDate(terms.firstDueOn)
  const disbursed = parseDate(terms.disbursedOn)
  const step = STEP[terms.frequency]
  const dates: Civil[] = [first]
  if ('days' in step) {
    const start = dayNumberOf(first)
    for (let at = 1; at < terms.instalments; at += 1) dates.push(civilOf(start + at * step.days))
    return dates
  }
  const anchor = wholeMonths(disbursed, first) === null ? first.day : disbursed.day
  for (let at = 1; at < terms.instalments; at += 1) dates.push(stepMonths(first, at * step.months, anchor))
  return dates
}
