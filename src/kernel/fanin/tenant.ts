import type { Lane } from './lane.ts'

/** A tenant's share of a source. */
export class Tenant<K, V> {
  readonly name: string | undefined
  /** How many lanes gather keys for their next batch. */
  collecting = 0
  /** Lanes whose window is over, in order. */
  readonly ready: Lane<K, V>[] = []
  queued = 0
  running = 0
  /** Above zero while batches of it go out beside each other, and for some after. */
  busy = 0
  inRing = false
  active = false
  /** In the turn of the loop numbered `turn`, so many keys of it were answered and sent off. */
  turn = 0
  settled = 0
  started = 0
  // Most tenants have one lane at a time, and a map would have to give every credential a hash.
  #only: Lane<K, V> | undefined
  #lanes: Map<unknown, Lane<K, V>> | undefined

  constructor(name: string | undefined) {
    this.name = name
  }

  get size(): number {
    return (this.#only === undefined ? 0 : 1) + (this.#lanes === undefined ? 0 : this.#lanes.size)
  }

  /** The lane of a credential. */
  lane(credential: unknown): Lane<K, V> | undefined {
    const only = this.#only
    return only !== undefined && only.credential === credential ? only : this.#lanes?.get(credential)
  }

  /** Keeps a lane of a credential that has none; `inOrder` if those that are kept are asked for by age. */
  keep(lane: Lane<K, V>, inOrder: boolean): void {
    if (this.#only === undefined && !inOrder) this.#only = lane
    else (this.#lanes ??= new Map()).set(lane.credential, lane)
  }

  forget(lane: Lane<K, V>): void {
    if (this.#only === lane) this.#only = undefined
    else if (this.#lanes?.get(lane.credential) === lane) this.#lanes.delete(lane.credential)
  }

  *lanes(): Iterable<Lane<K, V>> {
    if (this.#only !== undefined) yield this.#only
    if (this.#lanes !== undefined) yield* this.#lanes.values()
  }
}
