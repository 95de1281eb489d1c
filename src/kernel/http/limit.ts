/** Calls a second a principal or, without a session, an address may make; a burst of twice as many. */
export interface RateLimits {
  readonly signedIn: number
  readonly anonymous: number
}

const bucketsMax = 50_000

/** Token buckets by caller, in memory: the first guard against a runaway client, not an account of use. */
export class RateLimiter {
  readonly #buckets = new Map<string, { tokens: number; at: number }>()
  readonly #limits: RateLimits

  constructor(limits: RateLimits) {
    this.#limits = limits
  }

  /** Seconds to wait, or 0 if the call may go on. `now` in milliseconds. */
  wait(caller: string, signedIn: boolean, now: number): number {
    const rate = signedIn ? this.#limits.signedIn : this.#limits.anonymous
    let bucket = this.#buckets.get(caller)
    if (!bucket) {
      // Forgetting everyone lets a flood of new addresses through for a moment; keeping them all would let it fill memory.
      if (this.#buckets.size >= bucketsMax) this.#buckets.clear()
      bucket = { tokens: rate * 2, at: now }
      this.#buckets.set(caller, bucket)
    }
    bucket.tokens = Math.min(rate * 2, bucket.tokens + ((now - bucket.at) / 1000) * rate)
    bucket.at = now
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1
      return 0
    }
    return Math.max(1, Math.ceil((1 - bucket.tokens) / rate))
  }
}
