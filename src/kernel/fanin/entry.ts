import type { Batch } from './batch.ts'

/** Waits for a key and may give up, or takes its answer as one of many; those who only wait have the key's own promise. */
export interface Waiter<V> {
  /** The next who waits for the same key. */
  next: Waiter<V> | undefined
  /** The latest that it wants an answer, by the source's clock: Infinity without a limit, -Infinity once it has left. */
  readonly until: number
  answered(value: V): void
  failed(error: unknown): void
}

/** Joined by later callers of its key; or no more, after a write; or answered, failed, wanted by nobody. */
export const OPEN = 0
export const FORGOTTEN = 1
export const OVER = 2

const HOLD = 2 ** 30

/** What most keys have no need of: how many wait who may give up, or `HOLD`, and how often it was tried again. */
interface Rest {
  wants: number
  attempts: number
}

/** Of every key for whose answer somebody waits who cannot give up, and that was not tried again. */
const HELD: Rest = { wants: HOLD, attempts: 0 }

/** One key that somebody waits for. Every field is paid for by every key, and so would be a private method. */
export class Entry<K, V> {
  readonly id: unknown
  batch: Batch<K, V> | undefined = undefined
  state: typeof OPEN | typeof FORGOTTEN | typeof OVER = OPEN
  #rest: Rest | undefined = undefined
  #promise: Promise<V> | undefined = undefined
  #resolve: ((value: V | Promise<never>) => void) | undefined = undefined
  #waiters: Waiter<V> | undefined = undefined

  constructor(id: unknown) {
    this.id = id
  }

  /** What it was asked for by: mostly its own id. */
  get key(): K {
    return this.id as K
  }

  /** For those who cannot give up: one promise for all of them, made when the first asks. */
  get promise(): Promise<V> {
    return (this.#promise ??= new Promise((resolve) => {
      this.#resolve = resolve
    }))
  }

  join(waiter: Waiter<V>, mayLeave: boolean): void {
    const rest = this.#rest
    waiter.next = this.#waiters
    this.#waiters = waiter
    if (rest === undefined) this.#rest = mayLeave ? { wants: 1, attempts: 0 } : HELD
    else if (rest.wants < HOLD) rest.wants = mayLeave ? rest.wants + 1 : HOLD
  }

  /** One of those who may give up has. */
  part(): void {
    if (this.#rest !== undefined && this.#rest.wants < HOLD) this.#rest.wants--
  }

  /** The latest that anybody still wants it. */
  get deadline(): number {
    if (this.#promise !== undefined) return Infinity
    let latest = -Infinity
    for (let waiter = this.#waiters; waiter !== undefined; waiter = waiter.next) latest = Math.max(latest, waiter.until)
    return latest
  }

  get attempts(): number {
    return this.#rest === undefined ? 0 : this.#rest.attempts
  }

  /** It is tried once more. */
  again(): void {
    const { wants, attempts } = this.#rest ?? { wants: 0, attempts: 0 }
    this.#rest = { wants, attempts: attempts + 1 }
  }

  get wanted(): boolean {
    return this.#promise !== undefined || (this.#rest !== undefined && this.#rest.wants > 0)
  }

  answer(value: V): void {
    this.state = OVER
    this.#resolve?.(value)
    for (let waiter = this.#waiters; waiter !== undefined; waiter = waiter.next) waiter.answered(value)
  }

  fail(reason: unknown): void {
    this.state = OVER
    // a function to reject with would be made for every key, and errors are few
    this.#resolve?.(Promise.reject(reason))
    for (let waiter = this.#waiters; waiter !== undefined; waiter = waiter.next) waiter.failed(reason)
  }
}

/** A key whose id is something else. */
export class KeyedEntry<K, V> extends Entry<K, V> {
  readonly #key: K

  constructor(key: K, id: unknown) {
    super(id)
    this.#key = key
  }

  override get key(): K {
    return this.#key
  }
}
