import { unpaidRow } from './loan-row.ts'
import type { LoanRow } from './loan-row.ts'
import { rowsAfter } from './schedule.ts'
import type { Terms } from './terms.ts'

// Takes an amount off the principal of the rows beyond the first `reached`, which are already paid or due. The instalment stays and the
// loan ends sooner: the borrower's mandate keeps its amount, and this saves the most interest. Never takes more than those rows owe.
export const prepay = (
  terms: Terms,
  rows: readonly LoanRow[],
  how: { readonly reached: number; readonly amount: bigint },
): { readonly rows: LoanRow[]; readonly prepaid: bigint } => {
  const kept = rows.slice(0, how.reached)
  const owed = rows.slice(how.reached).reduce((sum, row) => sum + row.principal, 0n)
  const prepaid = how.amount < owed ? how.amount : owed
  const number = kept.at(-1)?.number ?? 0
  return { rows: [...kept, ...rowsAfter(terms, number, owed - prepaid).map(unpaidRow)], prepaid }
}
