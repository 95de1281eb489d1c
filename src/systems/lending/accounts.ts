import type { AccountRef, Leg } from '#kernel/ledger'
import type { Currency } from '#kernel/money'

// The house lends, takes and pays out in one currency; an account of another would need a rate, which nothing here has.
export const HOUSE_CURRENCY: Currency = 'INR'

const account = (id: string, side: AccountRef['side'], rest: { code?: string; min?: bigint; owner?: string } = {}): AccountRef => ({
  id,
  code: rest.code ?? id,
  unit: HOUSE_CURRENCY,
  side,
  min: rest.min ?? null,
  ...(rest.owner === undefined ? {} : { owner: rest.owner }),
})

// Money that the company keeps for a person: never below zero.
export const walletOf = (person: string): AccountRef => account(walletId(person), 'credit', { code: 'wallet', min: 0n, owner: person })
export const walletId = (person: string): string => `wallet:${person}`

type Owned = { readonly id: string; readonly person: string }

// A loan's own accounts. None goes below zero: nothing can be collected that isn't owed.
export const principalOf = ({ id, person }: Owned): AccountRef =>
  account(`loan:${id}:principal`, 'debit', { code: 'loan_principal', min: 0n, owner: person })
// Interest that has fallen due and is not paid.
export const interestOf = ({ id, person }: Owned): AccountRef =>
  account(`loan:${id}:interest`, 'debit', { code: 'loan_interest', min: 0n, owner: person })
// Interest paid before its due date: owed back as service, income only when the date comes.
export const inAdvanceOf = ({ id, person }: Owned): AccountRef =>
  account(`loan:${id}:interest_in_advance`, 'credit', { code: 'interest_in_advance', min: 0n, owner: person })

// The company's own. Cash is what the desks hold.
export const cash = account('cash', 'debit')
export const interestIncome = account('income:interest', 'credit')
export const feeIncome = account('income:processing_fee', 'credit')
export const lateChargeIncome = account('income:late_charge', 'credit')
export const foreclosureIncome = account('income:foreclosure', 'credit')
export const gstOutput = account('tax:gst_output', 'credit')

// Where a payment comes from, or goes back to.
export const sourceOf = (from: 'wallet' | 'cash', person: string): AccountRef => (from === 'cash' ? cash : walletOf(person))

export const debit = (of: AccountRef, amount: bigint): Leg => ({ account: of, amount })
export const credit = (of: AccountRef, amount: bigint): Leg => ({ account: of, amount: -amount })

// Legs of nothing are left out, and legs of one account become one: the same wallet may be paid from and given the rest.
export const balanced = (legs: readonly Leg[]): readonly Leg[] => {
  const sums = new Map<string, Leg>()
  for (const leg of legs) {
    const id = typeof leg.account === 'string' ? leg.account : leg.account.id
    const known = sums.get(id)
    sums.set(id, known ? { ...known, amount: known.amount + leg.amount } : leg)
  }
  return [...sums.values()].filter((leg) => leg.amount !== 0n)
}
