import { MAX_AMOUNT } from '#kernel/money'
import { operation } from '#kernel/operations'
import { z } from 'zod'
import { byHand } from './books.ts'
import { post } from './post.ts'

/** Text that names an account, a unit or a business key: printable, without control characters or surrounding blanks. */
export const Name = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}:._/ -]{0,119}$/u)

const SignedAmount = z
  .int()
  .min(-MAX_AMOUNT)
  .max(MAX_AMOUNT)
  .refine((amount) => amount !== 0, 'not zero')

const BalanceAnswer = z.strictObject({ account: z.string(), posted: z.int(), held: z.int(), available: z.int() })

/** A movement between accounts of any unit: legs signed, debit positive, one an account, adding up to zero in each unit. */
export const transfer = operation(
  byHand,
  {
    summary: 'Book a balanced transfer between accounts',
    input: z.strictObject({
      key: Name,
      legs: z
        .array(z.strictObject({ account: Name, amount: SignedAmount, unit: Name }))
        .min(2)
        .max(100),
      reason: z.string().max(500).optional(),
    }),
    answer: z.strictObject({ id: z.string(), key: z.string(), balances: z.array(BalanceAnswer) }),
    moves: 'value',
    status: 201,
    may: ['admin'],
    faults: [
      'ledger.account_unknown',
      'ledger.transfer_known',
      'ledger.unit_mismatch',
      'ledger.account_twice',
      'ledger.unbalanced',
      'ledger.amount_too_large',
      'ledger.insufficient',
    ],
  },
  async ({ tx }, { key, legs, reason }) => {
    const { receipt, balances } = await post(tx, {
      key,
      legs: legs.map(({ account, amount, unit }) => ({ account, amount: BigInt(amount), unit })),
      ...(reason === undefined ? {} : { reason }),
    })
    return { id: receipt, key, balances: [...balances].map(([account, balance]) => ({ account, ...told(balance) })) }
  },
)

/** A balance as an answer tells it. */
export function told({ posted, held, available }: { posted: bigint; held: bigint; available: bigint }): {
  posted: number
  held: number
  available: number
} {
  return { posted: Number(posted), held: Number(held), available: Number(available) }
}
