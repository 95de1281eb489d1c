import { keys, rows, sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { assert, Fault } from '#kernel/faults'
import { idOf, newId } from '#kernel/ids'
import { type Leg, post } from '#kernel/ledger'
import { operation } from '#kernel/operations'
import { each, keyed, type Tx } from '#kernel/tx'
import { z } from 'zod'
import {
  balanced,
  credit,
  debit,
  inAdvanceOf,
  interestIncome,
  interestOf,
  lateChargeIncome,
  principalOf,
  sourceOf,
  walletOf,
} from './accounts.ts'
import { beginning, isPaidOff, replay } from './appropriate.ts'
import type { Replayed } from './appropriate.ts'
import { closed, reopened, repaymentReversed } from './events.ts'
import { lockLive, saveRows, storedRows, unpaidSince } from './instalment.ts'
import type { LiveLoan, StoredRow } from './instalment.ts'
import { LoanId, refuseUnless, saveStanding } from './loan.ts'
import { sameRows } from './loan-row.ts'
import { paymentOf, recordMovement, repaymentsOf, stands } from './movement.ts'
import type { Repaid, Repayment } from './movement.ts'

const leftOver = keyed<{ loan: string; wallet: bigint }>(
  sql`select loan, sum(wallet)::bigint as wallet from lending.movement where kind in ('repayment', 'reversal') and loan = any(${keys('text')}) group by loan`,
  'loan',
)
const markReversed = each<{ loan: string; id: string; reversed_by: string }>(sql`
  update lending.movement m set reversed_by = x.reversed_by from ${rows({ loan: 'text', id: 'text', reversed_by: 'text' })} x
  where m.loan = x.loan and m.id = x.id`)

// What a loan has taken in, and owes: the figures by which its accounts differ before and after a reversal.
type Taken = {
  readonly late: bigint
  readonly interest: bigint
  readonly principal: bigint
  readonly earned: bigint
  readonly receivable: bigint
  readonly advance: bigint
  readonly wallet: bigint
}
const takenBy = (stored: readonly StoredRow[], late: bigint, wallet: bigint): Taken => {
  let [interest, owed, earned, receivable, advance] = [0n, 0n, 0n, 0n, 0n]
  for (const row of stored) {
    interest += row.paid_interest
    owed += row.principal - row.paid_principal
    if (row.fallen) earned += row.interest
    if (row.fallen) receivable += row.interest - row.paid_interest
    else advance += row.paid_interest
  }
  return { late, interest, principal: -owed, earned, receivable, advance, wallet }
}

// The loan as if the repayment had never been: those that stand beside it, divided anew, each on its day. What has fallen due stays so.
const without = (
  live: LiveLoan,
  standing: readonly Repaid[],
  repayment: string,
): { readonly rows: readonly StoredRow[]; readonly replayed: Replayed } => {
  const { loan, stored } = live
  const start = beginning(live.position.terms, live.position.lateCharge.perDay)
  const stood = replay(start, standing.map(paymentOf))
  assert(sameRows(stood.position.rows, live.position.rows), `the repayments of ${loan.id} do not come to its rows`)
  const replayed = replay(start, standing.filter(({ id }) => id !== repayment).map(paymentOf))
  const fallen = new Set(stored.filter((row) => row.fallen).map(({ number }) => number))
  const rows = storedRows(loan.id, replayed.position.rows, { before: [], on: loan.disbursed_on ?? '' }).map((row) => ({
    ...row,
    paid_on: replayed.paidOn.get(row.number) ?? null,
    fallen: fallen.has(row.number),
  }))
  return { rows, replayed }
}

// Whatever differs, on the account where it lies now: interest paid in advance may have fallen due since, and a prepayment that bounced had
// made rows smaller that have fallen due since. The repayment's own amount goes back to where it came from; where a later one takes just that
// out of the same wallet again, both legs are written, for the books must show the reversal.
const legsOf = (
  { loan }: LiveLoan,
  { amount, source }: Repayment,
  { was, is }: { readonly was: Taken; readonly is: Taken },
): readonly Leg[] => {
  const back = credit(sourceOf(source === 'cash' ? 'cash' : 'wallet', loan.person), amount)
  const again = debit(walletOf(loan.person), was.wallet - is.wallet)
  const legs = balanced([
    back,
    debit(lateChargeIncome, was.late - is.late),
    debit(interestOf(loan), is.receivable - was.receivable),
    credit(interestIncome, is.earned - was.earned),
    debit(inAdvanceOf(loan), was.advance - is.advance),
    debit(principalOf(loan), was.principal - is.principal),
    again,
  ])
  return legs.length > 0 ? legs : [back, again]
}

// Interest that falls due only now, because the repayment had spared it. The line stands beneath the reversal's own, so its balance is the one before.
const noteMissed = (
  tx: Tx,
  {
    missed,
    ...line
  }: { readonly loan: string; readonly missed: bigint; readonly balance: bigint; readonly transfer: string; readonly reason: string },
): void => {
  if (missed !== 0n) recordMovement(tx, { ...line, id: newId('movement'), kind: 'interest_due', amount: missed, interest: missed })
}

// Undoes a repayment (a cheque that bounced, a slip typed twice): the loan is as if it had never been paid. Repayments that came later stand and are
// divided anew, each as of its day, so that late charges and interest are what they would have been; the statement's line tells the difference.
export const reverseRepayment = operation(
  'lending.reverse_repayment',
  {
    summary: 'Reverse a repayment',
    input: z.strictObject({ loan: LoanId, repayment: idOf('repayment'), reason: z.string().trim().min(3).max(500) }),
    answer: z.strictObject({
      id: z.string(),
      state: z.literal('done'),
      loan: z.string(),
      loanState: z.enum(['active', 'closed']),
      repayment: z.string(),
      amount: z.int(),
      currency: z.string(),
      reason: z.string(),
      receipt: z.string(),
      at: z.string(),
    }),
    moves: 'value',
    status: 201,
    locks: (i) => [i.loan],
    may: ['admin', 'cashier'],
    object: (i) => i.loan,
    faults: [
      'lending.loan_unknown',
      'lending.repayment_unknown',
      'lending.repayment_reversed',
      'lending.loan_not_active',
      'ledger.insufficient',
    ],
  },
  async ({ tx }, i) => {
    const [live, repayments, left] = await Promise.all([lockLive(tx, i.loan), repaymentsOf(tx, i.loan), leftOver(tx, i.loan)])
    const { loan } = live
    const repayment = repayments.find(({ id }) => id === i.repayment)
    if (!repayment) throw new Fault('lending.repayment_unknown', { id: i.repayment })
    if (repayment.reversed_by !== null) throw new Fault('lending.repayment_reversed', { reversal: repayment.reversed_by })
    refuseUnless(loan, 'reverse')

    const { rows: after, replayed } = without(live, repayments.filter(stands), repayment.id)
    const was = takenBy(live.stored, loan.late_paid, left?.wallet ?? 0n)
    const is = takenBy(after, replayed.position.lateCharge.paid, replayed.toWallet)
    // Without it a later prepayment may come off the principal a period sooner, and spare what was still owed: then the loan is paid off.
    const loanState: 'active' | 'closed' = isPaidOff(replayed.position) ? 'closed' : 'active'
    const ended_on = loanState === 'closed' ? (loan.ended_on ?? tx.moment.today) : null

    const legs = legsOf(live, repayment, { was, is })
    const posting = { key: `reversal:${repayment.id}`, legs, reason: i.reason, reverses: repayment.transfer }
    const { receipt } = await post(tx, posting)

    const id = newId('reversal')
    saveRows(tx, live.stored, after)
    saveStanding(tx, { ...standingAfter(replayed), id: loan.id, state: loanState, ended_on })
    markReversed(tx, { loan: loan.id, id: repayment.id, reversed_by: id })
    const line = { loan: loan.id, transfer: receipt, reason: i.reason, balance: -is.principal }
    noteMissed(tx, { ...line, balance: -was.principal, missed: is.earned - was.earned })
    recordMovement(tx, { ...line, ...difference(was, is), id, kind: 'reversal', amount: -repayment.amount, source: repayment.source })
    const told = { repayment: repayment.id, amount: Number(repayment.amount), currency: loan.currency, reason: i.reason }
    const whose = { loan: loan.id, person: loan.person }
    emit(tx, repaymentReversed, loan.id, { ...whose, ...told, transfer: receipt })
    if (loanState !== loan.state) emit(tx, loanState === 'closed' ? closed : reopened, loan.id, whose)
    return { id, state: 'done' as const, loan: loan.id, loanState, ...told, receipt, at: tx.moment.at }
  },
)

const standingAfter = ({ position: { rows: left, lateCharge }, npa }: Replayed) => ({
  late_amount_days: `${lateCharge.amountDays}`,
  late_until: lateCharge.until,
  late_paid: lateCharge.paid,
  npa,
  unpaid_since: unpaidSince(left),
})

const difference = (was: Taken, is: Taken) => ({
  late_charge: is.late - was.late,
  interest: is.interest - was.interest,
  principal: is.principal - was.principal,
  wallet: is.wallet - was.wallet,
})
