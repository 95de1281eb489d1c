import { faults } from '#kernel/faults'

// How lending refuses. Codes are part of the API: add, never rename.
export const lendingFaults = faults('lending', {
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
