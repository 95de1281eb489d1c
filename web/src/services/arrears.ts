import { counted } from '#services/counted.ts'
import type { Loan, ScheduleRow } from '#services/loans.ts'

// Two figures lie a day apart and so never go by one word. What is unpaid is so many days *past due* (DPD), counted as the day ends, the due
// date being the first. What was paid came so many days *late*: the day it was paid less the due date.

export const PAST_DUE_HOW = 'Counted as this day ends: the due date is the first day'
export const LATE_HOW = 'The day it was paid less the due date'

const days = (count: number): string => counted(count, 'day')

/** Something is unpaid whose due date is over. On the due date itself, the first day, it can still be paid in time. */
export const isOverdue = ({ dpd }: Pick<Loan, 'dpd'>): boolean => dpd > 1

/** `4 days past due`, or on the first day `due today`. */
export const pastDueText = (dpd: number): string => (dpd === 1 ? 'due today' : `${days(dpd)} past due`)

/** How an instalment stands, and how its days are counted. */
export const instalmentText = ({
  state,
  daysLate,
}: Pick<ScheduleRow, 'state' | 'daysLate'>): { readonly word: string; readonly how?: string } => {
  // Of what is unpaid the server tells the days since the due date, which itself is the first of those past due.
  if (state === 'late') return { word: pastDueText(daysLate + 1), how: PAST_DUE_HOW }
  if (state === 'paid' && daysLate > 0) return { word: `paid ${days(daysLate)} late`, how: LATE_HOW }
  return { word: state === 'part' ? 'part paid' : state }
}
