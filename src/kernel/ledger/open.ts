import { MAX_AMOUNT } from '#kernel/money'
import { operation } from '#kernel/operations'
import { rows, sql, keys } from '#kernel/db'
import { each, keyed } from '#kernel/tx'
import { Fault } from '#kernel/faults'
import { z } from 'zod'
import { noHead, type Side } from './account.ts'
import { Name } from './transfer.ts'

const existing = keyed<{ id: string }>(sql`select id from ledger.account where id = any(${keys('text')})`, 'id')
interface NewAccount {
  readonly id: string
  readonly code: string
  readonly unit: string
  readonly side: Side
  readonly min: bigint | null
  readonly head: string
}
const insert = each<NewAccount>(sql`
  insert into ledger.account (id, code, unit, side, min, head)
  select id, code, unit, side, min, head from ${rows({ id: 'text', code: 'text', unit: 'text', side: 'text', min: 'bigint', head: 'text' })} x`)

/**
 * Opens an account by hand. Systems need not: an account given in full in a leg is opened by its first posting. Unless said, it stands in
 * the books under its own id, on the debit side (a positive leg adds to it), and without a guard.
 */
export const openAccount = operation(
  'ledger.open_account',
  {
    summary: 'Open an account',
    input: z.strictObject({
      id: Name,
      code: Name.optional(),
      unit: Name,
      side: z.enum(['debit', 'credit']).default('debit'),
      min: z.int().min(-MAX_AMOUNT).max(MAX_AMOUNT).nullable().default(null),
    }),
    answer: z.strictObject({ id: z.string(), code: z.string(), unit: z.string(), side: z.string(), min: z.int().nullable() }),
    status: 201,
    may: ['admin'],
    locks: ({ id }) => [`account:${id}`],
    faults: ['ledger.account_known'],
  },
  async ({ tx }, input) => {
    if (await existing(tx, input.id)) throw new Fault('ledger.account_known', { account: input.id })
    const opened = { ...input, code: input.code ?? input.id }
    insert(tx, { ...opened, min: opened.min === null ? null : BigInt(opened.min), head: noHead })
    return opened
  },
)
