import { rows, sql } from '#kernel/db'
import { emit, on } from '#kernel/events'
import { catalogued, Fault } from '#kernel/faults'
import { findPerson } from '#kernel/identity'
import { newId } from '#kernel/ids'
import { post } from '#kernel/ledger'
import { addMonths } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { operation } from '#kernel/operations'
import { each } from '#kernel/tx'
import { z } from 'zod'
import { balanced, credit, debit, feeIncome, gstOutput, principalOf, walletOf } from './accounts.ts'
import { LoanMoved, movedTo } from './apply.ts'
import { accepted, disbursalFailed, disbursed } from './events.ts'
import { saveRows, storedRows, unpaidSince } from './instalment.ts'
import { LoanId, lockLoan, termsOf } from './loan.ts'
import { loanRowsOf } from './loan-row.ts'
import { recordMovement } from './movement.ts'

const saveDisbursal = each<{ id: string; disbursed_on: IsoDate; first_due_on: IsoDate; unpaid_since: IsoDate | null }>(sql`
  update lending.loan l set state = 'active', disbursed_on = x.disbursed_on, first_due_on = x.first_due_on, late_until = x.disbursed_on,
    unpaid_since = x.unpaid_since, failure = null, revision = l.revision + 1
  from ${rows({ id: 'text', disbursed_on: 'date', first_due_on: 'date', unpaid_since: 'date' })} x where l.id = x.id`)
const saveFailure = each<{ id: string; failure: string }>(sql`
  update lending.loan l set failure = x.failure, revision = l.revision + 1
  from ${rows({ id: 'text', failure: 'text' })} x where l.id = x.id`)

// Pays an accepted loan into the borrower's wallet, less fee and its tax, and writes the schedule. Once: from any other state it is refused.
export const disburse = operation(
  'lending.disburse',
  {
    summary: 'Disburse an accepted loan',
    input: z.strictObject({ loan: LoanId }),
    answer: z.strictObject({ ...LoanMoved.shape, net: z.int(), receipt: z.string(), firstDueOn: z.string() }),
    moves: 'value',
    locks: (i) => [i.loan],
    may: ['admin', 'credit_officer', 'cashier', 'system'],
    faults: ['lending.loan_unknown', 'lending.not_accepted', 'identity.deactivated', 'lending.instalment_below_interest'],
  },
  async ({ tx }, i) => {
    const { today, at } = tx.moment
    const loan = await lockLoan(tx, i.loan, 'disburse')
    const { state: personState } = await findPerson(tx, loan.person)
    if (personState !== 'active') throw new Fault('identity.deactivated', { person: loan.person })

    const firstDueOn = addMonths(today, 1)
    const schedule = loanRowsOf(termsOf(loan, { disbursedOn: today, firstDueOn }))
    const net = loan.principal - loan.fee - loan.fee_tax
    const legs = [
      debit(principalOf(loan), loan.principal),
      credit(walletOf(loan.person), net),
      credit(feeIncome, loan.fee),
      credit(gstOutput, loan.fee_tax),
    ]
    const { receipt } = await post(tx, { key: `disbursal:${loan.id}`, legs: balanced(legs) })

    saveRows(tx, [], storedRows(loan.id, schedule, { before: [], on: today }))
    saveDisbursal(tx, { id: loan.id, disbursed_on: today, first_due_on: firstDueOn, unpaid_since: unpaidSince(schedule) })
    const lent = { amount: loan.principal, principal: loan.principal, wallet: net, balance: loan.principal }
    recordMovement(tx, { id: newId('movement'), loan: loan.id, kind: 'disbursal', transfer: receipt, ...lent })
    const { id, person, currency } = loan
    const principal = Number(loan.principal)
    emit(tx, disbursed, id, { loan: id, person, principal, net: Number(net), currency, transfer: receipt, firstDueOn })
    return { ...movedTo(loan, 'active', at), net: Number(net), receipt, firstDueOn }
  },
)

// Keeps why a disbursal failed, for people to see; harmless once it has succeeded.
export const noteFailure = operation(
  'lending.note_failure',
  {
    summary: 'Keep why a disbursal failed',
    input: z.strictObject({ loan: LoanId, why: z.string().max(200) }),
    answer: LoanMoved,
    locks: (i) => [i.loan],
    may: ['system'],
    faults: ['lending.loan_unknown'],
  },
  async ({ tx }, { loan: id, why }) => {
    const loan = await lockLoan(tx, id)
    if (loan.state === 'accepted') {
      saveFailure(tx, { id, failure: why })
      emit(tx, disbursalFailed, id, { loan: id, person: loan.person, why })
    }
    return movedTo(loan, loan.state, tx.moment.at)
  },
)

// An accepted offer is disbursed once, however often the event is delivered. A refusal is shown on the loan, and `/disbursal` tries again by hand.
export const disburseOnAccepted = on(accepted, 'lending.disburse_on_accepted', async ({ run }, event) => {
  const { loan } = event.data as { loan: z.infer<typeof LoanId> }
  try {
    await run(disburse, { loan }, { key: event.id })
  } catch (refused) {
    if (!(refused instanceof Fault)) throw refused
    if (refused.code !== 'lending.not_accepted')
      await run(noteFailure, { loan, why: catalogued(refused.code).meaning }, { key: `${event.id}:failed` })
  }
})
