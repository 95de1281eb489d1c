import { onCancel, type Call, type Task } from './call.ts'
import { makeError, within } from './check.ts'
import { EventStream, type PatternEvent } from './event-stream.ts'
import { Pattern } from './pattern.ts'
import type { InstanceOptions } from './runtime.ts'

const PERMITS_MAX = 1_000_000_000
const DURATION_MAX_MS = 2 ** 63 / 1e6 // Java counts nanoseconds in 64 bits
const EVENT_NAMES = EventStream.names(['SUCCESSFUL_ACQUIRE', 'FAILED_ACQUIRE', 'DRAINED'])

/** Names and meaning of Resilience4j 2.4.0's RateLimiterConfig. */
export interface RateLimiterConfig {
  readonly limitForPeriod?: number | undefined
  readonly limitRefreshPeriodMs?: number | undefined
  readonly timeoutDurationMs?: number | undefined
  /** True empties the current period, as when the remote says that its own limit was passed. */
  readonly drainPermissionsOnResult?: ((outcome: { readonly error?: unknown; readonly result?: unknown }) => boolean) | undefined
  readonly writableStackTraceEnabled?: boolean | undefined
}

export interface RateLimiterEvent extends PatternEvent {
  readonly type: 'SUCCESSFUL_ACQUIRE' | 'FAILED_ACQUIRE' | 'DRAINED'
  readonly permits: number
}

export class RequestNotPermittedError extends Error {
  override readonly name = 'RequestNotPermittedError'
  readonly rateLimiter: string

  constructor(rateLimiter: string) {
    super(`rate limiter '${rateLimiter}' does not permit further calls`)
    this.rateLimiter = rateLimiter
  }
}

/**
 * So many permissions in each cycle, counted from the instance's start (Resilience4j's AtomicRateLimiter). A call that must wait
 * takes a reservation on coming cycles, so the count may be below zero; one that could not be served within the time-out is refused
 * at once and takes nothing.
 */
export class RateLimiter extends Pattern<RateLimiterEvent> {
  #periodNs = 0 // Java counts whole nanoseconds; a double holds them for 104 days from the start, then rounds
  #limit = 0
  #timeoutNs = 0
  #drains: RateLimiterConfig['drainPermissionsOnResult']
  #stack = true
  readonly #startMs: number
  #cycle = 0
  #permissions: number
  #waiting = 0

  constructor(name: string, config: RateLimiterConfig = {}, options: InstanceOptions = {}) {
    super(name, EVENT_NAMES, options)
    this.#startMs = this.runtime.clock.now()
    this.changeConfig(config)
    this.#permissions = this.#limit
  }

  /**
   * Permissions of the current cycle stay as they are, once a call has been seen in it; a new limit holds for all cycles since
   * the last call, as in Resilience4j.
   */
  changeConfig(config: RateLimiterConfig): void {
    const limit = within('limitForPeriod', config.limitForPeriod ?? 50, { min: 1, max: PERMITS_MAX, whole: true })
    const timeoutMs = within('timeoutDurationMs', config.timeoutDurationMs ?? 5000, { min: 0, max: DURATION_MAX_MS })
    const periodMs = within('limitRefreshPeriodMs', config.limitRefreshPeriodMs ?? 0.0005, { min: 1e-6, max: DURATION_MAX_MS })
    const periodNs = Math.round(periodMs * 1e6)
    if (this.#periodNs > 0 && periodNs !== this.#periodNs) this.#cycle = Math.floor(this.#nowNs() / periodNs)
    this.#limit = limit
    this.#periodNs = periodNs
    this.#timeoutNs = timeoutMs * 1e6
    this.#drains = config.drainPermissionsOnResult
    this.#stack = config.writableStackTraceEnabled ?? true
  }

  metrics(): { readonly availablePermissions: number; readonly waitingThreads: number } {
    return { availablePermissions: this.#permissionsIn(this.#cycleAt(this.#nowNs())), waitingThreads: this.#waiting }
  }

  /** True takes `permits` that are there now; never waits. */
  tryAcquire(permits = 1): boolean {
    const taken = this.#reserve(permits, 0) === 0
    this.#tell(taken ? 'SUCCESSFUL_ACQUIRE' : 'FAILED_ACQUIRE', permits)
    return taken
  }

  /** Takes `permits` now or on coming cycles. Returns the milliseconds to wait for them, or -1 when that is past the time-out. */
  reserve(permits = 1): number {
    const waitNs = this.#reserve(permits, this.#timeoutNs)
    this.#tell(waitNs < 0 ? 'FAILED_ACQUIRE' : 'SUCCESSFUL_ACQUIRE', permits)
    return waitNs < 0 ? -1 : waitNs / 1e6
  }

  /**
   * Takes away what was left when the last call was seen, as Resilience4j does: all that is left, if that was in this cycle. What
   * came with cycles since then stays, and reservations are no longer owed.
   */
  drain(): void {
    const left = this.#permissions
    this.#refresh(this.#nowNs())
    const taken = this.#permissions >= left ? left : 0
    this.#permissions -= taken
    this.#tell('DRAINED', Math.max(0, taken))
  }

  async run<T>(task: Task<T>, call: Call): Promise<T> {
    const waitMs = this.reserve(1)
    if (waitMs < 0) throw makeError(() => new RequestNotPermittedError(this.name), this.#stack)
    if (waitMs > 0) await this.#wait(waitMs, call)
    const drains = this.#drains
    if (drains === undefined) return task(call)
    let result: T
    try {
      result = await task(call)
    } catch (error) {
      if (drains({ error })) this.drain()
      throw error
    }
    if (drains({ result })) this.drain()
    return result
  }

  #nowNs(): number {
    return Math.round((this.runtime.clock.now() - this.#startMs) * 1e6)
  }

  #cycleAt(nowNs: number): number {
    return Math.floor(nowNs / this.#periodNs)
  }

  #permissionsIn(cycle: number): number {
    return cycle > this.#cycle ? Math.min(this.#permissions + (cycle - this.#cycle) * this.#limit, this.#limit) : this.#permissions
  }

  #refresh(nowNs: number): number {
    const cycle = this.#cycleAt(nowNs)
    this.#permissions = this.#permissionsIn(cycle)
    this.#cycle = Math.max(cycle, this.#cycle)
    return cycle
  }

  #reserve(permits: number, timeoutNs: number): number {
    within('permits', permits, { min: 1, max: PERMITS_MAX, whole: true })
    const nowNs = this.#nowNs()
    const cycle = this.#refresh(nowNs)
    let waitNs = 0
    if (this.#permissions < permits) {
      const missing = permits - this.#permissions - this.#limit // after the next cycle has begun
      waitNs = (cycle + 1) * this.#periodNs - nowNs + Math.ceil(Math.max(0, missing) / this.#limit) * this.#periodNs
    }
    if (waitNs > timeoutNs) return -1
    this.#permissions -= permits
    return waitNs
  }

  #wait(waitMs: number, call: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      if (call.ended) return reject(call.signal.reason)
      this.#waiting++
      const timer = this.runtime.wheel.after(waitMs, () => {
        this.#waiting--
        stop()
        resolve()
      })
      const stop = onCancel(call, (reason) => {
        this.#waiting--
        timer.cancel()
        reject(reason)
      })
    })
  }

  #tell(type: RateLimiterEvent['type'], permits: number): void {
    if (this.events.heard) this.events.emit({ type, name: this.name, at: this.runtime.clock.now(), permits })
  }
}

export function rateLimiter(name: string, config: RateLimiterConfig = {}, options: InstanceOptions = {}): RateLimiter {
  return new RateLimiter(name, config, options)
}
