import { keys, sql } from '#kernel/db'
import type { ViewContext } from '#kernel/operations'
import { copied, keyed, listed, type Tx } from '#kernel/tx'
import { z } from 'zod'
import type { Owed, Payment } from './appropriate.ts'

export type MovementKind = 'disbursal' | 'repayment' | 'reversal' | 'foreclosure' | 'interest_due'

// One line of a loan's statement: what moved, how it was split, and the principal left after it. Minor units.
export interface Movement {
  readonly id: string
  readonly loan: string
  readonly kind: MovementKind
  readonly at: string
  readonly booked_on: string
  readonly amount: bigint
  readonly late_charge: bigint
  readonly interest: bigint
  readonly principal: bigint
  readonly wallet: bigint
  readonly balance: bigint
  readonly transfer: string
  readonly payment: string | null
  readonly source: string | null
  readonly excess: Payment['excess'] | null
  readonly reason: string | null
}

const insert = copied<Movement>(['lending', 'movement'], {
  id: 'text',
  loan: 'text',
  kind: 'text',
  at: 'timestamptz',
  booked_on: 'date',
  amount: 'bigint',
  late_charge: 'bigint',
  interest: 'bigint',
  principal: 'bigint',
  wallet: 'bigint',
  balance: 'bigint',
  transfer: 'text',
  payment: 'text',
  source: 'text',
  excess: 'text',
  reason: 'text',
})

type Said = Pick<Movement, 'id' | 'loan' | 'kind' | 'amount' | 'balance' | 'transfer'>
const silent = { late_charge: 0n, interest: 0n, principal: 0n, wallet: 0n, payment: null, source: null, excess: null, reason: null }

// Writes a line of the statement, booked today unless said.
export const recordMovement = (tx: Tx, movement: Said & Partial<Movement>): void =>
  insert(tx, { ...silent, at: tx.moment.at, booked_on: tx.moment.today, ...movement })

// A payment, where it was booked before, once for ever, and whose loan it was booked on.
export const paymentBooked = keyed<{ payment: string; id: string; transfer: string; person: string }>(
  sql`select m.payment, m.id, m.transfer, l.person from lending.movement m join lending.loan l on l.id = m.loan
    where m.payment = any(${keys('text')})`,
  'payment',
)

// A repayment as a replay goes through it.
export type Repaid = Pick<Movement, 'id' | 'loan' | 'amount' | 'booked_on' | 'excess'>
// A repayment as it was booked, with what took it back.
export type Repayment = Repaid & Pick<Movement, 'source' | 'transfer'> & { readonly reversed_by: string | null }
export const stands = ({ reversed_by }: Repayment): boolean => reversed_by === null
// The repayments of a loan, reversed ones too, in the order in which they were booked.
export const repaymentsOf = listed<Repayment>(
  sql`select id, loan, amount, booked_on, excess, source, transfer, reversed_by from lending.movement
    where kind = 'repayment' and loan = any(${keys('text')}) order by loan, at, id`,
  'loan',
)
export const readStanding = (read: ViewContext['read'], loan: string): Promise<readonly Repaid[]> =>
  read<Repaid>(sql`
    select id, loan, amount, booked_on, excess from lending.movement where kind = 'repayment' and reversed_by is null and loan = ${loan} order by at, id`)
export const paymentOf = ({ amount, booked_on, excess }: Repaid): Payment => ({ amount, on: booked_on, excess: excess ?? 'wallet' })

// What is owed, as answers tell it.
export const Owing = z.strictObject({ principal: z.int(), interest: z.int(), lateCharge: z.int(), total: z.int() })
export const toldOwed = ({ principal, interest, lateCharge, total }: Owed): z.infer<typeof Owing> => ({
  principal: Number(principal),
  interest: Number(interest),
  lateCharge: Number(lateCharge),
  total: Number(total),
})
