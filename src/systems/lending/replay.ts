import { noLateCharge, overdueDays } from './penalty.ts'
import { appropriate } from './appropriate.ts'
import type { LoanPosition, Payment } from './appropriate.ts'
import { bucketOf, daysPastDue, loanRowsOf, unpaid } from './loan-row.ts'
import type { LoanRow } from './loan-row.ts'
import type { IsoDate, Rate } from '#kernel/money'
import type { Terms } from '#kernel/amortisation'

// What a loan comes to when its repayments are gone through from its beginning. toWallet: what they left over, in all. paidOn: when a row was
// wholly paid. overdue: by row, unpaid minor units × days, of which the late charge is a percentage; the rows' sum is the loan's own.
export type Replayed = {
  readonly position: LoanPosition
  readonly toWallet: bigint
  readonly paidOn: ReadonlyMap<number, IsoDate>
  readonly overdue: ReadonlyMap<number, bigint>
  readonly npa: boolean
}

// A loan on the day of its disbursal.
export const beginning = (terms: Terms, perDay: Rate): LoanPosition => ({
  terms,
  rows: loanRowsOf(terms),
  lateCharge: noLateCharge(perDay, terms.disbursedOn),
})

const noteOverdue = (overdue: Map<number, bigint>, { rows, lateCharge }: LoanPosition, on: IsoDate): void => {
  for (const row of rows) {
    const more = overdueDays(row, lateCharge.until, on)
    if (more > 0n) overdue.set(row.number, (overdue.get(row.number) ?? 0n) + more)
  }
}

const notePaid = (paidOn: Map<number, IsoDate>, rows: readonly LoanRow[], on: IsoDate): void => {
  for (const row of rows) {
    if (unpaid(row) > 0n) paidOn.delete(row.number)
    else if (!paidOn.has(row.number)) paidOn.set(row.number, on)
  }
}

// Goes through payments in the order in which they were booked, each divided as on its day; then on to the day `until`. A loan's stored rows are
// always what this gives for the repayments that stand.
export const replay = (start: LoanPosition, payments: readonly Payment[], until?: IsoDate): Replayed => {
  const paidOn = new Map<number, IsoDate>()
  const overdue = new Map<number, bigint>()
  let [position, toWallet, npa] = [start, 0n, false]
  notePaid(paidOn, position.rows, start.terms.disbursedOn)
  for (const payment of payments) {
    noteOverdue(overdue, position, payment.on)
    // Non-performing stays so until nothing is in arrears.
    const wasNpa = bucketOf(daysPastDue(position.rows, payment.on), npa ? 'NPA' : 'current') === 'NPA'
    const split = appropriate(position, payment)
    position = split.position
    toWallet += split.toWallet
    npa = wasNpa && daysPastDue(position.rows, payment.on) > 0
    notePaid(paidOn, position.rows, payment.on)
  }
  if (until !== undefined) noteOverdue(overdue, position, until)
  return { position, toWallet, paidOn, overdue, npa }
}
