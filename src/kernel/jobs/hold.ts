const renewalsALease = 3

/** Keeps a lease while a run goes on, and knows when it is lost. */
export class Hold {
  readonly #renew: () => Promise<boolean>
  readonly #leaseMs: number
  readonly #timer: NodeJS.Timeout
  #renewedAt = performance.now()
  #lost = false

  constructor(renew: () => Promise<boolean>, leaseMs: number) {
    this.#renew = renew
    this.#leaseMs = leaseMs
    // What cannot be renewed now is asked again at the next turn, and before the next operation at the latest.
    this.#timer = setInterval(() => void this.#ask().catch(() => undefined), leaseMs / renewalsALease)
  }

  /** Asks the database where the lease may have run out meanwhile: the process stood still, or could not reach it. */
  async holds(): Promise<boolean> {
    if (!this.#lost && performance.now() - this.#renewedAt > this.#leaseMs) await this.#ask()
    return !this.#lost
  }

  end(): void {
    clearInterval(this.#timer)
  }

  async #ask(): Promise<void> {
    const askedAt = performance.now()
    if (await this.#renew()) this.#renewedAt = askedAt
    else this.#lost = true
  }
}
