import type { Batch } from './batch.ts'
import { Lane, Tenant, type Entry } from './lane.ts'
import { Loader, type Bulkhead } from './loader.ts'
import type { Policy } from './policy.ts'
import { UnwantedError } from './refusals.ts'

const TENANTS_MAX = 10_000 // tenants, and credentials of a tenant, that are kept for their caches alone
const TURN_MS = 0.5 // a window shorter than this is the end of the event loop's turn, for timers tick in whole milliseconds

/**
 * Decides which keys go out when. Slots are the source's; tenants take turns for them, one batch each, and a fifth of the slots is
 * kept for tenants below their fair share, so that a tenant who was quiet always finds a free one however much another asks.
 */
export class Dispatcher<K, V> implements Bulkhead<K, V> {
  readonly loader: Loader<K, V>
  readonly #policy: Policy<K, V>
  readonly #tenants = new Map<string | undefined, Tenant<K, V>>()
  readonly #ring: Tenant<K, V>[] = []
  readonly #spare: number
  #active = 0 // tenants with a load out or a batch due
  #anyone: Lane<K, V> | undefined // asked for without tenant and credential; never forgotten
  running = 0
  queued = 0

  constructor(policy: Policy<K, V>) {
    this.#policy = policy
    this.#spare = policy.concurrency < 2 ? 0 : Math.max(1, Math.floor(policy.concurrency / 3))
    this.loader = new Loader(policy, this)
  }

  laneOf(name: string | undefined, credential: unknown): Lane<K, V> {
    if (name === undefined && credential === undefined && this.#anyone !== undefined) return this.#anyone
    let tenant = this.#tenants.get(name)
    if (tenant === undefined) {
      this.#makeRoom()
      this.#tenants.set(name, (tenant = new Tenant(name)))
    }
    let lane = tenant.lanes.get(credential)
    if (lane === undefined) {
      this.#makeRoomIn(tenant)
      tenant.lanes.set(credential, (lane = new Lane(tenant, credential, (due) => this.#due(due))))
      if (this.#policy.cacheTtlMs > 0) lane.cache = new Map()
      if (name === undefined && credential === undefined) this.#anyone = lane
    }
    return lane
  }

  add(lane: Lane<K, V>, entry: Entry<K, V>): void {
    lane.pending.set(entry.id, entry)
    this.#enqueue(lane, entry)
  }

  /** Nobody wants the key any more. */
  drop(lane: Lane<K, V>, entry: Entry<K, V>): void {
    if (entry.over) return
    entry.over = true
    if (lane.pending.get(entry.id) === entry) lane.pending.delete(entry.id)
    if (entry.batch === undefined) {
      lane.dropped++
      lane.tenant.queued--
      this.queued--
    } else {
      entry.batch.whole = false
      entry.batch.endIfUnwanted(new UnwantedError('nobody waits for these keys any more'))
    }
    entry.reject(new UnwantedError('nobody waits for this key any more'))
  }

  keep(lane: Lane<K, V>, id: unknown, value: V): void {
    if (lane.cache === undefined) return
    lane.cache.delete(id)
    lane.cache.set(id, { value, until: this.#policy.clock.now() + this.#policy.cacheTtlMs })
    if (lane.cache.size <= this.#policy.cacheMax) return
    const [oldest] = lane.cache.keys()
    lane.cache.delete(oldest)
  }

  enter(lane: Lane<K, V>): boolean {
    if (this.running >= this.#policy.concurrency) return false
    this.running++
    lane.tenant.running++
    this.#count(lane.tenant)
    return true
  }

  leave(lane: Lane<K, V>): void {
    const { tenant } = lane
    this.running--
    tenant.running--
    // a finished call lets out what gathered behind it
    if (lane.collecting) this.#due(lane)
    if (tenant.collecting > 0) for (const other of tenant.lanes.values()) if (other.collecting) this.#due(other)
    this.#count(tenant)
    this.#forgetIdle(lane)
    this.#pump()
  }

  /** One sweep instead of a deletion for each key, where the batch is all that its lane has out. */
  settling({ lane, whole }: Batch<K, V>, keys: number): boolean {
    if (!whole || lane.cache !== undefined || lane.pending.size !== keys) return false
    // Not clear(): V8 links a cleared table to its successor, so that once one is old all later ones, with their keys, wait for a full
    // collection; measured, scavenges of 5 ms became 100 ms.
    lane.pending = new Map()
    return true
  }

  answered(entry: Entry<K, V>, value: V, swept: boolean): void {
    entry.over = true
    if (!swept) {
      const { lane } = entry.batch!
      if (lane.pending.get(entry.id) === entry) {
        lane.pending.delete(entry.id)
        if (lane.cache !== undefined) this.keep(lane, entry.id, value)
      }
    }
    entry.resolve(value)
  }

  failed(entry: Entry<K, V>, error: unknown): void {
    const lane = entry.batch!.lane
    const { retry } = this.#policy
    if (retry !== undefined && entry.attempts < retry.attempts && retry.when(error)) {
      entry.attempts++
      entry.batch!.whole = false
      entry.batch = undefined
      lane.pending.set(entry.id, entry)
      this.#enqueue(lane, entry)
      return
    }
    entry.over = true
    if (lane.pending.get(entry.id) === entry) lane.pending.delete(entry.id)
    entry.reject(error)
  }

  #enqueue(lane: Lane<K, V>, entry: Entry<K, V>): void {
    lane.queue.push(entry)
    lane.tenant.queued++
    this.queued++
    if (lane.ready) return
    if (lane.queue.length >= this.#policy.maxBatch) this.#due(lane)
    else if (!lane.collecting) this.#collect(lane)
  }

  // Nothing of this tenant is out: go with what this tick brings. Else wait by how busy the source is with it.
  #collect(lane: Lane<K, V>): void {
    const { running } = lane.tenant
    lane.collecting = true
    lane.tenant.collecting++
    const { scheduler, maxWindowMs, concurrency } = this.#policy
    if (running === 0) return scheduler.tick(lane.end)
    const waitMs = Math.min(maxWindowMs * (running / concurrency), this.loader.latency.p50)
    if (waitMs < TURN_MS) return scheduler.turn(lane.end)
    lane.cancelWindow = scheduler.after(Math.ceil(waitMs), lane.end)
  }

  #due(lane: Lane<K, V>): void {
    if (lane.collecting) lane.tenant.collecting--
    lane.collecting = false
    lane.cancelWindow?.()
    lane.cancelWindow = undefined
    if (lane.queue.length === 0) return
    this.#ready(lane)
    this.#pump()
  }

  #ready(lane: Lane<K, V>): void {
    const { tenant } = lane
    lane.ready = true
    tenant.ready.push(lane)
    if (tenant.inRing) return
    this.#enterRing(tenant)
  }

  #enterRing(tenant: Tenant<K, V>): void {
    tenant.inRing = true
    this.#ring.push(tenant)
    this.#count(tenant)
  }

  #count(tenant: Tenant<K, V>): void {
    const active = tenant.inRing || tenant.running > 0
    if (active === tenant.active) return
    tenant.active = active
    this.#active += active ? 1 : -1
  }

  #pump(): void {
    while (this.running < this.#policy.concurrency) {
      const tenant = this.#nextTenant()
      if (tenant === undefined) return
      const lane = firstOf(tenant.ready)!
      tenant.inRing = false
      lane.ready = false
      const entries = lane.take(this.#policy.maxBatch)
      tenant.queued -= entries.length
      this.queued -= entries.length
      if (lane.queue.length > 0) this.#ready(lane)
      else if (tenant.ready.length > 0) this.#enterRing(tenant)
      if (entries.length > 0) this.enter(lane)
      this.#count(tenant)
      if (entries.length === 0) continue
      this.loader.run(lane, entries)
    }
  }

  #nextTenant(): Tenant<K, V> | undefined {
    const first = this.#ring[0]
    if (first === undefined) return undefined
    if (this.#mayStart(first)) return firstOf(this.#ring)
    const turn = this.#ring.findIndex((tenant) => this.#mayStart(tenant))
    return turn < 0 ? undefined : this.#ring.splice(turn, 1)[0]
  }

  #mayStart(tenant: Tenant<K, V>): boolean {
    const { concurrency } = this.#policy
    if (this.running < concurrency - this.#spare) return true
    return tenant.running < Math.max(1, Math.floor(concurrency / Math.max(2, this.#active)))
  }

  // Lanes come and go with credentials; the lane that needs neither tenant nor credential stays.
  #forgetIdle(lane: Lane<K, V>): void {
    const { tenant } = lane
    if (!lane.idle || lane === this.#anyone) return
    if (tenant.lanes.get(lane.credential) === lane) tenant.lanes.delete(lane.credential)
    if (tenant.lanes.size === 0 && tenant.running === 0 && this.#tenants.get(tenant.name) === tenant) this.#tenants.delete(tenant.name)
  }

  #makeRoom(): void {
    if (this.#tenants.size < TENANTS_MAX) return
    for (const [name, tenant] of this.#tenants) {
      if (tenant.running > 0 || tenant.queued > 0 || name === undefined) continue
      this.#tenants.delete(name)
      return
    }
  }

  #makeRoomIn(tenant: Tenant<K, V>): void {
    if (tenant.lanes.size < TENANTS_MAX) return
    for (const [credential, lane] of tenant.lanes) {
      if (lane.pending.size > 0 || lane === this.#anyone) continue
      tenant.lanes.delete(credential)
      return
    }
  }
}

// Mostly there is one, which is cheaper to take from the end.
function firstOf<T>(line: T[]): T | undefined {
  return line.length === 1 ? line.pop() : line.shift()
}
