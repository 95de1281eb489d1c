/** On which side an account's balance normally lies; balances are told as positive on that side. */
export type Side = 'debit' | 'credit'

/**
 * An account as a leg may name it. Given in full, it is opened by its first posting; given as an id alone, it must exist.
 * `min` is the least that may be available (posted on its side, less held); null: no limit. Units: any (`INR`, `SKU:RED-42`).
 */
export interface AccountRef {
  readonly id: string
  /** Groups accounts in the trial balance: all loans' principal accounts share one. */
  readonly code: string
  readonly unit: string
  readonly side: Side
  readonly min: bigint | null
  /** The person or object it belongs to. */
  readonly owner?: string
}

/** An account's figures, positive on its own side, in units of the account. available = posted − held. */
export interface Balance {
  readonly posted: bigint
  readonly held: bigint
  readonly available: bigint
}

/** A locked account inside a group: postings of the group's operations add up here before anything is written. */
export interface Locked {
  readonly id: string
  readonly code: string
  readonly unit: string
  readonly side: Side
  readonly min: bigint | null
  readonly owner: string | null
  /** Debit positive, as legs are. */
  posted: bigint
  held: bigint
  /** How many entries it has, and the hash of the last. */
  n: bigint
  head: string
  fresh: boolean
  changed: boolean
}

export const noHead = '0'.repeat(64)

export function opened(ref: AccountRef): Locked {
  const { id, code, unit, side, min, owner } = ref
  return { id, code, unit, side, min, owner: owner ?? null, posted: 0n, held: 0n, n: 0n, head: noHead, fresh: true, changed: true }
}

export function balanceOf({ side, posted, held }: Pick<Locked, 'side' | 'posted' | 'held'>): Balance {
  const own = side === 'debit' ? posted : -posted
  return { posted: own, held, available: own - held }
}

/** Whether an account is what a leg says of it. One that was opened by hand under a system's name could be without its guard, or nobody's. */
export function isAs({ unit, side, min, owner }: Locked, ref: AccountRef): boolean {
  return unit === ref.unit && side === ref.side && min === ref.min && owner === (ref.owner ?? null)
}
