import { sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { newId } from '#kernel/ids'
import { post } from '#kernel/ledger'
import type { IsoDate } from '#kernel/money'
import { operation, type ViewContext } from '#kernel/operations'
import { z } from 'zod'
import { balanced, credit, debit, inAdvanceOf, interestIncome, interestOf } from './accounts.ts'
import { fellDue } from './events.ts'
import { lockLive, saveRows } from './instalment.ts'
import { LoanId } from './loan.ts'
import { outstandingPrincipal } from './loan-row.ts'
import { recordMovement } from './movement.ts'

// The interest of an instalment becomes receivable, and income, on its due date: what was paid of it in advance stops being a liability.
// Booked on the due date, even if asked for later. Does nothing for an instalment that is gone, fallen already, or not yet due.
export const fallDue = operation(
  'lending.fall_due',
  {
    summary: 'Let an instalment fall due',
    input: z.strictObject({ loan: LoanId, number: z.int().min(1) }),
    answer: z.strictObject({ id: z.string(), number: z.int(), interest: z.int(), receipt: z.string().nullable() }),
    locks: (i) => [i.loan],
    may: ['system'],
    faults: ['lending.loan_unknown'],
  },
  async ({ tx }, i) => {
    const { today } = tx.moment
    const { loan, stored, position } = await lockLive(tx, i.loan)
    const row = stored.find(({ number }) => number === i.number)
    if (!row || row.fallen || row.due_on > today) return { id: loan.id, number: i.number, interest: 0, receipt: null }

    const legs = balanced([
      debit(interestOf(loan), row.interest - row.paid_interest),
      debit(inAdvanceOf(loan), row.paid_interest),
      credit(interestIncome, row.interest),
    ])
    // A row that a reversal took away and another brought back falls once more: its first interest was undone with it.
    const key = `interest:${loan.id}:${row.number}:${loan.revision}`
    const receipt = legs.length > 0 ? (await post(tx, { key, legs, bookedOn: row.due_on })).receipt : null

    saveRows(
      tx,
      stored,
      stored.map((one) => (one === row ? { ...row, fallen: true } : one)),
    )
    const { person, currency } = loan
    const interest = Number(row.interest)
    if (receipt !== null) {
      const due = { amount: row.interest, interest: row.interest, balance: outstandingPrincipal(position.rows), booked_on: row.due_on }
      recordMovement(tx, { id: newId('movement'), loan: loan.id, kind: 'interest_due', transfer: receipt, ...due })
    }
    emit(tx, fellDue, loan.id, { loan: loan.id, person, number: row.number, dueOn: row.due_on, interest, currency })
    return { id: loan.id, number: row.number, interest, receipt }
  },
)

const FALL_AT_ONCE = 500
const OFFERS_AT_ONCE = 500

type ToFall = { readonly loan: z.infer<typeof LoanId>; readonly number: number; readonly due_on: IsoDate }

// Instalments whose day has come and whose interest isn't booked yet, oldest first, a page at a time.
export const toFall = (read: ViewContext['read'], on: string, after?: ToFall) =>
  read<ToFall>(sql`
    select loan, number, due_on from lending.instalment where not fallen and due_on <= ${on}
      and (due_on, loan, number) > (${after?.due_on ?? '-infinity'}::date, ${after?.loan ?? ''}::text, ${after?.number ?? 0}::integer)
    order by due_on, loan, number limit ${FALL_AT_ONCE}`)

type Overdue = { readonly id: z.infer<typeof LoanId> }

// Offers whose last day is over.
export const overdueOffers = (read: ViewContext['read'], on: string, after?: Overdue) =>
  read<Overdue>(sql`
    select id from lending.loan where state = 'offered' and offer_expires_on < ${on} and id > ${after?.id ?? ''} order by id limit ${OFFERS_AT_ONCE}`)
