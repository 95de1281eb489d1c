import { keys, sql } from '#kernel/db'
import { ownerOf, type ViewContext } from '#kernel/operations'

/** Whose an account is: for `own(role, ownerOfAccount)`. The company's own accounts are nobody's. */
export const ownerOfAccount = ownerOf<{ readonly account: string }>(
  'ledger.account_unknown',
  sql`select id, owner from ledger.account where id = any(${keys('text')})`,
  (input) => input.account,
)

/** Whose a transfer is: everybody's whose account it touched. For its receipt, and refused as that is. */
export const ownerOfTransfer = ownerOf<{ readonly transfer: string }>(
  'seal.row_unknown',
  sql`
    select distinct t.id, a.owner from ledger.transfer t
    cross join lateral jsonb_to_recordset(t.body::jsonb -> 'legs') leg(account text) join ledger.account a on a.id = leg.account
    where t.id = any(${keys('text')}) and a.owner is not null`,
  (input) => input.transfer,
)

interface Record {
  readonly person: string
  readonly legs: readonly { readonly account: string }[]
}

/**
 * A transfer's record as one of its owners may read it: their own legs alone, for the others tell what other people or the company
 * itself hold; and not who booked it.
 */
export async function ownPart(read: ViewContext['read'], body: string, owner: string): Promise<string> {
  const { person: _, legs, ...rest } = JSON.parse(body) as Record
  const named = legs.map(({ account }) => account)
  const found = await read<{ id: string }>(sql`select id from ledger.account where id = any(${named}::text[]) and owner = ${owner}`)
  const own = new Set(found.map(({ id }) => id))
  return JSON.stringify({ ...rest, legs: legs.filter(({ account }) => own.has(account)) })
}
