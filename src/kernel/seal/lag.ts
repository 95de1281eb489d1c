const SEEN_MAX = 600

/** How far the seal is behind, read off transaction numbers alone: no table is searched for the oldest unsealed row. */
export class Lag {
  readonly #now: () => number
  /** When each horizon was first seen, oldest first. */
  readonly #seen: { horizon: bigint; at: number }[] = []
  #sealedAt: number

  constructor(now: () => number) {
    this.#now = now
    this.#sealedAt = now()
  }

  /** `horizon`: no transaction from this number on had begun. `sealedBelow`: every row of transactions before this number is sealed. */
  saw(horizon: bigint, sealedBelow: bigint | undefined): void {
    this.#seen.push({ horizon, at: this.#now() })
    // Thinned rather than cut: while the seal stands still, the oldest moment is the one that counts.
    if (this.#seen.length > SEEN_MAX) this.#seen.splice(1, 1)
    if (sealedBelow === undefined) return
    while (this.#seen[0] !== undefined && this.#seen[0].horizon <= sealedBelow) this.#sealedAt = this.#seen.shift()?.at ?? this.#sealedAt
  }

  /** Milliseconds since a moment before which everything begun is sealed. */
  ms(): number {
    return Math.max(0, this.#now() - this.#sealedAt)
  }
}
