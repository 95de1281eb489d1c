import { onCancel, type Call, type Task } from './call.ts'
import { makeError, within } from './check.ts'
import { EventStream, type PatternEvent } from './event-stream.ts'
import { Pattern } from './pattern.ts'
import type { InstanceOptions } from './runtime.ts'
import type { Timer } from './timer-wheel.ts'

const WAITERS_MAX = 100_000
export const BULKHEAD_EVENTS = EventStream.names(['CALL_PERMITTED', 'CALL_REJECTED', 'CALL_FINISHED'])

/** Names and meaning of Resilience4j 2.4.0's BulkheadConfig; waiters are always served in order. */
export interface BulkheadConfig {
  readonly maxConcurrentCalls?: number | undefined
  /** 0 = refuse at once. */
  readonly maxWaitDurationMs?: number | undefined
  /** No difference: the order is kept in any case. */
  readonly fairCallHandlingEnabled?: boolean | undefined
  readonly writableStackTraceEnabled?: boolean | undefined
}

export interface BulkheadEvent extends PatternEvent {
  readonly type: 'CALL_PERMITTED' | 'CALL_REJECTED' | 'CALL_FINISHED'
}

export class BulkheadFullError extends Error {
  override readonly name = 'BulkheadFullError'
  readonly bulkhead: string

  constructor(bulkhead: string) {
    super(`bulkhead '${bulkhead}' is full and does not permit further calls`)
    this.bulkhead = bulkhead
  }
}

interface Waiter {
  readonly enter: () => void
  readonly timer: Timer
}

/** At most so many calls at a time; others wait for a while, in order, or are refused. */
export class Bulkhead extends Pattern<BulkheadEvent> {
  readonly #waiters = new Set<Waiter>()
  #running = 0
  #limit = 0
  #maxWaitMs = 0
  #stack = true

  constructor(name: string, config: BulkheadConfig = {}, options: InstanceOptions = {}) {
    super(name, BULKHEAD_EVENTS, options)
    this.changeConfig(config)
  }

  /** Running calls are left alone: a smaller limit binds as they finish. */
  changeConfig(config: BulkheadConfig): void {
    const limit = within('maxConcurrentCalls', config.maxConcurrentCalls ?? 25, { min: 0, whole: true })
    this.#maxWaitMs = within('maxWaitDurationMs', config.maxWaitDurationMs ?? 0, { min: 0 })
    this.#limit = limit
    this.#stack = config.writableStackTraceEnabled ?? true
    while (this.#running < this.#limit && this.#admit());
  }

  metrics(): { readonly availableConcurrentCalls: number; readonly maxAllowedConcurrentCalls: number; readonly waitingCalls: number } {
    return {
      availableConcurrentCalls: this.#limit - this.#running,
      maxAllowedConcurrentCalls: this.#limit,
      waitingCalls: this.#waiters.size,
    }
  }

  /** Never waits. True must be followed by one `onComplete` or `releasePermission`. */
  tryAcquire(): boolean {
    const permitted = this.#running < this.#limit
    if (permitted) this.#running++
    this.#tell(permitted ? 'CALL_PERMITTED' : 'CALL_REJECTED')
    return permitted
  }

  releasePermission(): void {
    this.#running--
    if (this.#running < this.#limit) this.#admit()
  }

  onComplete(): void {
    this.releasePermission()
    this.#tell('CALL_FINISHED')
  }

  async run<T>(task: Task<T>, call: Call): Promise<T> {
    if (this.#running < this.#limit) {
      this.#running++
      this.#tell('CALL_PERMITTED')
    } else await this.#wait(call)
    try {
      return await task(call)
    } finally {
      this.onComplete()
    }
  }

  #wait(call: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = (reason: unknown): void => {
        this.#tell('CALL_REJECTED')
        reject(reason)
      }
      const full = (): BulkheadFullError => makeError(() => new BulkheadFullError(this.name), this.#stack)
      if (this.#maxWaitMs === 0 || this.#waiters.size >= WAITERS_MAX) return refuse(full())
      if (call.ended) return refuse(call.signal.reason)
      const timer = this.runtime.wheel.after(this.#maxWaitMs, () => {
        this.#waiters.delete(waiter)
        stop()
        refuse(full())
      })
      const stop = onCancel(call, (reason) => {
        timer.cancel()
        this.#waiters.delete(waiter)
        refuse(reason)
      })
      const enter = (): void => {
        stop()
        this.#tell('CALL_PERMITTED')
        resolve()
      }
      const waiter: Waiter = { timer, enter }
      this.#waiters.add(waiter)
    })
  }

  #admit(): boolean {
    const [next] = this.#waiters
    if (next === undefined) return false
    this.#waiters.delete(next)
    next.timer.cancel()
    this.#running++
    next.enter()
    return true
  }

  #tell(type: BulkheadEvent['type']): void {
    if (this.events.heard) this.events.emit({ type, name: this.name, at: this.runtime.clock.now() })
  }
}

export function bulkhead(name: string, config: BulkheadConfig = {}, options: InstanceOptions = {}): Bulkhead {
  return new Bulkhead(name, config, options)
}
