// After five wrong passwords each further one doubles the wait, from one second to fifteen minutes.
export const freeFailures = 5
export const waitMaxS = 900
export const doublingsMax = 10

/** Logins that are remembered at a time; the one that was tried first is forgotten first. */
const rememberedMax = 10_000

/** Wrong sign-ins with logins that nobody has: slowed down as anybody's, so that the slow-down doesn't tell which logins there are. */
export class UnknownLogins {
  readonly #tried = new Map<string, { failures: number; until: number }>()

  /** Seconds that this login has to wait, or 0. `now` in milliseconds of machine time. */
  waitS(login: string, now: number): number {
    return Math.max(0, Math.ceil(((this.#tried.get(login)?.until ?? 0) - now) / 1000))
  }

  /** Counts one more wrong sign-in. */
  note(login: string, now: number): void {
    const failures = (this.#tried.get(login)?.failures ?? 0) + 1
    const waitS = failures < freeFailures ? 0 : Math.min(waitMaxS, 2 ** Math.min(failures - freeFailures, doublingsMax))
    this.#tried.delete(login)
    this.#tried.set(login, { failures, until: now + waitS * 1000 })
    if (this.#tried.size > rememberedMax) this.#tried.delete(this.#tried.keys().next().value ?? '')
  }
}
