import { event } from '#kernel/events'
import { z } from 'zod'

const loan = z.string()
const person = z.string()
const amount = z.int()
const currency = z.string()
const moved = z.strictObject({ loan, person })

const product = z.strictObject({ product: z.string(), version: z.int(), name: z.string() })

// What lending announces, keyed by loan, or by product: heard in order for each.
export const productMade = event('lending.product_made.v1', product, 'A product is offered.')
export const productChanged = event(
  'lending.product_changed.v1',
  product,
  'A product has a new version, which new loans take; loans already made keep theirs.',
)
export const applied = event(
  'lending.applied.v1',
  z.strictObject({ loan, person, product: z.string(), principal: amount, currency, instalments: z.int() }),
  'Someone applied for a loan.',
)
export const creditChecked = event(
  'lending.credit_checked.v1',
  z.strictObject({ loan, person, score: z.int().nullable(), decision: z.string(), reasons: z.array(z.string()) }),
  'The bureau answered, or did not, and the scorecard judged.',
)
export const offered = event(
  'lending.offered.v1',
  z.strictObject({ loan, person, principal: amount, currency, expiresOn: z.string() }),
  'An offer was made; it stands until the end of a day.',
)
export const referred = event('lending.referred.v1', moved, 'An officer has to decide.')
export const approved = event('lending.approved.v1', z.strictObject({ loan, person, by: z.string() }), 'An officer approved.')
export const rejected = event('lending.rejected.v1', z.strictObject({ loan, person, reason: z.string() }), 'The application was rejected.')
export const accepted = event(
  'lending.accepted.v1',
  z.strictObject({ loan, person, principal: amount, currency }),
  'The borrower accepted the offer: the money is to be disbursed.',
  'disbursal-topic',
)
export const expired = event('lending.expired.v1', moved, 'The offer expired without being accepted.')
export const disbursed = event(
  'lending.disbursed.v1',
  z.strictObject({ loan, person, principal: amount, net: amount, currency, transfer: z.string(), firstDueOn: z.string() }),
  'The money is in the wallet, the schedule is written, the loan is active.',
)
export const disbursalFailed = event(
  'lending.disbursal_failed.v1',
  z.strictObject({ loan, person, why: z.string() }),
  'A disbursal failed.',
)
export const fellDue = event(
  'lending.fell_due.v1',
  z.strictObject({ loan, person, number: z.int(), dueOn: z.string(), interest: amount, currency }),
  'An instalment fell due; its interest became receivable and income.',
)
export const repaid = event(
  'lending.repaid.v1',
  z.strictObject({
    loan,
    person,
    repayment: z.string(),
    payment: z.string(),
    amount,
    currency,
    lateCharge: amount,
    interest: amount,
    principal: amount,
    wallet: amount,
    transfer: z.string(),
  }),
  'A repayment was booked; principal includes what was prepaid.',
)
export const repaymentReversed = event(
  'lending.repayment_reversed.v1',
  z.strictObject({ loan, person, repayment: z.string(), amount, currency, reason: z.string(), transfer: z.string() }),
  'A repayment was undone; what it had paid is owed again.',
)
export const closed = event('lending.closed.v1', moved, 'Everything is paid.')
export const reopened = event('lending.reopened.v1', moved, 'A reversal made a closed loan active again: something is owed once more.')
export const foreclosed = event(
  'lending.foreclosed.v1',
  z.strictObject({ loan, person, total: amount, currency, transfer: z.string() }),
  'The loan was paid off before its time.',
)
