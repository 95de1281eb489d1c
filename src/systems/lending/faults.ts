import { faults } from '#kernel/faults'

// How lending refuses. Codes are part of the API: add, never rename.
export const lendingFaults = faults('lending', {
  loan_unknown: [404, 'There is no such loan, or it is not yours.', 'Look the loan up under /api/v1/loans.'],
  product_unknown: [404, 'There is no such loan product.', 'Look the product up under /api/v1/loan-products.'],
  repayment_unknown: [404, 'The loan has no such repayment.', "Look it up in the loan's statement."],
  not_applied: [409, 'The application is being assessed already.', 'Wait for the credit check.'],
  not_assessing: [409, 'The application is not being assessed.', 'Look at its state: it was judged already.'],
  not_referred: [409, 'Only an application referred to an officer can be decided by one.', 'Look at its state.'],
  not_offered: [409, 'There is no offer that could be accepted.', 'Look at its state.'],
  offer_expired: [409, 'The offer stood for three working days and has expired.', 'Apply again.'],
  not_accepted: [409, 'Only an accepted offer is disbursed, and only once.', 'Look at its state: it may have been disbursed already.'],
  loan_not_active: [409, 'The loan is not active: not yet disbursed, or already ended.', 'Look at its state.'],
  payment_known: [
    409,
    'This payment is booked already.',
    'Nothing was moved now. The first receipt is named in facts to whoever may read it; a payment of your own needs another name.',
  ],
  repayment_reversed: [409, 'The repayment was reversed already.', 'The reversal is named in facts.'],
  quote_stale: [409, 'The figures have changed since the quote, or it is for another day.', 'Ask for a new quote and send that.'],
  currency_mismatch: [422, 'The amount is in another currency.', 'Use the currency named in facts.'],
  principal_out_of_range: [422, 'The product does not lend this amount.', 'Facts name the range.'],
  instalments_out_of_range: [422, 'The product does not lend for this long.', 'Facts name the range.'],
  own_application: [422, 'Nobody decides on an application of their own.', 'Ask a colleague to decide.'],
  cash_by_staff_only: [422, 'Cash is taken at the desk, by a cashier.', "Pay from the wallet: from 'wallet'."],
  date_passed: [422, 'The date has passed, or lies before the disbursal.', 'Quote for today or a later day.'],
  date_too_far: [422, 'Nothing is quoted for a day so far ahead.', 'Quote for a nearer day; facts name the last.'],
  date_out_of_range: [422, 'A date lies outside the years that loans are reckoned for.', 'Give dates from 1900 to 2199.'],
  first_due_not_after_disbursal: [422, 'The first due date is not after the day of disbursal.', 'Give a later first due date.'],
  first_period_too_long: [422, 'The first instalment falls due more than ten years after disbursal.', 'Give an earlier first due date.'],
  fees_exceed_principal: [422, 'The fees and their tax leave nothing of the principal.', 'Lower the fees or raise the principal.'],
  rounding_not_postable: [422, 'A loan cannot be posted unrounded.', "Choose an instalment rounding other than 'none'."],
  instalment_below_interest: [
    422,
    'A row would not even pay its interest, and debt would grow.',
    'Choose an earlier first due date, a larger instalment, or another method.',
  ],
  quote_too_large: [
    422,
    'A figure of the schedule is too large to be written exactly.',
    'Lower the principal, the rate or the number of instalments.',
  ],
})
