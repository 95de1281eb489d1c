import { faults } from '#kernel/faults'

export const ledgerFaults = faults('ledger', {
  account_unknown: [404, 'There is no such account.', 'Look the account up under /api/v1/ledger/accounts.'],
  transfer_unknown: [404, 'There is no such transfer.', 'Look the transfer up by the id that its posting answered.'],
  hold_unknown: [404, 'There is no such hold.', 'Look the hold up by the id that its making answered.'],
  account_known: [409, 'There is an account with this id already.', 'Use it, or choose another id.'],
  account_differs: [
    409,
    'The account was opened by hand with another unit, side, guard or owner than the system that uses it gives it.',
    'Nothing was moved. Look at the account that facts name; the system cannot use it.',
  ],
  transfer_known: [
    409,
    'A transfer with this business key is booked already.',
    'Nothing was moved now. The first transfer is named in facts.',
  ],
  hold_not_open: [409, 'The hold was captured, released or has expired.', 'Make a new hold.'],
  not_by_hand: [409, 'The transfer was booked by a system, not by hand.', "Use that system's own reversal, for example of the repayment."],
  already_reversed: [409, 'The transfer was reversed already.', 'The reversal is named in facts.'],
  expiry_past: [422, 'The hold would expire before it begins.', 'Name an instant in the future of business time.'],
  insufficient: [
    422,
    'The account would fall below what it must keep available.',
    'Move less, or put more in first; facts say what is available.',
  ],
  unbalanced: [422, 'The legs of a unit do not add up to zero.', 'Give every debit (positive) its credit (negative).'],
  unit_mismatch: [422, 'A leg names another unit than its account holds.', "Use the account's own unit."],
  legs_invalid: [422, 'A transfer has 2 to 100 legs, each with an amount that is not zero.', 'Correct the legs.'],
  account_twice: [
    422,
    'An account is named twice: a transfer has one leg an account, and nothing is reserved on an account for itself.',
    'Merge the legs of the account that facts name, or name another.',
  ],
  hold_exceeded: [422, 'More is to be captured than the hold has left.', 'Capture at most what facts say is left.'],
  amount_too_large: [422, 'A balance would pass the largest number the ledger can keep.', 'Move less at a time.'],
})
