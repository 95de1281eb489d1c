import { keys, rows, sql } from '#kernel/db'
import { each, keyed, type Tx } from '#kernel/tx'
import { z } from 'zod'
import type { Owed } from './appropriate.ts'
import type { StoredRow } from './instalment.ts'
import type { Loan } from './loan.ts'

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
  readonly undo: string | null
  readonly reason: string | null
}

const insert = each<Movement>(sql`
  insert into lending.movement (id, loan, kind, at, booked_on, amount, late_charge, interest, principal, wallet, balance, transfer, payment,
    source, undo, reason)
  select id, loan, kind, at, booked_on, amount, late_charge, interest, principal, wallet, balance, transfer, payment, source, undo, reason
  from ${rows({
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
    undo: 'text',
    reason: 'text',
  })} x`)

type Said = Pick<Movement, 'id' | 'loan' | 'kind' | 'amount' | 'balance' | 'transfer'>
const silent = { late_charge: 0n, interest: 0n, principal: 0n, wallet: 0n, payment: null, source: null, undo: null, reason: null }

// Writes a line of the statement, booked today unless said.
export const recordMovement = (tx: Tx, movement: Said & Partial<Movement>): void =>
  insert(tx, { ...silent, at: tx.moment.at, booked_on: tx.moment.today, ...movement })

// A payment, where it was booked before: once for ever.
export const paymentBooked = keyed<{ payment: string; id: string; transfer: string }>(
  sql`select payment, id, transfer from lending.movement where payment = any(${keys('text')})`,
  'payment',
)

// What is owed, as answers tell it.
export const Owing = z.strictObject({ principal: z.int(), interest: z.int(), lateCharge: z.int(), total: z.int() })
export const toldOwed = ({ principal, interest, lateCharge, total }: Owed): z.infer<typeof Owing> => ({
  principal: Number(principal),
  interest: Number(interest),
  lateCharge: Number(lateCharge),
  total: Number(total),
})

// What a repayment's reversal puts back: the rows that it changed and the late charge, as they were. Kept with the repayment as text.
export type Undo = {
  readonly late: Pick<Loan, 'late_amount_days' | 'late_until' | 'late_paid' | 'npa' | 'unpaid_since'>
  readonly rows: readonly StoredRow[]
}

export const undoOf = ({ late_amount_days, late_until, late_paid, npa, unpaid_since }: Loan, touched: readonly StoredRow[]): string =>
  JSON.stringify({ late: { late_amount_days, late_until, late_paid, npa, unpaid_since }, rows: touched }, (_, value: unknown) =>
    typeof value === 'bigint' ? { $: `${value}` } : value,
  )

export const readUndo = (text: string): Undo =>
  JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && '$' in value ? BigInt(value.$ as string) : value,
  ) as Undo
