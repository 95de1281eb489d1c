import { Tables } from './key-index.ts'
import { Lane, type LaneTold } from './lane.ts'
import { Tenant } from './tenant.ts'

const KEPT_MAX = 10_000 // tenants, and credentials of a tenant, that are kept for their caches
const IDLE_MAX = 256 // tenants kept though nothing of theirs is there, for they come back

/** Who asks, and under what. A lane that nothing waits in, and nothing is kept in, is forgotten: credentials come and go with requests. */
export class Tenants<K, V> {
  readonly #all = new Map<string | undefined, Tenant<K, V>>()
  readonly #caches: boolean
  readonly #now: () => number
  readonly #told: LaneTold<K, V>
  // callers come a page at a time
  #last: Lane<K, V> | undefined

  constructor(options: { readonly caches: boolean; readonly now: () => number; readonly due: (lane: Lane<K, V>) => void }) {
    this.#caches = options.caches
    this.#now = options.now
    this.#told = { due: options.due, tables: new Tables() }
  }

  laneOf(name: string | undefined, credential: unknown): Lane<K, V> {
    const last = this.#last
    return last !== undefined && last.name === name && last.credential === credential ? last : this.#laneOf(name, credential)
  }

  #laneOf(name: string | undefined, credential: unknown): Lane<K, V> {
    let tenant = this.#all.get(name)
    if (tenant === undefined) {
      this.#makeRoom()
      this.#all.set(name, (tenant = new Tenant(name)))
    }
    let lane = tenant.lane(credential)
    if (lane === undefined) {
      this.#makeRoomIn(tenant)
      lane = new Lane(tenant, credential, this.#told)
      if (this.#caches) lane.cache = new Map()
      tenant.keep(lane, this.#caches)
    }
    return (this.#last = lane)
  }

  get queued(): number {
    let queued = 0
    for (const tenant of this.#all.values()) queued += tenant.queued
    return queued
  }

  /** Called when a lane has come to rest. */
  rested(lane: Lane<K, V>): void {
    const { tenant } = lane
    if (!lane.idle) return
    const few = tenant.name === undefined || this.#all.size <= IDLE_MAX
    if (!few || lane.credential !== undefined) this.#forget(lane)
    if (!few && tenant.size === 0 && tenant.running === 0) this.#forgetTenant(tenant)
  }

  #forget(lane: Lane<K, V>): void {
    lane.tenant.forget(lane)
    if (this.#last === lane) this.#last = undefined
  }

  #forgetTenant(tenant: Tenant<K, V>): void {
    if (this.#all.get(tenant.name) === tenant) this.#all.delete(tenant.name)
    if (this.#last?.tenant === tenant) this.#last = undefined
  }

  #makeRoom(): void {
    if (this.#all.size < KEPT_MAX) return
    for (const [name, tenant] of this.#all) {
      if (tenant.running > 0 || tenant.queued > 0 || name === undefined) continue
      this.#forgetTenant(tenant)
      return
    }
  }

  // The oldest go first: those whose answers are all too old in any case, another when there are too many.
  #makeRoomIn(tenant: Tenant<K, V>): void {
    if (!this.#caches && tenant.size < KEPT_MAX) return
    const now = this.#now()
    for (const lane of tenant.lanes()) {
      const resting = lane.open === 0 && lane.queued === 0
      if (tenant.size < KEPT_MAX && !(resting && lane.keptUntil <= now)) return
      if (resting) this.#forget(lane)
    }
  }
}
