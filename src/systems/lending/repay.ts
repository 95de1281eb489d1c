import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import type { AccountRef, Leg } from '#kernel/ledger'
import { Amount, CurrencyCode } from '#kernel/money'
import { operation, own, type Principal } from '#kernel/operations'
import { z } from 'zod'
import { balanced, credit, debit, inAdvanceOf, interestOf, lateChargeIncome, principalOf, sourceOf, walletOf } from './accounts.ts'
import { appropriate, isPaidOff, owedOn, principalOwed } from './appropriate.ts'
import type { Appropriation } from './appropriate.ts'
import { closed, repaid } from './events.ts'
import { lockLive, lockReached, saveRows, standingOf, storedRows } from './instalment.ts'
import type { LiveLoan } from './instalment.ts'
import { isStaff, LoanId, ownerOfLoan, refuseUnless, saveStanding } from './loan.ts'
import { Owing, paymentBooked, recordMovement, toldOwed } from './movement.ts'
import { PaymentId, postPayment, refuseCashFromBorrowers, refuseOtherCurrency } from './wallet.ts'

export const Repayment = z.strictObject({
  loan: LoanId,
  payment: PaymentId,
  amount: Amount,
  currency: CurrencyCode,
  from: z.enum(['wallet', 'cash']),
  excess: z.enum(['wallet', 'prepay']).default('wallet'),
})

const Split = z.strictObject({ lateCharge: z.int(), interest: z.int(), principal: z.int(), prepaid: z.int(), wallet: z.int() })
export const RepaymentAnswer = z.strictObject({
  id: z.string(),
  state: z.literal('done'),
  loan: z.string(),
  loanState: z.enum(['active', 'closed']),
  payment: z.string(),
  amount: z.int(),
  currency: z.string(),
  from: z.enum(['wallet', 'cash']),
  split: Split,
  receipt: z.string(),
  outstanding: Owing,
  at: z.string(),
})

// Books a repayment from the wallet or the cash desk and divides it: late charge, interest due, principal due, the next instalment, and the
// rest to the wallet, or off the principal with `excess: 'prepay'`. One payment is booked once, whatever the key.
export const repay = operation(
  'lending.repay',
  {
    summary: 'Repay a loan',
    input: Repayment,
    answer: RepaymentAnswer,
    moves: 'value',
    status: 201,
    locks: (i) => [i.loan, `payment:${i.payment}`],
    may: ['admin', 'cashier', own('borrower', ownerOfLoan)],
    object: (i) => i.loan,
    faults: [
      'lending.loan_unknown',
      'lending.payment_known',
      'lending.loan_not_active',
      'lending.currency_mismatch',
      'lending.cash_by_staff_only',
      'ledger.insufficient',
    ],
  },
  async ({ tx, principal: caller }, i) => {
    const { today, at } = tx.moment
    // A prepayment changes all rows that are left, any other payment few.
    const locked = i.excess === 'prepay' ? lockLive(tx, i.loan) : lockReached(tx, i.loan)
    const [live, booked] = await Promise.all([locked, paymentBooked(tx, i.payment)])
    const { loan } = live
    if (booked) throw knownTo(caller, booked)
    refuseUnless(loan, 'repay')
    refuseOtherCurrency(i.currency, loan.currency)
    refuseCashFromBorrowers(i.from, caller)

    const split = appropriate(live.position, { amount: BigInt(i.amount), on: today, excess: i.excess })
    const after = split.position
    const loanState: 'active' | 'closed' = isPaidOff(after) ? 'closed' : 'active'

    const legs = legsOf(live, split, sourceOf(i.from, loan.person))
    // The wallet's leg is what is left after the rest came back into it, and yet it must hold all that is paid.
    const covers = i.from === 'wallet' ? [{ account: walletOf(loan.person), amount: BigInt(i.amount) }] : []
    const { receipt } = await postPayment(tx, { key: `repayment:${i.payment}`, legs, covers }, async (transfer) =>
      knownTo(caller, (await paymentBooked(tx, i.payment)) ?? { payment: i.payment, transfer }),
    )

    const id = newId('repayment')
    saveRows(tx, live.stored, storedRows(loan.id, after.rows, { before: live.stored, on: today }))
    saveStanding(tx, { ...standingOf(live, after, today), state: loanState, ended_on: loanState === 'closed' ? today : null })
    recordMovement(tx, { ...movementOf(split, i), id, loan: loan.id, transfer: receipt })

    const told = toldSplit(split)
    const { payment, amount, currency, from } = i
    const parts = { lateCharge: told.lateCharge, interest: told.interest, principal: told.principal + told.prepaid, wallet: told.wallet }
    const paid = { repayment: id, payment, amount, currency, transfer: receipt, ...parts }
    emit(tx, repaid, loan.id, { loan: loan.id, person: loan.person, ...paid })
    if (loanState === 'closed') emit(tx, closed, loan.id, { loan: loan.id, person: loan.person })
    const outstanding = toldOwed(owedOn(after, today))
    return { id, state: 'done' as const, loan: loan.id, loanState, payment, amount, currency, from, split: told, receipt, outstanding, at }
  },
)

type Booked = { readonly payment: string; readonly transfer: string; readonly id?: string; readonly person?: string }

// Payments have one name for all, so a borrower may meet another's: then they learn that the name is taken, and not what is booked under it.
const knownTo = (caller: Principal, { payment, transfer: receipt, id, person }: Booked): Fault => {
  const repayment = id === undefined ? {} : { repayment: id }
  return new Fault('lending.payment_known', { payment, ...(isStaff(caller) || person === caller.id ? { receipt, ...repayment } : {}) })
}

// What each leg of a repayment is: interest of a row whose day has not come is a liability until it does.
export const legsOf = ({ loan, stored }: LiveLoan, split: Appropriation, source: AccountRef): readonly Leg[] => {
  const fallen = new Set(stored.filter((row) => row.fallen).map((row) => row.number))
  let [due, inAdvance] = [0n, 0n]
  for (const { number, interest } of split.shares) {
    if (fallen.has(number)) due += interest
    else inAdvance += interest
  }
  return balanced([
    debit(source, split.lateCharge + split.interest + split.principal + split.prepaid + split.toWallet),
    credit(lateChargeIncome, split.lateCharge),
    credit(interestOf(loan), due),
    credit(inAdvanceOf(loan), inAdvance),
    credit(principalOf(loan), split.principal + split.prepaid),
    credit(walletOf(loan.person), split.toWallet),
  ])
}

const toldSplit = (split: Appropriation): z.infer<typeof Split> => ({
  lateCharge: Number(split.lateCharge),
  interest: Number(split.interest),
  principal: Number(split.principal),
  prepaid: Number(split.prepaid),
  wallet: Number(split.toWallet),
})

const movementOf = (split: Appropriation, i: z.infer<typeof Repayment>) => ({
  kind: 'repayment' as const,
  amount: BigInt(i.amount),
  late_charge: split.lateCharge,
  interest: split.interest,
  principal: split.principal + split.prepaid,
  wallet: split.toWallet,
  balance: principalOwed(split.position),
  payment: i.payment,
  source: i.from,
  excess: i.excess,
  reason: null,
})
