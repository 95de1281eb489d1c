import { bindRows, keys, rows, sql, type Statement } from '#kernel/db'
import { copied, type GroupTx, keyed } from '#kernel/tx'
import type { Locked, Side } from './account.ts'

/** An account as it is locked. */
export interface AccountRow {
  readonly id: string
  readonly code: string
  readonly unit: string
  readonly side: Side
  readonly min: bigint | null
  readonly owner: string | null
  readonly posted: bigint
  readonly held: bigint
  readonly n: bigint
  readonly head: string
}

// One statement locks all accounts of a group, in id order: no two groups can wait for each other.
export const lockAccounts = sql`
  select id, code, unit, side, min, owner, posted, held, n, head from ledger.account where id = any(${keys('text')}) order by id for update`
/** The operation whose caller chooses the key: keys by hand and those that systems make never meet, whatever they say. */
export const byHand = 'ledger.transfer'

export interface KnownKey {
  readonly key: string
  readonly id: string
  readonly by_hand: boolean
}
export const knownKeys = sql`select key, id, operation = ${byHand} as by_hand from ledger.transfer where key = any(${keys('text')})`

/** The transfer that a system booked under a business key, if one did: for refusals that come before a posting. `post` looks for itself. */
export const transferUnder = keyed<{ key: string; id: string }>(
  sql`select key, id from ledger.transfer where key = any(${keys('text')}) and operation <> ${byHand}`,
  'key',
)

interface TransferRow {
  readonly id: string
  readonly key: string
  readonly at: string
  readonly booked_on: string
  readonly operation: string
  readonly reverses: string | null
  readonly body: string
  readonly salt: Uint8Array
  readonly digest: Uint8Array
}
export const insertTransfer = copied<TransferRow>(['ledger', 'transfer'], {
  id: 'text',
  key: 'text',
  at: 'timestamptz',
  booked_on: 'date',
  operation: 'text',
  reverses: 'text',
  body: 'text',
  salt: 'bytea',
  digest: 'bytea',
})

interface EntryRow {
  readonly account: string
  readonly n: bigint
  readonly transfer: string
  readonly amount: bigint
  readonly posted: bigint
  readonly at: string
  readonly booked_on: string
  readonly hash: string
}
export const insertEntry = copied<EntryRow>(['ledger', 'entry'], {
  account: 'text',
  n: 'bigint',
  transfer: 'text',
  amount: 'bigint',
  posted: 'bigint',
  at: 'timestamptz',
  booked_on: 'date',
  hash: 'text',
})

interface HeldRow {
  readonly account: string
  readonly hold: string
  readonly amount: bigint
  readonly since: string
  readonly at: string
}
export const insertHeldChange = copied<HeldRow>(['ledger', 'held_change'], {
  account: 'text',
  hold: 'text',
  amount: 'bigint',
  since: 'timestamptz',
  at: 'timestamptz',
})

const insertAccounts = sql`
  insert into ledger.account (id, code, unit, side, min, owner, posted, held, n, head)
  select id, code, unit, side, min, owner, posted, held, n, head from ${rows({
    id: 'text',
    code: 'text',
    unit: 'text',
    side: 'text',
    min: 'bigint',
    owner: 'text',
    posted: 'bigint',
    held: 'bigint',
    n: 'bigint',
    head: 'text',
  })} x`
const updateAccounts = sql`
  update ledger.account a set posted = x.posted, held = x.held, n = x.n, head = x.head
  from ${rows({ id: 'text', posted: 'bigint', held: 'bigint', n: 'bigint', head: 'text' })} x where a.id = x.id`

/** The group's books: every account it locked, as its postings so far left them, and the business keys it has seen, by `keyName`. */
export interface Books {
  readonly accounts: Map<string, Locked>
  readonly keys: Map<string, string>
}

/** A key with its space. */
export function keyName(key: string, isByHand: boolean): string {
  return `${isByHand ? 'h' : 's'}${key}`
}
const booksOf = Symbol('ledger.books')

/** The books of a group, made at its first posting; what was changed in them goes out with each flush. */
export function booksOfGroup(group: GroupTx): Books {
  return group.state<Books>(booksOf, () => {
    const books: Books = { accounts: new Map(), keys: new Map() }
    group.atFlush(booksOf, () => changes(books))
    return books
  })
}

/** What the group's postings did to accounts, one row each however many postings touched it. */
function changes({ accounts }: Books): Statement[] {
  const changed = [...accounts.values()].filter((account) => account.changed)
  const fresh = changed.filter((account) => account.fresh)
  const known = changed.filter((account) => !account.fresh)
  const statements = []
  if (fresh.length > 0) statements.push(bindRows(insertAccounts, fresh.map(columns)))
  if (known.length > 0) statements.push(bindRows(updateAccounts, known.map(columns)))
  for (const account of changed) account.fresh = account.changed = false
  return statements
}

function columns({ id, code, unit, side, min, owner, posted, held, n, head }: Locked): Record<string, unknown> {
  return { id, code, unit, side, min, owner, posted, held, n, head }
}

export interface Found {
  readonly accounts: readonly AccountRow[]
  readonly keys: readonly KnownKey[]
}
