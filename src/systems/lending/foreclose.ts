import { hash } from 'node:crypto'
import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { post, type Leg } from '#kernel/ledger'
import { addDays, DateText, parseRate } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { operation, own, view } from '#kernel/operations'
import { z } from 'zod'
import {
  balanced,
  credit,
  debit,
  foreclosureIncome,
  gstOutput,
  inAdvanceOf,
  interestIncome,
  interestOf,
  lateChargeIncome,
  principalOf,
  sourceOf,
} from './accounts.ts'
import { accrueLateCharge } from './penalty.ts'
import { foreclosed } from './events.ts'
import { foreclosureFigures } from './foreclosure.ts'
import type { ForeclosureFigures } from './foreclosure.ts'
import { lockLive, readLive, saveRows } from './instalment.ts'
import type { LiveLoan, StoredRow } from './instalment.ts'
import { LoanId, ownerOfLoan, refuseUnless, saveStanding } from './loan.ts'
import { recordMovement } from './movement.ts'
import { refuseCashFromBorrowers } from './wallet.ts'

const Quote = z.strictObject({
  id: z.string(),
  quoteId: z.string(),
  loan: z.string(),
  on: z.string(),
  currency: z.string(),
  principal: z.int(),
  overdueInterest: z.int(),
  accruedInterest: z.int(),
  interestInAdvance: z.int(),
  lateCharge: z.int(),
  fee: z.int(),
  feeTax: z.int(),
  total: z.int(),
})

const figuresOn = ({ loan, position }: LiveLoan, on: IsoDate): ForeclosureFigures =>
  foreclosureFigures(position, { feeRate: parseRate(loan.foreclosure_rate), taxRate: parseRate(loan.foreclosure_tax) }, on)

// A quote names the loan's revision, the date and every figure: whatever changes, changes its id.
const quoteIdOf = ({ loan }: LiveLoan, on: IsoDate, figures: ForeclosureFigures): string => {
  const parts = [loan.id, loan.revision, on, ...Object.entries(figures).flat()]
  return `quote_${hash('sha256', parts.join('|'), 'hex').slice(0, 32)}`
}

const quoted = (live: LiveLoan, on: IsoDate): z.infer<typeof Quote> => {
  const figures = figuresOn(live, on)
  // The total may be less than a part of it: of what was paid in advance, some goes back.
  if (Object.values(figures).some((figure) => figure > Number.MAX_SAFE_INTEGER))
    throw new Fault('lending.quote_too_large', { largest: Number.MAX_SAFE_INTEGER })
  const quoteId = quoteIdOf(live, on, figures)
  return {
    id: quoteId,
    quoteId,
    loan: live.loan.id,
    on,
    currency: live.loan.currency,
    principal: Number(figures.principal),
    overdueInterest: Number(figures.overdueInterest),
    accruedInterest: Number(figures.accruedInterest),
    interestInAdvance: Number(figures.interestInAdvance),
    lateCharge: Number(figures.lateCharge),
    fee: Number(figures.fee),
    feeTax: Number(figures.feeTax),
    total: Number(figures.total),
  }
}

const staff = ['admin', 'credit_officer', 'cashier', 'auditor'] as const

// A year and a day: whoever plans further ahead plans with figures that will not be.
export const QUOTE_DAYS_AHEAD = 366

const refuseDate = (on: IsoDate, today: IsoDate, { disbursed_on }: LiveLoan['loan']): void => {
  if (on < today || on < (disbursed_on ?? on)) throw new Fault('lending.date_passed', { on, today })
  const until = addDays(today, QUOTE_DAYS_AHEAD)
  if (on > until) throw new Fault('lending.date_too_far', { on, today, until })
}

// What would end the loan on a day, today unless named; saves nothing. The foreclosure posts exactly this, or is refused.
export const foreclosureQuote = view(
  'lending.foreclosure_quote',
  {
    summary: 'What it takes to foreclose a loan',
    input: z.strictObject({ loan: LoanId, on: DateText.optional() }),
    answer: Quote,
    may: [...staff, own('borrower', ownerOfLoan)],
    faults: ['lending.loan_unknown', 'lending.loan_not_active', 'lending.date_passed', 'lending.date_too_far', 'lending.quote_too_large'],
  },
  async ({ read, clock }, { loan: id, on = clock.today() }) => {
    const live = await readLive(read, id)
    refuseUnless(live.loan, 'foreclose')
    refuseDate(on, clock.today(), live.loan)
    return quoted(live, on)
  },
)

// Interest that has fallen due is receivable; the rest becomes income now, together with what was paid of it in advance.
const legsOf = ({ loan, stored }: LiveLoan, figures: ForeclosureFigures, on: IsoDate, from: 'wallet' | 'cash'): readonly Leg[] => {
  let [receivable, earned, advance] = [0n, figures.accruedInterest, 0n]
  for (const row of stored) {
    if (row.fallen) receivable += row.interest - row.paid_interest
    else {
      advance += row.paid_interest
      if (row.due_on <= on) earned += row.interest
    }
  }
  return balanced([
    debit(sourceOf(from, loan.person), figures.total),
    debit(inAdvanceOf(loan), advance),
    credit(principalOf(loan), figures.principal),
    credit(interestOf(loan), receivable),
    credit(interestIncome, earned),
    credit(lateChargeIncome, figures.lateCharge),
    credit(foreclosureIncome, figures.fee),
    credit(gstOutput, figures.feeTax),
  ])
}

// The schedule as it really ended: what was due is paid, and one last row on the day takes the rest of the principal with the interest so far.
const rowsAtEnd = ({ loan, stored }: LiveLoan, accrued: bigint, on: IsoDate): StoredRow[] => {
  const due = stored.filter((row) => row.due_on <= on)
  const running = stored.filter((row) => row.due_on > on)
  const paid = (row: StoredRow): StoredRow => ({
    ...row,
    paid_principal: row.principal,
    paid_interest: row.interest,
    paid_on: row.paid_on ?? on,
    fallen: true,
  })
  const [next] = running
  if (!next) return due.map(paid)
  const principal = running.reduce((sum, row) => sum + row.principal, 0n)
  const last = { loan: loan.id, number: next.number, due_on: on, opening: principal, principal, interest: accrued, paid_on: on }
  return [...due.map(paid), { ...last, paid_principal: principal, paid_interest: accrued, fallen: true }]
}

// Ends a loan before its time for exactly what a quote of the same day said; refused as stale if anything has changed since.
export const foreclose = operation(
  'lending.foreclose',
  {
    summary: 'Foreclose a loan at a quoted total',
    input: z.strictObject({
      loan: LoanId,
      quoteId: z.string().max(80),
      on: DateText,
      total: z.int(),
      from: z.enum(['wallet', 'cash']).default('wallet'),
    }),
    answer: z.strictObject({
      id: z.string(),
      state: z.literal('foreclosed'),
      loan: z.string(),
      loanState: z.literal('foreclosed'),
      total: z.int(),
      currency: z.string(),
      from: z.enum(['wallet', 'cash']),
      receipt: z.string(),
      at: z.string(),
    }),
    moves: 'value',
    locks: (i) => [i.loan],
    may: ['admin', 'cashier', own('borrower', ownerOfLoan)],
    object: (i) => i.loan,
    faults: ['lending.loan_unknown', 'lending.loan_not_active', 'lending.quote_stale', 'lending.cash_by_staff_only', 'ledger.insufficient'],
  },
  async ({ tx, principal: caller }, { loan: id, on, quoteId, total, from }) => {
    const { today, at } = tx.moment
    const live = await lockLive(tx, id)
    const { loan } = live
    refuseUnless(loan, 'foreclose')
    const figures = on === today ? figuresOn(live, on) : null
    if (!figures || quoteId !== quoteIdOf(live, on, figures) || BigInt(total) !== figures.total)
      throw new Fault('lending.quote_stale', { loan: id, on, today })
    refuseCashFromBorrowers(from, caller)

    const { receipt } = await post(tx, { key: `foreclosure:${id}`, legs: legsOf(live, figures, on, from) })

    saveRows(tx, live.stored, rowsAtEnd(live, figures.accruedInterest, on))
    const late = accrueLateCharge(live.position.lateCharge, live.position.rows, on)
    const ended = { id, state: 'foreclosed' as const, npa: false, unpaid_since: null, ended_on: on }
    const paidLate = late.paid + figures.lateCharge
    saveStanding(tx, { ...ended, late_amount_days: `${late.amountDays}`, late_until: late.until, late_paid: paidLate })
    const movement = newId('foreclosure')
    const interest = figures.overdueInterest + figures.accruedInterest - figures.interestInAdvance
    const split = { principal: figures.principal, interest, late_charge: figures.lateCharge, balance: 0n }
    recordMovement(tx, { id: movement, loan: id, kind: 'foreclosure', transfer: receipt, source: from, amount: figures.total, ...split })
    const { person, currency } = loan
    emit(tx, foreclosed, id, { loan: id, person, total, currency, transfer: receipt })
    const state = 'foreclosed' as const
    return { id: movement, state, loan: id, loanState: state, total, currency, from, receipt, at }
  },
)
