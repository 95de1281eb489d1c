const WORDS: Record<string, string> = {
  bureau_score_excellent: 'Bureau score 800 or more',
  bureau_score_good: 'Bureau score 750 to 799',
  bureau_score_fair: 'Bureau score 700 to 749',
  bureau_score_low: 'Bureau score 650 to 699',
  bureau_score_poor: 'Bureau score below 650',
  bureau_score_unreadable: 'The bureau’s score could not be read',
  bureau_no_file: 'The bureau has no file on this person',
  bureau_unavailable: 'The bureau did not answer',
  pan_not_given: 'No PAN is known, so the bureau could not be asked',
  product_needs_officer: 'This product is always decided by an officer',
  account_written_off: 'An account was written off',
  accounts_overdue: 'Several accounts are overdue elsewhere',
  account_overdue: 'An account is overdue elsewhere',
  enquiries_many: 'Many enquiries in the last 6 months',
  enquiries_some: 'Some enquiries in the last 6 months',
  income_none: 'No income is stated',
  income_not_stated: 'Income is not stated',
  obligations_above_65_percent: 'Obligations would take more than 65 % of income',
  obligations_above_50_percent: 'Obligations would take more than 50 % of income',
  obligations_above_40_percent: 'Obligations would take more than 40 % of income',
  obligations_affordable: 'Obligations are affordable',
}

/** A reason of the scorecard in words; one not known here by its name. */
export const reasonWord = (code: string): string => WORDS[code] ?? (code.charAt(0).toUpperCase() + code.slice(1)).replaceAll('_', ' ')
