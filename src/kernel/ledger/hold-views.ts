import { type Sql, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { paged, pageFields, pageOf, readCursor } from '#kernel/http'
import { view } from '#kernel/operations'
import { z } from 'zod'
import { HoldAnswer, holdAnswer, type HoldRow } from './hold.ts'

/** A hold with the transfer that captured it last. */
interface Captured extends HoldRow {
  readonly transfer: string | null
}
const held: Sql = sql`
  select h.id, h.account, h.target, h.unit, h.amount, h.captured, h.state, h.expires_at, t.id as transfer from ledger.hold h
  left join ledger.transfer t on t.key = 'capture:' || h.id || ':' || h.captured and t.operation = 'ledger.capture'`
const staff = ['admin', 'credit_officer', 'cashier', 'auditor'] as const

export const holds = view(
  'ledger.holds',
  {
    summary: 'Holds, newest first',
    input: z.strictObject({ ...pageFields, account: z.string().max(120).optional() }),
    answer: pageOf(HoldAnswer),
    may: [...staff],
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after, account }) => {
    const before = readCursor(after, 1)?.[0]
    const found = await read<Captured>(sql`
      ${held} where ${before === undefined ? sql`true` : sql`h.id < ${before}`}
        and ${account === undefined ? sql`true` : sql`h.account = ${account}`} order by h.id desc limit ${limit + 1}`)
    return paged(
      found,
      limit,
      (row) => holdAnswer(row, row.transfer),
      (row) => [row.id],
    )
  },
)

export const oneHold = view(
  'ledger.one_hold',
  {
    summary: 'One hold',
    input: z.strictObject({ hold: z.string().max(60) }),
    answer: HoldAnswer,
    may: [...staff],
    faults: ['ledger.hold_unknown'],
  },
  async ({ read }, { hold: id }) => {
    const [found] = await read<Captured>(sql`${held} where h.id = ${id}`)
    if (!found) throw new Fault('ledger.hold_unknown', { hold: id })
    return holdAnswer(found, found.transfer)
  },
)
