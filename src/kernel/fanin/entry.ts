import type { Batch } from './batch.ts'

/** Waits for a key and may give up, or takes its answer as one of many; those who only wait have the key's own promise. */
export interface Waiter<V> {
  /** The next who waits for the same key. */
  next: Waiter<V> | undefined
  answered(value: V): void
  failed(error: unknown): void
}

/** Joined by later callers of its key; or no more, after a write; or answered, failed, wanted by nobody. */
export const OPEN = 0
export const FORGOTTEN = 1
export const OVER = 2

const HELD = 2 ** 30 // somebody waits who cannot give up

/** One key that somebody waits for. */
export class Entry<K, V> {
  readonly key: K
  readonly id: unknown
  batch: Batch<K, V> | undefined = undefined
  state: typeof OPEN | typeof FORGOTTEN | typeof OVER = OPEN
  // What most keys have no need of: every field of this class is paid for by every key.
  #more: { attempts: number; deadline: number } | undefined = undefined
  #wants = 0
  #promise: Promise<V> | undefined = undefined
  #resolve: ((value: V) => void) | undefined = undefined
  #reject: ((error: unknown) => void) | undefined = undefined
  #waiters: Waiter<V> | undefined = undefined

  constructor(key: K, id: unknown) {
    this.key = key
    this.id = id
  }

  /** For those who cannot give up: one promise for all of them, made when the first asks. */
  get promise(): Promise<V> {
    this.#wants = HELD
    return (this.#promise ??= new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    }))
  }

  join(waiter: Waiter<V>, until: number | undefined): void {
    waiter.next = this.#waiters
    this.#waiters = waiter
    if (until === undefined) this.#wants = HELD
    else if (this.#wants < HELD) {
      this.#wants++
      const more = this.#rare
      more.deadline = Math.max(more.deadline, until)
    }
  }

  /** One of those who may give up has. */
  part(): void {
    if (this.#wants < HELD) this.#wants--
  }

  /** The latest that anybody still wants it. */
  get deadline(): number {
    return this.#wants >= HELD ? Infinity : (this.#more?.deadline ?? -Infinity)
  }

  get attempts(): number {
    return this.#more?.attempts ?? 0
  }

  /** It is tried once more. */
  again(): void {
    this.#rare.attempts++
  }

  get #rare(): { attempts: number; deadline: number } {
    return (this.#more ??= { attempts: 0, deadline: -Infinity })
  }

  get wanted(): boolean {
    return this.#wants > 0
  }

  answer(value: V): void {
    this.state = OVER
    this.#resolve?.(value)
    for (let waiter = this.#waiters; waiter !== undefined; waiter = waiter.next) waiter.answered(value)
  }

  fail(error: unknown): void {
    this.state = OVER
    this.#reject?.(error)
    for (let waiter = this.#waiters; waiter !== undefined; waiter = waiter.next) waiter.failed(error)
  }
}
