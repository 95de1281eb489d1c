import type { Loading } from './batch.ts'
import type { Clock, Scheduler } from './timing.ts'

/**
 * Looks after the calls that are out, on one scheduled wake-up for all of them: which has taken so long that it may have a rival,
 * and which so long that it is over. There are never more of them than slots, so a look at all is cheap.
 */
export class Watch<K, V> {
  readonly #calls = new Set<Loading<K, V>>()
  readonly #clock: Clock
  readonly #scheduler: Scheduler
  readonly #slow: (loading: Loading<K, V>) => void
  readonly #late: (loading: Loading<K, V>) => void
  readonly #limits: () => { readonly slowMs: number; readonly lateMs: number }
  #wakeAt = Infinity
  #cancelWake: (() => void) | undefined

  constructor(options: {
    readonly clock: Clock
    readonly scheduler: Scheduler
    readonly limits: () => { readonly slowMs: number; readonly lateMs: number }
    readonly slow: (loading: Loading<K, V>) => void
    readonly late: (loading: Loading<K, V>) => void
  }) {
    this.#clock = options.clock
    this.#scheduler = options.scheduler
    this.#limits = options.limits
    this.#slow = options.slow
    this.#late = options.late
  }

  add(loading: Loading<K, V>): void {
    this.#calls.add(loading)
    const at = this.#dueAt(loading)
    if (at < this.#wakeAt) this.#arm(at)
  }

  delete(loading: Loading<K, V>): void {
    this.#calls.delete(loading)
  }

  #dueAt(loading: Loading<K, V>): number {
    const { slowMs, lateMs } = this.#limits()
    return loading.startedAt + (slowable(loading) ? Math.min(slowMs, lateMs) : lateMs)
  }

  #arm(at: number): void {
    this.#cancelWake?.()
    this.#wakeAt = at
    this.#cancelWake = this.#scheduler.after(Math.max(1, Math.ceil(at - this.#clock.now())), this.#look)
  }

  readonly #look = (): void => {
    const { slowMs, lateMs } = this.#limits()
    const now = this.#clock.now()
    for (const loading of this.#calls) {
      const age = now - loading.startedAt
      if (age >= lateMs) this.#late(loading)
      else if (age >= slowMs && slowable(loading)) this.#slow(loading)
    }
    this.#wakeAt = Infinity
    this.#cancelWake = undefined
    let at = Infinity
    for (const loading of this.#calls) at = Math.min(at, this.#dueAt(loading))
    if (at < Infinity) this.#arm(at)
  }
}

// A call gets a rival once, or is told once that it may not have one.
function slowable<K, V>(loading: Loading<K, V>): boolean {
  return loading.purpose === 'first' && !loading.asked
}
