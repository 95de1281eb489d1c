import { businessDate, formatInstant, HOME_ZONE, parseInstant } from '#kernel/clock'
import { joined, type Sql, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { paged, pageFields, pageOf, readCursor } from '#kernel/http'
import { DateText } from '#kernel/money'
import { own, view } from '#kernel/operations'
import { z } from 'zod'
import { balanceOf, noHead, type Side } from './account.ts'
import { ownerOfAccount } from './own.ts'
import { told } from './transfer.ts'

const staff = ['admin', 'credit_officer', 'cashier', 'auditor'] as const

const Account = z.strictObject({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  unit: z.string(),
  type: z.enum(['debit', 'credit']),
  owner: z.string().nullable(),
  min: z.int().nullable(),
  posted: z.int(),
  held: z.int(),
  available: z.int(),
  entries: z.int(),
  head: z.string(),
})

interface AccountRow {
  readonly id: string
  readonly code: string
  readonly unit: string
  readonly side: Side
  readonly owner: string | null
  readonly min: bigint | null
  readonly posted: bigint
  readonly held: bigint
  readonly n: bigint
  readonly head: string
}

function accountAnswer(row: AccountRow): z.infer<typeof Account> {
  const { id, code, unit, side, owner, min, n, head } = row
  return {
    id,
    code,
    name: id,
    unit,
    type: side,
    owner,
    min: min === null ? null : Number(min),
    ...told(balanceOf(row)),
    entries: Number(n),
    head,
  }
}

const columns = sql`id, code, unit, side, owner, min, posted, held, n, head`

/** Accounts in the order of their ids; `q` looks into id and code. */
export const accounts = view(
  'ledger.accounts',
  {
    summary: 'Accounts with their balances',
    input: z.strictObject({
      ...pageFields,
      q: z.string().trim().min(1).max(80).optional(),
      code: z.string().max(80).optional(),
      type: z.enum(['debit', 'credit']).optional(),
      owner: z.string().max(80).optional(),
    }),
    answer: pageOf(Account),
    may: [...staff],
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after, q, code, type, owner }) => {
    const conditions: Sql[] = [sql`true`]
    const cursor = readCursor(after, 1)
    if (cursor) conditions.push(sql`id > ${cursor[0] ?? ''}`)
    if (q !== undefined) conditions.push(sql`position(lower(${q}) in lower(id || ' ' || code)) > 0`)
    if (code !== undefined) conditions.push(sql`code = ${code}`)
    if (type !== undefined) conditions.push(sql`side = ${type}`)
    if (owner !== undefined) conditions.push(sql`owner = ${owner}`)
    const found = await read<AccountRow>(
      sql`select ${columns} from ledger.account where ${joined(conditions, ' and ')} order by id limit ${limit + 1}`,
    )
    return paged(found, limit, accountAnswer, (row) => [row.id])
  },
)

const Instant = z.iso.datetime({ offset: true }).refine((text) => parseInstant(text) !== null, 'an instant of the years 1 to 9999')
const DayOrInstant = z
  .string()
  .refine((text) => DateText.safeParse(text).success || parseInstant(text) !== null, 'a day such as 2026-03-12, or an instant')

/**
 * One account, now or as of a booked day, or an instant within it, and if asked only by what was known at an instant. An entry is of an
 * instant's day if it was written by then; one booked on an earlier day counts whenever it was written. An expired hold is over from the
 * instant it expired at, and known to be from when that was written.
 */
export const account = view(
  'ledger.account',
  {
    summary: 'One account, now or as of a day or an instant',
    input: z.strictObject({ account: z.string().max(120), on: DayOrInstant.optional(), knownAt: Instant.optional() }),
    answer: Account,
    may: [...staff, own('borrower', ownerOfAccount)],
    faults: ['ledger.account_unknown'],
  },
  async ({ read }, { account: id, on, knownAt }) => {
    const [found] = await read<AccountRow>(sql`select ${columns} from ledger.account where id = ${id}`)
    if (!found) throw new Fault('ledger.account_unknown', { account: id })
    if (on === undefined && knownAt === undefined) return accountAnswer(found)
    const instant = on !== undefined && on.length > 'YYYY-MM-DD'.length ? Date.parse(on) : undefined
    const day = instant === undefined ? (on ?? 'infinity') : businessDate(instant, HOME_ZONE)
    const within = instant === undefined ? 'infinity' : formatInstant(instant)
    const known = knownAt ?? 'infinity'
    const [sum] = await read<{ posted: bigint; n: bigint; held: bigint; head: string | null }>(sql`
      select coalesce(sum(amount), 0)::bigint as posted, count(*) as n, (array_agg(hash order by n desc))[1] as head,
        (select coalesce(sum(amount), 0)::bigint from ledger.held_change where account = ${id}
          and (since at time zone ${HOME_ZONE})::date <= ${day}::date and since <= ${within}::timestamptz and at <= ${known}::timestamptz) as held
      from ledger.entry where account = ${id} and booked_on <= ${day}::date
        and (booked_on < ${day}::date or at <= ${within}::timestamptz) and at <= ${known}::timestamptz`)
    return accountAnswer({ ...found, posted: sum?.posted ?? 0n, n: sum?.n ?? 0n, held: sum?.held ?? 0n, head: sum?.head ?? noHead })
  },
)

const Transfer = z.strictObject({
  id: z.string(),
  key: z.string(),
  at: z.string(),
  bookedOn: z.string(),
  operation: z.string(),
  person: z.string(),
  reason: z.string().nullable(),
  reverses: z.string().nullable(),
  legs: z.array(
    z.strictObject({ account: z.string(), unit: z.string(), amount: z.int(), balanceAfter: z.int(), n: z.int(), hash: z.string() }),
  ),
})

interface Body {
  readonly id: string
  readonly key: string
  readonly at: string
  readonly bookedOn: string
  readonly operation: string
  readonly person: string
  readonly reason?: string
  readonly reverses?: string
  readonly legs: readonly {
    readonly account: string
    readonly unit: string
    readonly n: string
    readonly amount: string
    readonly posted: string
    readonly hash: string
  }[]
}

function transferAnswer({ body }: { readonly body: string }): z.infer<typeof Transfer> {
  const { legs, reason = null, reverses = null, ...rest } = JSON.parse(body) as Body
  return {
    ...rest,
    reason,
    reverses,
    legs: legs.map(({ account: of, unit, n, amount, posted, hash }) => ({
      account: of,
      unit,
      amount: Number(amount),
      balanceAfter: Number(posted),
      n: Number(n),
      hash,
    })),
  }
}

/** Transfers, newest first: of one account, or of all accounts of an owner's object such as a loan (`of` is the beginning of their ids). */
export const transfers = view(
  'ledger.transfers',
  {
    summary: 'Transfers, newest first',
    input: z.strictObject({ ...pageFields, account: z.string().max(120).optional(), loan: z.string().max(80).optional() }),
    answer: pageOf(Transfer),
    may: [...staff],
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after, account: of, loan }) => {
    const conditions: Sql[] = [sql`true`]
    const cursor = readCursor(after, 1)
    if (cursor) conditions.push(sql`id < ${cursor[0] ?? ''}`)
    if (of !== undefined) conditions.push(sql`id in (select transfer from ledger.entry where account = ${of})`)
    if (loan !== undefined) {
      const owned = sql`select id from ledger.account where owner = ${loan} or id like ${`loan:${loan.replaceAll(/[%_\\]/g, String.raw`\$&`)}:%`}`
      conditions.push(sql`id in (select transfer from ledger.entry where account in (${owned}))`)
    }
    const found = await read<{ id: string; body: string }>(
      sql`select id, body from ledger.transfer where ${joined(conditions, ' and ')} order by id desc limit ${limit + 1}`,
    )
    return paged(found, limit, transferAnswer, (row) => [row.id])
  },
)

const OneTransfer = Transfer.extend({
  /** For each leg, in order, the hash of the entry before it in its account: what its own hash was made from. */
  previous: z.array(z.string()),
})

const linksBefore = (legs: readonly { readonly account: string; readonly n: string | number }[]): Sql => sql`
  select p.account, x.n, p.hash
  from unnest(${legs.map((leg) => leg.account)}::text[], ${legs.map((leg) => leg.n)}::bigint[]) x(account, n)
  join ledger.entry p on p.account = x.account and p.n = x.n - 1`

/** One transfer with its legs, and the links of the chains that they stand on. */
export const oneTransfer = view(
  'ledger.one_transfer',
  {
    summary: 'One transfer with its legs',
    input: z.strictObject({ transfer: z.string().max(60) }),
    answer: OneTransfer,
    may: [...staff],
    faults: ['ledger.transfer_unknown'],
  },
  async ({ read }, { transfer: id }) => {
    const [found] = await read<{ body: string }>(sql`select body from ledger.transfer where id = ${id}`)
    if (!found) throw new Fault('ledger.transfer_unknown', { transfer: id })
    const answer = transferAnswer(found)
    const links = await read<{ account: string; n: bigint; hash: string }>(linksBefore(answer.legs))
    const before = new Map(links.map(({ account: of, n, hash }) => [`${of} ${n}`, hash]))
    return { ...answer, previous: answer.legs.map(({ account: of, n }) => before.get(`${of} ${n}`) ?? noHead) }
  },
)
