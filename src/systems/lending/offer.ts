import { rows, sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { addWorkingDays } from '#kernel/money'
import type { IsoDate, WorkCalendar } from '#kernel/money'
import { operation, own } from '#kernel/operations'
import { each } from '#kernel/tx'
import { z } from 'zod'
import { LoanMoved, movedTo } from './apply.ts'
import { accepted, expired } from './events.ts'
import { LoanId, lockLoan, ownerOfLoan, refuseUnless } from './loan.ts'

// RBI's Key Facts Statement must stand for at least three working days when the tenor is a week or more (RBI/2024-25/18).
export const OFFER_WORKING_DAYS = 3

// The national holidays fall on the same dates every year; Sundays are nobody's working days, and on Saturdays lenders' desks are open, so a
// Saturday counts. State holidays, and banks' second and fourth Saturdays, would only lengthen an offer.
const NATIONAL_HOLIDAYS = ['01-26', '08-15', '10-02'] as const
const FIRST_YEAR = 1990
const LAST_YEAR = 2199

export const HOME_CALENDAR: WorkCalendar = {
  restDays: [7],
  holidays: new Set(
    Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, at) => NATIONAL_HOLIDAYS.map((day) => `${FIRST_YEAR + at}-${day}`)).flat(),
  ),
}

// The last day on which an offer can be accepted; it expires when that day ends. The day it was made does not count.
export const offerStandsUntil = (offeredOn: IsoDate, calendar: WorkCalendar = HOME_CALENDAR): IsoDate =>
  addWorkingDays(offeredOn, OFFER_WORKING_DAYS, calendar)

const saveState = each<{ id: string; state: string }>(sql`
  update lending.loan l set state = x.state, revision = l.revision + 1 from ${rows({ id: 'text', state: 'text' })} x where l.id = x.id`)

// The borrower's yes, by themselves or recorded at the desk. The disbursal follows by itself.
export const accept = operation(
  'lending.accept',
  {
    summary: 'Accept an offer',
    input: z.strictObject({ loan: LoanId }),
    answer: LoanMoved,
    locks: (i) => [i.loan],
    may: ['admin', 'credit_officer', 'cashier', own('borrower', ownerOfLoan)],
    faults: ['lending.loan_unknown', 'lending.offer_expired', 'lending.not_offered'],
  },
  async ({ tx }, i) => {
    const loan = await lockLoan(tx, i.loan)
    const stands = loan.offer_expires_on
    if (loan.state === 'expired' || (loan.state === 'offered' && stands !== null && tx.moment.today > stands))
      throw new Fault('lending.offer_expired', { loan: loan.id, expiredOn: stands })
    refuseUnless(loan, 'accept')
    saveState(tx, { id: loan.id, state: 'accepted' })
    const { id, person, currency } = loan
    emit(tx, accepted, id, { loan: id, person, principal: Number(loan.principal), currency })
    return movedTo(loan, 'accepted', tx.moment.at)
  },
)

// An offer whose last day has passed. Asked for by the schedule `lending.expire_offers`; harmless if it was accepted in between.
export const expire = operation(
  'lending.expire',
  {
    summary: 'Let an offer expire',
    input: z.strictObject({ loan: LoanId }),
    answer: LoanMoved,
    locks: (i) => [i.loan],
    may: ['system'],
    faults: ['lending.loan_unknown'],
  },
  async ({ tx }, i) => {
    const loan = await lockLoan(tx, i.loan)
    const over = loan.state === 'offered' && loan.offer_expires_on !== null && loan.offer_expires_on < tx.moment.today
    if (!over) return movedTo(loan, loan.state, tx.moment.at)
    saveState(tx, { id: loan.id, state: 'expired' })
    emit(tx, expired, loan.id, { loan: loan.id, person: loan.person })
    return movedTo(loan, 'expired', tx.moment.at)
  },
)
