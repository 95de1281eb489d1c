import type { Batch } from './batch.ts'
import { type Entry, OPEN, OVER } from './entry.ts'
import type { Lane } from './lane.ts'
import { Loader, type Bulkhead } from './loader.ts'
import type { Answers, Policy } from './policy.ts'
import { UnwantedError } from './refusals.ts'
import { Settler } from './settler.ts'
import type { Tenant } from './tenant.ts'
import { Tenants } from './tenants.ts'
import { Turns } from './turns.ts'

const BUSY_FOR = 8 // batches after the last that went out beside another of its tenant
const TURN_MS = 0.5 // a window shorter than this is the end of the event loop's turn, for timers tick in whole milliseconds

/**
 * Decides which keys go out when. Slots are the source's; tenants take turns for them, one batch each, and a third of the slots is
 * kept for tenants below their fair share, so that a tenant who was quiet always finds a free one however much another asks.
 */
export class Dispatcher<K, V> implements Bulkhead<K, V> {
  readonly loader: Loader<K, V>
  readonly #policy: Policy<K, V>
  readonly #tenants: Tenants<K, V>
  readonly #turns: Turns<K, V>
  readonly #settler: Settler<K, V>
  readonly #ring: Tenant<K, V>[] = []
  /** Lanes that wait for the end of their tick. */
  readonly #ticking: Lane<K, V>[] = []
  readonly #spare: number
  #pumping = false
  running = 0

  constructor(policy: Policy<K, V>) {
    this.#policy = policy
    this.#spare = policy.concurrency < 2 ? 0 : Math.max(1, Math.floor(policy.concurrency / 3))
    this.#tenants = new Tenants({ caches: policy.cacheTtlMs > 0, now: () => policy.clock.now(), due: (lane) => this.#due(lane) })
    this.#turns = new Turns(policy, () => {
      this.#settler.next()
      this.#pump()
    })
    this.#settler = new Settler(this.#turns, {
      keep: (lane, id, value) => this.keep(lane, id, value),
      again: (entry, error) => this.#again(entry, error),
      done: (batch) => this.loader.settled(batch),
    })
    this.loader = new Loader(policy, this)
  }

  get queued(): number {
    return this.#tenants.queued
  }

  /** Whether others than one tenant have asked lately. */
  get shared(): boolean {
    return this.#turns.shared
  }

  laneOf(name: string | undefined, credential: unknown): Lane<K, V> {
    return this.#tenants.laneOf(name, credential)
  }

  add(lane: Lane<K, V>, entry: Entry<K, V>): void {
    lane.add(entry)
    this.#queued(lane)
  }

  /** Nobody wants the key any more. */
  drop(lane: Lane<K, V>, entry: Entry<K, V>): void {
    if (entry.state === OVER) return
    const open = entry.state === OPEN
    entry.state = OVER
    const { batch } = entry
    if (batch === undefined) {
      lane.dropped++
      lane.tenant.queued--
    }
    if (open) lane.closed(1)
    batch?.endIfUnwanted(new UnwantedError('nobody waits for these keys any more'))
  }

  keep(lane: Lane<K, V>, id: unknown, value: V): void {
    if (lane.cache === undefined) return
    const until = this.#policy.clock.now() + this.#policy.cacheTtlMs
    lane.keptUntil = until
    lane.cache.delete(id)
    lane.cache.set(id, { value, until })
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

  enterRival(lane: Lane<K, V>): boolean {
    return (!this.#turns.shared || this.#hasSlot(lane.tenant)) && this.enter(lane)
  }

  leave(lane: Lane<K, V>): void {
    const { tenant } = lane
    this.running--
    tenant.running--
    // a finished call lets out what gathered behind it
    if (lane.collecting) this.#due(lane)
    if (tenant.collecting > 0) for (const other of tenant.lanes()) if (other.collecting) this.#due(other)
    this.#count(tenant)
    this.#tenants.rested(lane)
    this.#pump()
  }

  hand(batch: Batch<K, V>, answers: Answers<K, V>): void {
    this.#settler.add(batch, answers)
  }

  failed(entry: Entry<K, V>, error: unknown): void {
    if (this.#again(entry, error)) return
    const open = entry.state === OPEN
    entry.fail(error)
    if (open) entry.batch!.lane.closed(1)
  }

  #again(entry: Entry<K, V>, error: unknown): boolean {
    const { retry } = this.#policy
    if (retry === undefined || entry.attempts >= retry.attempts || !retry.when(error)) return false
    const { lane } = entry.batch!
    entry.again()
    entry.batch = undefined
    lane.enqueue(entry)
    this.#queued(lane)
    return true
  }

  // What most keys go through is kept short, for the compiler to make one piece of it.
  #queued(lane: Lane<K, V>): void {
    lane.tenant.queued++
    if (lane.ready) return
    if (!lane.collecting || lane.queued >= this.#policy.maxBatch) this.#turned(lane)
  }

  #turned(lane: Lane<K, V>): void {
    if (lane.queued >= this.#policy.maxBatch) this.#due(lane)
    else this.#collect(lane)
  }

  // Nothing of this tenant is out: go with what this tick brings; or this turn, if others mostly follow, for then the first would cost a
  // call of its own. Else wait by how busy the source is with it.
  #collect(lane: Lane<K, V>): void {
    const { running } = lane.tenant
    lane.collecting = true
    lane.tenant.collecting++
    const { scheduler, maxWindowMs, concurrency } = this.#policy
    if (running === 0 && lane.tenant.busy > 0) return scheduler.turn(lane.end)
    if (running === 0) {
      this.#ticking.push(lane)
      return scheduler.tick(this.#tick)
    }
    const waitMs = Math.min(maxWindowMs * (running / concurrency), this.loader.latency.p50)
    if (waitMs < TURN_MS) return scheduler.turn(lane.end)
    lane.cancelWindow = scheduler.after(Math.ceil(waitMs), lane.end)
  }

  // In their order, each once: one function does for all of them.
  readonly #tick = (): void => {
    const lane = firstOf(this.#ticking)!
    if (lane.collecting) this.#due(lane)
  }

  #due(lane: Lane<K, V>): void {
    if (lane.collecting) lane.tenant.collecting--
    lane.collecting = false
    lane.cancelWindow?.()
    lane.cancelWindow = undefined
    if (lane.queued === 0) return
    if (this.#ring.length > 0 || !this.#startAlone(lane)) this.#ready(lane)
    if (this.#ring.length > 0) this.#pump()
  }

  // Mostly nobody waits for a slot, and whose time has come goes at once; it counts as one who waits all the same.
  #startAlone(lane: Lane<K, V>): boolean {
    const { tenant } = lane
    if (this.#pumping || this.running >= this.#policy.concurrency) return false
    if (!tenant.active) this.#activate(tenant, true)
    if (!this.#mayStart(tenant)) return false
    this.#pumping = true
    try {
      this.#start(lane)
    } finally {
      this.#pumping = false
    }
    return true
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
    if (active !== tenant.active) this.#activate(tenant, active)
  }

  #activate(tenant: Tenant<K, V>, active: boolean): void {
    tenant.active = active
    this.#turns.active += active ? 1 : -1
  }

  // A load that answers at once comes back here; it is the outer round that goes on.
  #pump(): void {
    if (this.#pumping || this.#ring.length === 0) return
    this.#pumping = true
    try {
      while (this.running < this.#policy.concurrency && this.#startOne()) continue
    } finally {
      this.#pumping = false
    }
  }

  #startOne(): boolean {
    const tenant = this.#nextTenant()
    if (tenant === undefined) return false
    tenant.inRing = false
    this.#start(firstOf(tenant.ready)!)
    return true
  }

  #start(lane: Lane<K, V>): void {
    const { tenant } = lane
    lane.ready = false
    const entries = lane.take(this.#policy.maxBatch)
    tenant.queued -= entries.length
    if (lane.queued > 0) this.#ready(lane)
    else if (tenant.ready.length > 0) this.#enterRing(tenant)
    if (tenant.running > 0) tenant.busy = BUSY_FOR
    else if (tenant.busy > 0) tenant.busy--
    if (entries.length === 0) {
      this.#count(tenant)
      return this.#tenants.rested(lane)
    }
    this.running++
    tenant.running++
    this.#turns.started(tenant, entries.length)
    this.loader.run(lane, entries)
  }

  #nextTenant(): Tenant<K, V> | undefined {
    const first = this.#ring[0]
    if (first === undefined) return undefined
    if (this.#mayStart(first)) return firstOf(this.#ring)
    const turn = this.#ring.findIndex((tenant) => this.#mayStart(tenant))
    return turn < 0 ? undefined : this.#ring.splice(turn, 1)[0]
  }

  #mayStart(tenant: Tenant<K, V>): boolean {
    return this.#turns.mayStart(tenant) && this.#hasSlot(tenant)
  }

  #hasSlot(tenant: Tenant<K, V>): boolean {
    const { concurrency } = this.#policy
    if (this.running < concurrency - this.#spare) return true
    return tenant.running < Math.max(1, Math.floor(concurrency / Math.max(2, this.#turns.active)))
  }
}

// Mostly there is one, which is cheaper to take from the end.
function firstOf<T>(line: T[]): T | undefined {
  return line.length === 1 ? line.pop() : line.shift()
}
