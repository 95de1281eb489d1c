import type { Entry, Waiter } from './entry.ts'

export type Outcome<V> = { readonly ok: true; readonly value: V } | { readonly ok: false; readonly error: unknown }

/** A place on a page, for one of its keys. */
class Place<K, V> implements Waiter<V> {
  next: Waiter<V> | undefined = undefined
  readonly #page: Page<K, V>
  readonly #at: number
  /** Given back once it is filled. */
  entry: Entry<K, V> | undefined

  constructor(page: Page<K, V>, at: number, entry: Entry<K, V>) {
    this.#page = page
    this.#at = at
    this.entry = entry
  }

  get until(): number {
    return this.entry === undefined ? -Infinity : this.#page.until
  }

  answered(value: V): void {
    this.#fill({ ok: true, value })
  }

  failed(error: unknown): void {
    this.#fill({ ok: false, error })
  }

  #fill(outcome: Outcome<V>): void {
    if (this.entry === undefined) return
    this.entry = undefined
    this.#page.fill(this.#at, outcome)
  }
}

/** Keys asked for together, with one promise for all of them: an outcome each, in their order. */
export class Page<K, V> {
  readonly promise: Promise<Outcome<V>[]>
  /** Calls off deadline and signal. */
  end: (() => void) | undefined = undefined
  /** Whoever waits for it may give up. */
  mayLeave = false
  /** And does at this time, by the source's clock. */
  until = Infinity
  readonly #outcomes: (Outcome<V> | undefined)[]
  readonly #places: Place<K, V>[] = []
  #resolve!: (outcomes: Outcome<V>[]) => void
  #left: number

  constructor(size: number) {
    this.#outcomes = Array.from({ length: size })
    this.#left = size
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve
    })
    if (size === 0) this.#resolve([])
  }

  get over(): boolean {
    return this.#left === 0
  }

  place(at: number, entry: Entry<K, V>): void {
    const place = new Place(this, at, entry)
    if (this.mayLeave) this.#places.push(place)
    entry.join(place, this.mayLeave)
  }

  /** Whoever waited for the page waits no more: hands back the keys it leaves behind, each once for every place it had. */
  giveUp(reason: unknown): Entry<K, V>[] {
    const left: Entry<K, V>[] = []
    for (const place of this.#places) {
      const { entry } = place
      if (entry === undefined) continue
      place.entry = undefined
      entry.part()
      left.push(entry)
    }
    for (let at = 0; at < this.#outcomes.length; at++) if (this.#outcomes[at] === undefined) this.fill(at, { ok: false, error: reason })
    return left
  }

  fill(at: number, outcome: Outcome<V>): void {
    this.#outcomes[at] = outcome
    if (--this.#left > 0) return
    this.end?.()
    this.#resolve(this.#outcomes as Outcome<V>[])
  }
}
