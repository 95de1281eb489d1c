import { keys, rows, sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
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
import { repaymentReversed } from './events.ts'
import { lockLive, rowOf, saveRows } from './instalment.ts'
import type { LiveLoan, StoredRow } from './instalment.ts'
import { LoanId, refuseUnless, saveStanding } from './loan.ts'
import { outstandingPrincipal } from './loan-row.ts'
import { readUndo, recordMovement } from './movement.ts'
import type { Movement } from './movement.ts'

type Repayment = Movement & { readonly reversed_by: string | null }
const repaymentById = keyed<Repayment>(
  sql`select id, loan, amount, late_charge, interest, principal, wallet, transfer, source, undo, reversed_by from lending.movement
    where kind = 'repayment' and id = any(${keys('text')})`,
  'id',
)
// The newest repayment of a loan that stands.
const lastStanding = keyed<{ loan: string; id: string }>(
  sql`select loan, max(id) as id from lending.movement where kind = 'repayment' and reversed_by is null and loan = any(${keys('text')})
    group by loan`,
  'loan',
)
const markReversed = each<{ id: string; reversed_by: string }>(sql`
  update lending.movement m set reversed_by = x.reversed_by from ${rows({ id: 'text', reversed_by: 'text' })} x where m.id = x.id`)

// The rows as they were before the repayment; what has fallen due since stays so.
const rowsBefore = ({ stored }: LiveLoan, undone: readonly StoredRow[]): StoredRow[] => {
  const restored = new Map(stored.map((row) => [row.number, row]))
  for (const row of undone) restored.set(row.number, { ...row, fallen: restored.get(row.number)?.fallen ?? false })
  return [...restored.values()].sort((a, b) => a.number - b.number)
}

// Interest that would have fallen due had the repayment never been: a prepayment had made rows smaller that have fallen due since.
const missedInterest = ({ stored }: LiveLoan, before: readonly StoredRow[]): bigint => {
  const now = new Map(stored.map((row) => [row.number, row.interest]))
  return before.reduce((sum, row) => (row.fallen ? sum + row.interest - (now.get(row.number) ?? row.interest) : sum), 0n)
}

// The repayment's legs mirrored, each on the account where its amount is now: interest paid in advance may have fallen due since.
const legsOf = (live: LiveLoan, repayment: Repayment, before: readonly StoredRow[]): readonly Leg[] => {
  const { loan, stored } = live
  const now = new Map(stored.map((row) => [row.number, row]))
  let [due, inAdvance] = [0n, 0n]
  for (const row of before) {
    const taken = (now.get(row.number)?.paid_interest ?? 0n) - row.paid_interest
    if (row.fallen) due += taken
    else inAdvance += taken
  }
  const missed = missedInterest(live, before)
  return balanced([
    credit(sourceOf(repayment.source === 'cash' ? 'cash' : 'wallet', loan.person), repayment.amount),
    debit(lateChargeIncome, repayment.late_charge),
    debit(interestOf(loan), due + missed),
    credit(interestIncome, missed),
    debit(inAdvanceOf(loan), inAdvance),
    debit(principalOf(loan), repayment.principal),
    debit(walletOf(loan.person), repayment.wallet),
  ])
}

const noteMissed = (
  tx: Tx,
  {
    missed,
    ...line
  }: { readonly loan: string; readonly missed: bigint; readonly balance: bigint; readonly transfer: string; readonly reason: string },
): void => {
  if (missed !== 0n) recordMovement(tx, { ...line, id: newId('movement'), kind: 'interest_due', amount: missed, interest: missed })
}

// Undoes the newest repayment that stands (a cheque that bounced, a slip typed twice): what it had paid is owed again from the day it was due,
// late charge included, and a loan that it closed is active again.
export const reverseRepayment = operation(
  'lending.reverse_repayment',
  {
    summary: 'Reverse a repayment',
    input: z.strictObject({ loan: LoanId, repayment: idOf('repayment'), reason: z.string().trim().min(3).max(500) }),
    answer: z.strictObject({
      id: z.string(),
      state: z.literal('done'),
      loan: z.string(),
      loanState: z.literal('active'),
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
      'lending.repayment_not_last',
      'ledger.insufficient',
    ],
  },
  async ({ tx }, i) => {
    const [live, repayment, last] = await Promise.all([lockLive(tx, i.loan), repaymentById(tx, i.repayment), lastStanding(tx, i.loan)])
    const { loan } = live
    if (repayment?.loan !== loan.id) throw new Fault('lending.repayment_unknown', { id: i.repayment })
    if (repayment.reversed_by !== null) throw new Fault('lending.repayment_reversed', { reversal: repayment.reversed_by })
    refuseUnless(loan, 'reverse')
    if (last?.id !== repayment.id) throw new Fault('lending.repayment_not_last', { repayment: last?.id ?? null })
    const { late, rows: undone } = readUndo(repayment.undo ?? '')
    const before = rowsBefore(live, undone)

    const posting = {
      key: `reversal:${repayment.id}`,
      legs: legsOf(live, repayment, before),
      reason: i.reason,
      reverses: repayment.transfer,
    }
    const { receipt } = await post(tx, posting)

    const id = newId('reversal')
    saveRows(tx, live.stored, before)
    saveStanding(tx, { id: loan.id, state: 'active', ended_on: null, ...late, late_until: late.late_until ?? loan.disbursed_on ?? '' })
    markReversed(tx, { id: repayment.id, reversed_by: id })
    const { amount, late_charge, interest, principal, wallet, source } = repayment
    const balance = outstandingPrincipal(before.map(rowOf))
    const parts = {
      amount: -amount,
      late_charge: -late_charge,
      interest: -interest,
      principal: -principal,
      wallet: -wallet,
      source,
      balance,
    }
    recordMovement(tx, { id, loan: loan.id, kind: 'reversal', transfer: receipt, reason: i.reason, ...parts })
    noteMissed(tx, { loan: loan.id, missed: missedInterest(live, before), balance, transfer: receipt, reason: i.reason })
    const told = { repayment: repayment.id, amount: Number(amount), currency: loan.currency, reason: i.reason }
    emit(tx, repaymentReversed, loan.id, { loan: loan.id, person: loan.person, ...told, transfer: receipt })
    return { id, state: 'done' as const, loan: loan.id, loanState: 'active' as const, ...told, receipt, at: tx.moment.at }
  },
)
