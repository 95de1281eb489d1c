import type { Loading } from './batch.ts'
import type { Clock, Scheduler } from './timing.ts'

/**
 * Looks after the calls that are out, on one scheduled wake-up for all of them: which has taken so long that it may have a rival,
 * and which so long that it is over. There are never more of them than slots, so a look at all is cheap.
 */
export class Watch<K, V> {
  // an array with places, for a set would have to give every call a hash
  readonly #calls: Loading<K, V>[] = []
  readonly #clock: Clock
  readonly #scheduler: Scheduler
  readonly #lateMs: number
  readonly #told: { slow(loading: Loading<K, V>): void; late(loading: Loading<K, V>): void }
  #wakeAt = Infinity
  #cancelWake: (() => void) | undefined
  // A call that is over within its turn of the loop costs no timer.
  #soon = false
  /** After how long a call may have a rival. */
  slowMs = Infinity

  constructor(
    policy: { readonly clock: Clock; readonly scheduler: Scheduler; readonly loadTimeoutMs: number },
    told: { slow(loading: Loading<K, V>): void; late(loading: Loading<K, V>): void },
  ) {
    this.#clock = policy.clock
    this.#scheduler = policy.scheduler
    this.#lateMs = policy.loadTimeoutMs
    this.#told = told
  }

  add(loading: Loading<K, V>): void {
    loading.place = this.#calls.push(loading) - 1
    if (this.#soon || (loading.startedAt !== undefined && this.#dueAt(loading, loading.startedAt) >= this.#wakeAt)) return
    this.#soon = true
    this.#scheduler.turn(this.#look)
  }

  delete(loading: Loading<K, V>): void {
    const last = this.#calls.pop()
    if (last === undefined || last === loading) return
    this.#calls[loading.place] = last
    last.place = loading.place
  }

  #dueAt(loading: Loading<K, V>, startedAt: number): number {
    return startedAt + (slowable(loading) ? Math.min(this.slowMs, this.#lateMs) : this.#lateMs)
  }

  #arm(at: number): void {
    this.#wakeAt = at
    this.#cancelWake = this.#scheduler.after(Math.max(1, Math.ceil(at - this.#clock.now())), this.#wake)
  }

  // When the loop itself was held up, the answers lie there unread: they are let in before any call is blamed.
  readonly #wake = (): void => {
    this.#cancelWake = undefined
    if (this.#soon) return
    this.#soon = true
    this.#scheduler.turn(this.#look)
  }

  readonly #look = (): void => {
    this.#soon = false
    this.#cancelWake?.()
    const now = this.#clock.now()
    for (const loading of this.#calls.slice()) {
      const age = now - (loading.startedAt ??= now)
      if (age >= this.#lateMs) this.#told.late(loading)
      else if (age >= this.slowMs && slowable(loading)) this.#told.slow(loading)
    }
    this.#wakeAt = Infinity
    this.#cancelWake = undefined
    let at = Infinity
    for (const loading of this.#calls) at = Math.min(at, this.#dueAt(loading, loading.startedAt ?? now))
    if (at < Infinity) this.#arm(at)
  }
}

// A call gets a rival once, or is told once that it may not have one.
function slowable<K, V>(loading: Loading<K, V>): boolean {
  return loading.purpose === 'first' && !loading.asked
}
