import type { Statement } from '#kernel/db'

/**
 * A table whose rows are sealed. It has the columns `id text`, `tx xid8` (the writing transaction, by default), `body text` (JSON on one
 * line), `salt bytea` and `digest bytea` as `salted(body)` gives them, and an index that begins with tx.
 */
export interface SealedStream {
  readonly name: string
  readonly table: readonly [schema: string, table: string]
  /** Columns that repeat what the body says, with the body's field: an export compares them, so that neither can be changed alone. */
  readonly columns: Readonly<Record<string, string>>
  /** For the stream of transfers, whose entries form a chain in each account. */
  readonly books?: Books
}

/** What the books say beside the bodies of transfers; an export compares it with them. */
export interface Books {
  /** account, n, posted, head of accounts with an id after `after`, in order of id. */
  accounts(after: string, limit: number): Statement
  /** transfer, account, n, amount, posted, hash of the entries at these places of their accounts' chains. */
  entries(places: readonly Place[]): Statement
  /** The same columns for entries whose transfer isn't there, or whose account's chain does not reach so far. */
  orphans(limit: number): Statement
}

/** The nth entry of an account. */
export interface Place {
  readonly account: string
  readonly n: bigint
}
