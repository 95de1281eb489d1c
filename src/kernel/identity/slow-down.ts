import { Fault } from '#kernel/faults'

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

/** Who waits for their turn with one login; more are told to come again. Each turn is one look-up, and a password hash at most. */
const waitingMax = 200

interface Turn {
  last: Promise<unknown>
  waiting: number
}

/** Sign-ins with one login are judged one after the other, so that of many sent at once each is counted before the next is looked at. */
export class Turns {
  readonly #turns = new Map<string, Turn>()

  async take<T>(login: string, work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.get(login) ?? { last: Promise.resolve(), waiting: 0 }
    if (turn.waiting >= waitingMax) throw new Fault('identity.too_many_failures', { retryAfterS: 1 })
    this.#turns.set(login, turn)
    turn.waiting += 1
    const mine = turn.last.then(work)
    turn.last = mine.catch(() => undefined)
    try {
      return await mine
    } finally {
      turn.waiting -= 1
      if (turn.waiting === 0) this.#turns.delete(login)
    }
  }
}
