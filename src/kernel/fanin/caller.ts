import type { Waiter } from './entry.ts'

/** Somebody who waits for one key and may give up. */
export class Caller<V> implements Waiter<V> {
  next: Waiter<V> | undefined = undefined
  /** Calls off deadline and signal. */
  end: (() => void) | undefined = undefined
  readonly #resolve: (value: V) => void
  readonly #reject: (error: unknown) => void
  #over = false

  constructor(resolve: (value: V) => void, reject: (error: unknown) => void) {
    this.#resolve = resolve
    this.#reject = reject
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
    if (this.#over) return false
    this.#over = true
    this.end?.()
    return true
  }
}
