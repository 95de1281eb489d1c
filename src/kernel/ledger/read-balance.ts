import { sql } from '#kernel/db'
import type { ViewContext } from '#kernel/operations'
import { type Balance, balanceOf, type Side } from './account.ts'

/** What accounts hold, as a view sees them; one that was never posted to is missing. */
export async function readBalances(read: ViewContext['read'], ids: readonly string[]): Promise<ReadonlyMap<string, Balance>> {
  const found = await read<{ id: string; side: Side; posted: bigint; held: bigint }>(
    sql`select id, side, posted, held from ledger.account where id = any(${ids}::text[])`,
  )
  return new Map(found.map((row) => [row.id, balanceOf(row)]))
}
