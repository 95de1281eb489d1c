import { sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { newId } from '#kernel/ids'
import { post } from '#kernel/ledger'
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
    const key = `interest:${loan.id}:${row.number}`
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

// Instalments whose day has come and whose interest isn't booked yet, oldest first, a page at a time.
export const toFall = (read: ViewContext['read'], on: string) =>
  read<{ loan: z.infer<typeof LoanId>; number: number }>(sql`
    select loan, number from lending.instalment where not fallen and due_on <= ${on} order by due_on, loan, number limit ${FALL_AT_ONCE}`)

// Offers whose last day is over.
export const overdueOffers = (read: ViewContext['read'], on: string) =>
  read<{ id: z.infer<typeof LoanId> }>(sql`
    select id from lending.loan where state = 'offered' and offer_expires_on < ${on} order by id limit ${OFFERS_AT_ONCE}`)
