import { innerCall, onCancel, type Call, type Task } from './call.ts'
import { within } from './check.ts'
import { EventStream, type PatternEvent } from './event-stream.ts'
import { Pattern } from './pattern.ts'
import type { InstanceOptions } from './runtime.ts'

const EVENT_NAMES = EventStream.names(['SUCCESS', 'ERROR', 'TIMEOUT'])

/** Names and meaning of Resilience4j 2.4.0's TimeLimiterConfig. */
export interface TimeLimiterConfig {
  readonly timeoutDurationMs?: number | undefined
  /** Aborts the task's signal at the time-out (default). */
  readonly cancelRunningFuture?: boolean | undefined
}

export interface TimeLimiterEvent extends PatternEvent {
  readonly type: 'SUCCESS' | 'ERROR' | 'TIMEOUT'
  readonly error?: unknown
}

export class TimeLimitExceededError extends Error {
  override readonly name = 'TimeLimitExceededError'
  readonly timeoutMs: number

  constructor(timeLimiter: string, timeoutMs: number) {
    super(`time limiter '${timeLimiter}' ended a call after ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}

/** Ends a call that takes too long: its signal is aborted and the caller hears of it, whether or not the task listens. */
export class TimeLimiter extends Pattern<TimeLimiterEvent> {
  #timeoutMs = 0
  #cancels = true
  #successful = 0
  #failed = 0
  #timeouts = 0

  constructor(name: string, config: TimeLimiterConfig = {}, options: InstanceOptions = {}) {
    super(name, EVENT_NAMES, options)
    this.changeConfig(config)
  }

  changeConfig(config: TimeLimiterConfig): void {
    this.#timeoutMs = within('timeoutDurationMs', config.timeoutDurationMs ?? 1000, { min: 0 })
    this.#cancels = config.cancelRunningFuture ?? true
  }

  metrics(): { readonly successful: number; readonly failed: number; readonly timeout: number } {
    return { successful: this.#successful, failed: this.#failed, timeout: this.#timeouts }
  }

  run<T>(task: Task<T>, call: Call): Promise<T> {
    return new Promise((resolve, reject) => {
      if (call.ended) return reject(call.signal.reason)
      const inner = innerCall(call)
      let over = false
      const end = (): boolean => {
        if (over) return false
        over = true
        timer.cancel()
        stop()
        inner.release()
        return true
      }
      const succeed = (result: T): void => {
        if (!end()) return
        this.#successful++
        if (this.events.heard) this.#emit('SUCCESS')
        resolve(result)
      }
      const fail = (error: unknown): void => {
        if (!end()) return
        // a time limit within counts as one here, as every TimeoutException does for Resilience4j
        const type = error instanceof TimeLimitExceededError ? 'TIMEOUT' : 'ERROR'
        if (type === 'TIMEOUT') this.#timeouts++
        else this.#failed++
        if (this.events.heard) this.#emit(type, error)
        reject(error)
      }
      const timer = this.runtime.wheel.after(this.#timeoutMs, () => {
        if (!end()) return
        const error = new TimeLimitExceededError(this.name, this.#timeoutMs)
        this.#timeouts++
        if (this.events.heard) this.#emit('TIMEOUT', error)
        if (this.#cancels) inner.end(error)
        reject(error)
      })
      const stop = onCancel(call, (reason) => {
        fail(reason)
        inner.end(reason)
      })
      try {
        const result = task(inner)
        if (isPromise(result)) result.then(succeed, fail)
        else succeed(result)
      } catch (error) {
        fail(error)
      }
    })
  }

  #emit(type: TimeLimiterEvent['type'], error?: unknown): void {
    this.events.emit({ type, name: this.name, at: this.runtime.clock.now(), error })
  }
}

function isPromise<T>(result: T | PromiseLike<T>): result is PromiseLike<T> {
  return typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function'
}

export function timeLimiter(name: string, config: TimeLimiterConfig = {}, options: InstanceOptions = {}): TimeLimiter {
  return new TimeLimiter(name, config, options)
}
