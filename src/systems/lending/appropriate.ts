import { rowsAfter } from '#kernel/amortisation'
import type { Terms } from '#kernel/amortisation'
import type { IsoDate, Rate } from '#kernel/money'
import {
  bucketOf,
  daysPastDue,
  loanRowsOf,
  outstandingPrincipal,
  overdueAmount,
  unpaid,
  unpaidInterest,
  unpaidPrincipal,
  unpaidRow,
} from './loan-row.ts'
import type { LoanRow } from './loan-row.ts'
import { accrueLateCharge, lateChargeDue, noLateCharge, overdueDays } from './penalty.ts'
import type { LateCharge } from './penalty.ts'

// What a loan is, for a payment: rows in order of due date, and the late charge as last reckoned. All rows; or those that a payment without
// prepaying can reach, and what the untouched rows beyond them come to: their principal, and when the first of them is due.
export type LoanPosition = {
  readonly terms: Terms
  readonly rows: readonly LoanRow[]
  readonly lateCharge: LateCharge
  readonly beyond?: Beyond | undefined
}
export type Beyond = { readonly dueOn: IsoDate; readonly principal: bigint }

export type Payment = { readonly amount: bigint; readonly on: IsoDate; readonly excess: 'wallet' | 'prepay' }

// What one row received.
export type RowShare = { readonly number: number; readonly principal: bigint; readonly interest: bigint }

// lateCharge + Σ shares + prepaid + toWallet = the amount paid, always. `inAdvance` is the part of the shares' interest that was not
// due yet. `position` is the loan afterwards.
export type Appropriation = {
  readonly lateCharge: bigint
  readonly shares: readonly RowShare[]
  readonly interest: bigint
  readonly principal: bigint
  readonly inAdvance: bigint
  readonly prepaid: bigint
  readonly toWallet: bigint
  readonly position: LoanPosition
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

class Purse {
  left: bigint
  constructor(amount: bigint) {
    this.left = amount
  }
  take(wanted: bigint): bigint {
    const taken = wanted > 0n ? least(this.left, wanted) : 0n
    this.left -= taken
    return taken
  }
}

const paidRow = (row: LoanRow, interest: bigint, principal: bigint): LoanRow => ({
  ...row,
  paidInterest: row.paidInterest + interest,
  paidPrincipal: row.paidPrincipal + principal,
})

// Divides a payment in this order: late charge; interest of all rows due by the day, oldest first; their principal, oldest first; the first
// unpaid row due after the day, interest before principal; the rest to the wallet, or with `excess: 'prepay'` off the principal beyond that row.
// One payment reaches one row in advance, the next payment the row after it.
export const appropriate = (position: LoanPosition, payment: Payment): Appropriation => {
  const { on } = payment
  if (payment.excess === 'prepay' && position.beyond) throw new Error('a prepayment needs all rows of a loan')
  const purse = new Purse(payment.amount)
  const accrued = accrueLateCharge(position.lateCharge, position.rows, on)
  const lateCharge = purse.take(lateChargeDue(accrued))
  const dueCount = position.rows.filter((row) => row.dueOn <= on).length
  const interestOf = position.rows.map((row, at) => (at < dueCount ? purse.take(unpaidInterest(row)) : 0n))
  const principalOf = position.rows.map((row, at) => (at < dueCount ? purse.take(unpaidPrincipal(row)) : 0n))
  const nextAt = position.rows.findIndex((row, at) => at >= dueCount && unpaid(row) > 0n)
  const next = position.rows[nextAt]
  let inAdvance = 0n
  if (next) {
    inAdvance = purse.take(unpaidInterest(next))
    interestOf[nextAt] = inAdvance
    principalOf[nextAt] = purse.take(unpaidPrincipal(next))
  }
  const paid = position.rows.map((row, at) => paidRow(row, interestOf[at] ?? 0n, principalOf[at] ?? 0n))
  const reached = next ? nextAt + 1 : position.rows.length
  const { rows, prepaid } =
    payment.excess === 'prepay' && purse.left > 0n
      ? prepay(position.terms, paid, { reached, amount: purse.left })
      : { rows: paid, prepaid: 0n }
  const sum = (parts: readonly bigint[]): bigint => parts.reduce((a, b) => a + b, 0n)
  return {
    lateCharge,
    shares: sharesOf(position.rows, interestOf, principalOf),
    interest: sum(interestOf),
    principal: sum(principalOf),
    inAdvance,
    prepaid,
    toWallet: purse.left - prepaid,
    position: { ...position, rows, lateCharge: { ...accrued, paid: accrued.paid + lateCharge } },
  }
}

// Takes an amount off the principal of the rows beyond the first `reached`, which are already paid or due. The instalment stays and the
// loan ends sooner: the borrower's mandate keeps its amount, and this saves the most interest. Never takes more than those rows owe.
const prepay = (
  terms: Terms,
  rows: readonly LoanRow[],
  how: { readonly reached: number; readonly amount: bigint },
): { readonly rows: LoanRow[]; readonly prepaid: bigint } => {
  const kept = rows.slice(0, how.reached)
  const owed = rows.slice(how.reached).reduce((sum, row) => sum + row.principal, 0n)
  const prepaid = how.amount < owed ? how.amount : owed
  const number = kept.at(-1)?.number ?? 0
  return { rows: [...kept, ...rowsAfter(terms, number, owed - prepaid).map(unpaidRow)], prepaid }
}

const sharesOf = (rows: readonly LoanRow[], interestOf: readonly bigint[], principalOf: readonly bigint[]): RowShare[] =>
  rows.flatMap((row, at) => {
    const [interest = 0n, principal = 0n] = [interestOf[at], principalOf[at]]
    return interest > 0n || principal > 0n ? [{ number: row.number, interest, principal }] : []
  })

// Nothing is owed any more.
export const isPaidOff = (position: LoanPosition): boolean =>
  position.beyond === undefined && position.rows.every((row) => unpaid(row) === 0n) && lateChargeDue(position.lateCharge) === 0n

// Principal that is still owed, due or not.
export const principalOwed = ({ rows, beyond }: LoanPosition): bigint => outstandingPrincipal(rows) + (beyond?.principal ?? 0n)

// What is owed on a day: all the principal, the interest that has fallen due, the late charge.
export type Owed = { readonly principal: bigint; readonly interest: bigint; readonly lateCharge: bigint; readonly total: bigint }
export const owedOn = (position: LoanPosition, on: IsoDate): Owed => {
  const { rows, lateCharge: charged } = position
  const principal = principalOwed(position)
  const interest = rows.reduce((sum, row) => (row.dueOn <= on ? sum + unpaidInterest(row) : sum), 0n)
  const lateCharge = lateChargeDue(accrueLateCharge(charged, rows, on))
  return { principal, interest, lateCharge, total: principal + interest + lateCharge }
}

// What has to be paid now to be in order: instalments due by the day, and the late charge.
export const toPayOn = (position: LoanPosition, on: IsoDate): bigint =>
  overdueAmount(position.rows, on) + lateChargeDue(accrueLateCharge(position.lateCharge, position.rows, on))

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
