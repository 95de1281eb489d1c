import { hash } from 'node:crypto'

/** What an entry commits to: where it stands in its account's chain, what moved, and what was left. Amounts in units, debit positive. */
export interface ChainedEntry {
  readonly account: string
  readonly n: bigint
  readonly transfer: string
  readonly amount: bigint
  readonly posted: bigint
}

/**
 * Hash of an entry, hex: SHA-256 over the UTF-8 text of the JSON array [previous hash, account, n, transfer, amount, posted], without
 * white space, numbers as decimal strings. The first entry's previous hash is 64 zeros. Whoever changes, removes or inserts an entry
 * breaks every later hash of its account.
 */
export function entryHash(previous: string, { account, n, transfer, amount, posted }: ChainedEntry): string {
  return hash('sha256', JSON.stringify([previous, account, String(n), transfer, String(amount), String(posted)]))
}
