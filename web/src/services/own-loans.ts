import type { Loan, ScheduleRow } from '#services/loans.ts'

// What somebody with loans of their own wants to know first, from what the server tells of each.

const ON_THE_WAY = ['applied', 'assessing', 'referred', 'accepted']
const rankOf = (loan: Loan): number => {
  if (loan.state === 'active' && loan.toPay > 0) return 0
  if (loan.state === 'offered') return 1
  if (loan.state === 'active') return 2
  return ON_THE_WAY.includes(loan.state) ? 3 : 4
}
const dueOf = (loan: Loan): string => loan.nextDue?.dueOn ?? ''

/** The loans, what asks for something first: what is to be paid now, an offer, what falls due soonest, what is on its way, what has ended. */
export const byUrgency = (loans: readonly Loan[]): readonly Loan[] =>
  loans.toSorted((a, b) => rankOf(a) - rankOf(b) || b.dpd - a.dpd || dueOf(a).localeCompare(dueOf(b)))

export type Paid = { readonly principal: number; readonly interest: number; readonly lateCharge: number; readonly total: number }

const sum = (figures: readonly number[]): number => figures.reduce((all, one) => all + one, 0)

/** What was paid on a running loan so far, in minor units: principal also in advance, and late charges. */
export const paidSoFar = (loan: Loan, rows: readonly ScheduleRow[]): Paid => {
  const principal = loan.principal - (loan.outstanding?.principal ?? loan.principal)
  const interest = sum(rows.map((row) => row.paidInterest))
  const lateCharge = sum(rows.map((row) => row.lateCharge)) - (loan.outstanding?.lateCharge ?? 0)
  return { principal, interest, lateCharge, total: principal + interest + lateCharge }
}

export type DueLine = { readonly word: string; readonly minor: number }

const unpaid = (row: ScheduleRow): number => row.principal + row.interest - row.paidPrincipal - row.paidInterest

/** What the sum to pay today is made of: the instalments that are due, and the late charge. */
export const dueLines = (loan: Loan, rows: readonly ScheduleRow[], today: string): readonly DueLine[] => {
  const due = rows.filter((row) => row.dueOn <= today && unpaid(row) > 0)
  const [first, last] = [due[0]?.number, due.at(-1)?.number]
  const numbers = first === last ? `Instalment ${first}` : `Instalments ${first} ${due.length === 2 ? 'and' : 'to'} ${last}`
  const word = `${numbers} of ${rows.length}`
  const lateCharge = loan.outstanding?.lateCharge ?? 0
  return [
    ...(due.length > 0 ? [{ word, minor: sum(due.map(unpaid)) }] : []),
    ...(lateCharge > 0 ? [{ word: 'Late charge', minor: lateCharge }] : []),
  ]
}

/** The first instalment after today that is not wholly paid, and what is left of it. */
export const nextAfter = (rows: readonly ScheduleRow[], today: string): { readonly dueOn: string; readonly minor: number } | undefined => {
  const next = rows.find((row) => row.dueOn > today && unpaid(row) > 0)
  return next && { dueOn: next.dueOn, minor: unpaid(next) }
}
