import { readBalances } from '#kernel/ledger'
import type { AccountRef, Leg } from '#kernel/ledger'
import { inQuery } from '#kernel/http'
import { MAX_AMOUNT } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { own, view } from '#kernel/operations'
import { z } from 'zod'
import { sourceOf } from './accounts.ts'
import { appropriate, isPaidOff, toPayOn } from './appropriate.ts'
import type { Appropriation, LoanPosition } from './appropriate.ts'
import { BUCKETS, outstandingPrincipal, unpaidInterest, unpaidPrincipal } from './loan-row.ts'
import { arrearsOf, readLive } from './instalment.ts'
import type { LiveLoan } from './instalment.ts'
import { isStaff, LoanId, ownerOfLoan, refuseUnless } from './loan.ts'
import { accrueLateCharge, lateChargeDue } from './penalty.ts'
import { legsOf } from './repay.ts'

const Part = z.strictObject({
  kind: z.enum(['lateCharge', 'interest', 'principal', 'prepay', 'wallet']),
  number: z.int().nullable(),
  due: z.int(),
  paid: z.int(),
  left: z.int(),
})
const Standing = z.strictObject({ toPay: z.int(), dpd: z.int(), bucket: z.enum(BUCKETS), principal: z.int(), state: z.string() })

const part = (kind: z.infer<typeof Part>['kind'], number: number | null, due: bigint, paid: bigint): z.infer<typeof Part> => ({
  kind,
  number,
  due: Number(due),
  paid: Number(paid),
  left: Number(due - paid),
})

// Where the money goes, in the order in which it is taken: all interest before the principal of the rows that are due.
const allocation = ({ position }: LiveLoan, split: Appropriation, on: IsoDate): z.infer<typeof Part>[] => {
  const rows = new Map(position.rows.map((row) => [row.number, row]))
  const shares = split.shares.flatMap((share) => {
    const row = rows.get(share.number)
    return row ? [{ share, row, due: row.dueOn <= on }] : []
  })
  const interest = shares.map(({ share, row, due }) => ({ due, told: part('interest', row.number, unpaidInterest(row), share.interest) }))
  const principal = shares.map(({ share, row, due }) => ({
    due,
    told: part('principal', row.number, unpaidPrincipal(row), share.principal),
  }))
  const inOrder = [
    ...interest.filter(({ due }) => due),
    ...principal.filter(({ due }) => due),
    ...interest.filter(({ due }) => !due),
    ...principal.filter(({ due }) => !due),
  ].map(({ told }) => told)
  const charge = lateChargeDue(accrueLateCharge(position.lateCharge, position.rows, on))
  return [
    ...(charge > 0n ? [part('lateCharge', null, charge, split.lateCharge)] : []),
    ...inOrder.filter(({ due, paid }) => due > 0 || paid > 0),
    ...(split.prepaid > 0n ? [part('prepay', null, split.prepaid, split.prepaid)] : []),
    ...(split.toWallet > 0n ? [part('wallet', null, split.toWallet, split.toWallet)] : []),
  ]
}

const refOf = ({ account }: Leg): AccountRef => {
  if (typeof account === 'string') throw new Error(`a leg of lending names ${account} without its terms`)
  return account
}

const shownLegs = (legs: readonly Leg[], balances: Awaited<ReturnType<typeof readBalances>>) =>
  legs.map((leg) => {
    const { id, side } = refOf(leg)
    const before = balances.get(id)?.posted ?? 0n
    const after = before + (side === 'debit' ? leg.amount : -leg.amount)
    return { account: id, amount: Number(leg.amount), before: Number(before), after: Number(after) }
  })

const standing = ({ loan }: LiveLoan, position: LoanPosition, on: IsoDate): z.infer<typeof Standing> => ({
  toPay: Number(toPayOn(position, on)),
  ...arrearsOf(loan, position.rows, on),
  principal: Number(outstandingPrincipal(position.rows)),
  state: isPaidOff(position) ? 'closed' : 'active',
})

// What a repayment would do today, to the paisa; saves nothing.
export const repaymentQuote = view(
  'lending.repayment_quote',
  {
    summary: 'What a repayment would do',
    input: z.strictObject({
      loan: LoanId,
      amount: inQuery(z.int().min(1).max(MAX_AMOUNT)),
      from: z.enum(['wallet', 'cash']).default('cash'),
      excess: z.enum(['wallet', 'prepay']).default('wallet'),
    }),
    answer: z.strictObject({
      on: z.string(),
      currency: z.string(),
      allocation: z.array(Part),
      legs: z.array(z.strictObject({ account: z.string(), amount: z.int(), before: z.int(), after: z.int() })),
      before: Standing,
      after: Standing,
    }),
    may: ['admin', 'credit_officer', 'cashier', 'auditor', own('borrower', ownerOfLoan)],
    faults: ['lending.loan_unknown', 'lending.loan_not_active'],
  },
  async ({ read, clock, principal }, { loan: id, amount, from, excess }) => {
    const on = clock.today()
    const live = await readLive(read, id)
    refuseUnless(live.loan, 'repay')
    const split = appropriate(live.position, { amount: BigInt(amount), on, excess })
    // A borrower sees their own accounts alone: the other legs tell what the company holds.
    const staff = isStaff(principal)
    const legs = legsOf(live, split, sourceOf(from, live.loan.person)).filter((leg) => staff || refOf(leg).owner === live.loan.person)
    const balances = await readBalances(
      read,
      legs.map((leg) => refOf(leg).id),
    )
    const before = standing(live, live.position, on)
    // Non-performing stays so until nothing is in arrears, though no payment has said yet that it is.
    const npa = before.bucket === 'NPA'
    return {
      on,
      currency: live.loan.currency,
      allocation: allocation(live, split, on),
      legs: shownLegs(legs, balances),
      before,
      after: standing({ ...live, loan: { ...live.loan, npa } }, split.position, on),
    }
  },
)
