import { type Sql, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { paged, pageFields, pageOf, readCursor } from '#kernel/http'
import { view } from '#kernel/operations'
import { z } from 'zod'
import { HoldAnswer, holdAnswer, type HoldRow } from './hold.ts'

const columns: Sql = sql`id, account, target, unit, amount, captured, state, expires_at`
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
    const found = await read<HoldRow>(sql`
      select ${columns} from ledger.hold where ${before === undefined ? sql`true` : sql`id < ${before}`}
        and ${account === undefined ? sql`true` : sql`account = ${account}`} order by id desc limit ${limit + 1}`)
    return paged(
      found,
      limit,
      (row) => holdAnswer(row, null),
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
    const [found] = await read<HoldRow>(sql`select ${columns} from ledger.hold where id = ${id}`)
    if (!found) throw new Fault('ledger.hold_unknown', { hold: id })
    return holdAnswer(found, null)
  },
)
