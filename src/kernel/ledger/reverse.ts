import { keys, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { operation } from '#kernel/operations'
import { keyed, type Tx } from '#kernel/tx'
import { z } from 'zod'
import { byHand } from './books.ts'
import { type Leg, post, type Posted } from './post.ts'

const findTransfer = keyed<{ id: string; body: string }>(sql`select id, body from ledger.transfer where id = any(${keys('text')})`, 'id')
const findReversal = keyed<{ id: string; reverses: string }>(
  sql`select id, reverses from ledger.transfer where reverses = any(${keys('text')})`,
  'reverses',
)

/** Undoes a transfer by its mirror: the same legs with the signs turned, under a key of its own, once. */
export async function reverse(tx: Tx, transfer: string, reason: string): Promise<Posted> {
  const found = await findTransfer(tx, transfer)
  if (!found) throw new Fault('ledger.transfer_unknown', { transfer })
  const before = await findReversal(tx, transfer)
  if (before) throw new Fault('ledger.already_reversed', { transfer, reversal: before.id })
  const { legs } = JSON.parse(found.body) as { legs: { account: string; amount: string }[] }
  const mirrored: Leg[] = legs.map(({ account, amount }) => ({ account, amount: -BigInt(amount) }))
  return post(tx, { key: `reversal:${transfer}`, legs: mirrored, reason, reverses: transfer })
}

/** Undoes a transfer that was booked by hand. Systems undo theirs with operations of their own, which know what else to undo. */
export const reverseTransfer = operation(
  'ledger.reverse',
  {
    summary: 'Reverse a transfer by its mirror',
    input: z.strictObject({ transfer: z.string().max(60), reason: z.string().trim().min(3).max(500) }),
    answer: z.strictObject({ id: z.string(), state: z.literal('reversed'), reverses: z.string() }),
    moves: 'value',
    status: 201,
    may: ['admin'],
    locks: ({ transfer }) => [transfer],
    faults: ['ledger.transfer_unknown', 'ledger.not_by_hand', 'ledger.already_reversed', 'ledger.insufficient'],
  },
  async ({ tx }, { transfer, reason }) => {
    const found = await findTransfer(tx, transfer)
    const by = found ? (JSON.parse(found.body) as { operation: string }).operation : undefined
    if (by !== undefined && by !== byHand) throw new Fault('ledger.not_by_hand', { transfer, operation: by })
    const { receipt } = await reverse(tx, transfer, reason)
    return { id: receipt, state: 'reversed' as const, reverses: transfer }
  },
)
