import type { Waiter } from './entry.ts'

/** Somebody who waits for one key and may give up. */
export class Caller<V> implements Waiter<V> {
  next: Waiter<V> | undefined = undefined
  /** Calls off deadline and signal. */
  end: (() => void) | undefined = undefined
  readonly #resolve: (value: V) => void
  readonly #reject: (error: unknown) => void
  #until: number

  constructor(told: { readonly resolve: (value: V) => void; readonly reject: (error: unknown) => void; readonly until: number }) {
    this.#resolve = told.resolve
    this.#reject = told.reject
    this.#until = Math.max(-Number.MAX_VALUE, told.until)
  }

  get until(): number {
    return this.#until
  }

  answered(value: V): void {
    if (this.#leave()) this.#resolve(value)
  }

  failed(error: unknown): void {
    if (this.#leave()) this.#reject(error)
  }

  /** True if it was still waiting. */
  giveUp(reason: unknown): boolean {
    if (!this.#leave()) return false
    this.#reject(reason)
    return true
  }

  #leave(): boolean {
    if (this.#until === -Infinity) return false
    this.#until = -Infinity
    this.end?.()
    return true
  }
}
