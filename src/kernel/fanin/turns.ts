import type { Tenant } from './tenant.ts'
import type { Clock, Scheduler } from './timing.ts'

const SHARED_FOR = 1000 // batches of one tenant alone after which it has the source to itself again
const SHARE_MS = 0.2 // of a turn, for one tenant of a shared source
const KEYS_MIN = 8
const KEYS_MAX = 1024

/**
 * How much of one turn of the event loop a tenant may take. A tenant who has the source to itself takes what it likes; where several
 * share it, whoever asks little must not wait while a page of somebody else's is handed out or sent off.
 */
export class Turns<K, V> {
  readonly #scheduler: Scheduler
  readonly #clock: Clock
  readonly #next: () => void
  #turn = 1
  #coming = false
  #batches = 0
  #mixedAt = -2 * SHARED_FOR
  #last: Tenant<K, V> | undefined
  #keys = 256
  #since: number | undefined
  #handed = 0
  /** How many tenants have a load out or a batch due. */
  active = 0

  constructor(
    time: { readonly scheduler: Scheduler; readonly clock: Clock },
    /** Told when a turn begins, and there is room again. */
    next: () => void,
  ) {
    this.#scheduler = time.scheduler
    this.#clock = time.clock
    this.#next = next
  }

  get shared(): boolean {
    return this.#batches - this.#mixedAt <= SHARED_FOR
  }

  /** Keys of this tenant that may still be answered in this turn. Though nobody else waits now, somebody may stand at the door. */
  room(tenant: Tenant<K, V>): number {
    if (!this.shared) return Infinity
    return tenant.turn === this.#turn ? this.#keys - tenant.settled : this.#keys
  }

  settled(tenant: Tenant<K, V>, keys: number): void {
    if (this.active < 2) return
    this.#enter(tenant).settled += keys
    this.#measure(keys)
  }

  /** One batch a turn always may; another while it is small. */
  mayStart(tenant: Tenant<K, V>): boolean {
    return tenant.turn !== this.#turn || tenant.started < this.#keys || this.active < 2
  }

  started(tenant: Tenant<K, V>, keys: number): void {
    this.#batches++
    if (tenant !== this.#last) {
      if (this.#last !== undefined) this.#mixedAt = this.#batches
      this.#last = tenant
    }
    if (this.active > 1) this.#enter(tenant).started += keys
  }

  #enter(tenant: Tenant<K, V>): Tenant<K, V> {
    this.want()
    if (tenant.turn !== this.#turn) {
      tenant.turn = this.#turn
      tenant.settled = 0
      tenant.started = 0
    }
    return tenant
  }

  /** So many keys are handed out now, and the rest must wait. */
  cut(keys: number): void {
    if (this.active < 2) this.#measure(keys)
    this.want()
  }

  // What so many keys lead to, until the end of the tick, tells how many a turn has room for.
  #measure(keys: number): void {
    // of fewer the time is that of the portion rather than of its keys
    if (this.#since === undefined && keys < KEYS_MIN) return
    this.#handed += keys
    if (this.#since !== undefined) return
    this.#since = this.#clock.now()
    this.#scheduler.tick(this.#judge)
  }

  readonly #judge = (): void => {
    const fitting = (this.#handed * SHARE_MS) / Math.max(this.#clock.now() - this.#since!, 0.001)
    this.#keys = Math.min(KEYS_MAX, Math.max(KEYS_MIN, Math.round((this.#keys * 3 + fitting) / 4)))
    this.#since = undefined
    this.#handed = 0
  }

  want(): void {
    if (this.#coming) return
    this.#coming = true
    this.#scheduler.turn(this.#begin)
  }

  readonly #begin = (): void => {
    this.#coming = false
    this.#turn++
    this.#next()
  }
}
