import { attemptOf, onCancel, type Call, type Task } from './call.ts'
import { errorTest, makeError, within, type ErrorClass } from './check.ts'
import { EventStream, type PatternEvent } from './event-stream.ts'
import type { IntervalFunction } from './interval.ts'
import { Pattern } from './pattern.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { InstanceOptions } from './runtime.ts'

const ATTEMPTS_MAX = 1000
const EVENT_NAMES = EventStream.names(['RETRY', 'SUCCESS', 'ERROR', 'IGNORED_ERROR'])

/** Names and meaning of Resilience4j 2.4.0's RetryConfig, and a budget, which it does not have. */
export interface RetryConfig {
  /** The first call included. */
  readonly maxAttempts?: number | undefined
  readonly waitDurationMs?: number | undefined
  readonly intervalFunction?: IntervalFunction | undefined
  /** Sees the outcome too; below 0 gives up. */
  readonly intervalBiFunction?: ((attempt: number, outcome: { readonly error?: unknown; readonly result?: unknown }) => number) | undefined
  readonly retryOnResult?: ((result: unknown) => boolean) | undefined
  readonly retryOnException?: ((error: unknown) => boolean) | undefined
  readonly retryExceptions?: readonly ErrorClass[] | undefined
  readonly ignoreExceptions?: readonly ErrorClass[] | undefined
  /** Throws MaxRetriesExceededError when the last result is still unwanted; otherwise that result is the answer. */
  readonly failAfterMaxAttempts?: boolean | undefined
  readonly consumeResultBeforeRetryAttempt?: ((attempt: number, result: unknown) => void) | undefined
  readonly budget?: RetryBudget | undefined
  readonly writableStackTraceEnabled?: boolean | undefined
}

export interface RetryEvent extends PatternEvent {
  readonly type: 'RETRY' | 'SUCCESS' | 'ERROR' | 'IGNORED_ERROR'
  readonly attempts: number
  readonly error?: unknown
  readonly waitMs?: number
}

export class MaxRetriesExceededError extends Error {
  override readonly name = 'MaxRetriesExceededError'

  constructor(retry: string, attempts: number) {
    super(`retry '${retry}' has exhausted all ${attempts} attempts`)
  }
}

function intervalOf(config: RetryConfig): NonNullable<RetryConfig['intervalBiFunction']> {
  const { waitDurationMs, intervalFunction, intervalBiFunction } = config
  if ([waitDurationMs, intervalFunction, intervalBiFunction].filter((given) => given !== undefined).length > 1)
    throw new RangeError('waitDurationMs, intervalFunction and intervalBiFunction exclude each other')
  if (intervalBiFunction !== undefined) return intervalBiFunction
  if (intervalFunction !== undefined) return intervalFunction
  const waitMs = within('waitDurationMs', waitDurationMs ?? 500, { min: 0 })
  return () => waitMs
}

/** Calls again what failed. A caller that gave up, and an error that is not to be retried, end it at once. */
export class Retry extends Pattern<RetryEvent> {
  #config: RetryConfig
  #maxAttempts = 0
  #interval: NonNullable<RetryConfig['intervalBiFunction']>
  #retries: ((error: unknown) => boolean) | undefined
  #ignores: ((error: unknown) => boolean) | undefined
  #successfulWithout = 0
  #successfulWith = 0
  #failedWithout = 0
  #failedWith = 0

  constructor(name: string, config: RetryConfig = {}, options: InstanceOptions = {}) {
    super(name, EVENT_NAMES, options)
    this.#config = config
    this.#interval = intervalOf(config)
    this.changeConfig(config)
  }

  changeConfig(config: RetryConfig): void {
    const maxAttempts = within('maxAttempts', config.maxAttempts ?? 3, { min: 1, max: ATTEMPTS_MAX, whole: true })
    this.#interval = intervalOf(config)
    this.#maxAttempts = maxAttempts
    this.#retries = errorTest(config.retryOnException, config.retryExceptions)
    this.#ignores = errorTest(undefined, config.ignoreExceptions)
    this.#config = config
  }

  /** Calls by how they ended, as Resilience4j counts them. */
  metrics(): Readonly<Record<'successfulWithoutRetry' | 'successfulWithRetry' | 'failedWithoutRetry' | 'failedWithRetry', number>> {
    return {
      successfulWithoutRetry: this.#successfulWithout,
      successfulWithRetry: this.#successfulWith,
      failedWithoutRetry: this.#failedWithout,
      failedWithRetry: this.#failedWith,
    }
  }

  async run<T>(task: Task<T>, call: Call): Promise<T> {
    this.#config.budget?.deposit()
    let attempts = 0
    let lastError: unknown
    for (;;) {
      let result: T
      try {
        result = await task(attempts === 0 ? call : attemptOf(call, attempts + 1))
      } catch (error) {
        lastError = error
        const waitMs = this.#afterError(error, ++attempts, call)
        if (waitMs < 0) throw error
        await this.#sleep(waitMs, call)
        continue
      }
      const waitMs = this.#config.retryOnResult?.(result) === true ? this.#afterResult(result, ++attempts) : -1
      if (waitMs < 0) return this.#completed(result, attempts, lastError)
      await this.#sleep(waitMs, call)
    }
  }

  #completed<T>(result: T, attempts: number, lastError: unknown): T {
    if (attempts === 0) this.#successfulWithout++
    else if (attempts < this.#maxAttempts) {
      this.#successfulWith++
      this.#tell('SUCCESS', attempts, { error: lastError })
    } else {
      this.#failedWith++
      const exceeded = makeError(
        () => new MaxRetriesExceededError(this.name, this.#maxAttempts),
        this.#config.writableStackTraceEnabled !== false,
      )
      this.#tell('ERROR', attempts, { error: this.#config.failAfterMaxAttempts === true ? exceeded : (lastError ?? exceeded) })
      if (this.#config.failAfterMaxAttempts === true) throw exceeded
    }
    return result
  }

  // The wait before the next attempt, or -1.
  #afterResult(result: unknown, attempts: number): number {
    if (attempts >= this.#maxAttempts || this.#config.budget?.withdraw() === false) return -1
    this.#config.consumeResultBeforeRetryAttempt?.(attempts, result)
    const waitMs = this.#interval(attempts, { result })
    this.#tell('RETRY', attempts, { waitMs })
    return waitMs
  }

  #afterError(error: unknown, attempts: number, call: Call): number {
    if (call.ended || this.#retries?.(error) === false || this.#ignores?.(error) === true) {
      this.#failedWithout++
      this.#tell('IGNORED_ERROR', 0, { error })
      return -1
    }
    if (attempts >= this.#maxAttempts || this.#config.budget?.withdraw() === false) {
      if (attempts > 1 || this.#maxAttempts === 1) this.#failedWith++
      else this.#failedWithout++
      this.#tell('ERROR', attempts, { error })
      return -1
    }
    const waitMs = this.#interval(attempts, { error })
    if (waitMs < 0) this.#tell('ERROR', attempts, { error })
    else this.#tell('RETRY', attempts, { error, waitMs })
    return waitMs
  }

  #sleep(waitMs: number, call: Call): Promise<void> {
    return new Promise((resolve, reject) => {
      if (call.ended) return reject(call.signal.reason)
      if (waitMs === 0) return resolve()
      const timer = this.runtime.wheel.after(waitMs, () => {
        stop()
        resolve()
      })
      const stop = onCancel(call, (reason) => {
        timer.cancel()
        reject(reason)
      })
    })
  }

  #tell(type: RetryEvent['type'], attempts: number, facts: { error?: unknown; waitMs?: number }): void {
    if (this.events.heard) this.events.emit({ type, name: this.name, at: this.runtime.clock.now(), attempts, ...facts })
  }
}

export function retry(name: string, config: RetryConfig = {}, options: InstanceOptions = {}): Retry {
  return new Retry(name, config, options)
}
