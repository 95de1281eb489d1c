import { breakerRules, type BreakerRules, type BreakerState, type CircuitBreakerConfig } from './breaker-config.ts'
import { BreakerMachine, type BreakerWatcher } from './breaker-machine.ts'
import { BREAKER_EVENTS, CallNotPermittedError, ResultRecordedAsFailure, type BreakerEvent, type BreakerMetrics } from './breaker-state.ts'
import type { Call, Task } from './call.ts'
import { makeError, within } from './check.ts'
import { EventStream } from './event-stream.ts'
import { Pattern } from './pattern.ts'
import type { InstanceOptions } from './runtime.ts'
import { FAILED, SLOW } from './window.ts'

const EVENT_NAMES = EventStream.names(BREAKER_EVENTS)

/** Outcomes since the instance was made; `maxMs` is the longest of all. */
export interface Tally {
  calls: number
  sumMs: number
  maxMs: number
}

function add(kind: Tally, durationMs: number): void {
  kind.calls++
  kind.sumMs += durationMs
  if (durationMs > kind.maxMs) kind.maxMs = durationMs
}

/**
 * Resilience4j 2.4.0's circuit breaker. Timed transitions happen at their due time by the clock; with a scheduler (or the default
 * clock) they are also noticed, and announced, on their own.
 */
export class CircuitBreaker extends Pattern<BreakerEvent> implements BreakerWatcher {
  readonly #machine: BreakerMachine
  // As Resilience4j's micrometer binder counts: what its events publish, so nothing while DISABLED or FORCED_OPEN.
  readonly #successful: Tally = { calls: 0, sumMs: 0, maxMs: 0 }
  readonly #failed: Tally = { calls: 0, sumMs: 0, maxMs: 0 }
  #ignored: Tally | undefined
  #notPermitted = 0
  #rules

  constructor(name: string, config: CircuitBreakerConfig, options: InstanceOptions) {
    super(name, EVENT_NAMES, options)
    this.#rules = breakerRules(config)
    this.#machine = new BreakerMachine(this.#rules, this.runtime, this)
  }

  /** What holds now, with the defaults filled in. */
  get config(): BreakerRules {
    return this.#rules
  }

  get state(): BreakerState {
    this.#machine.settle()
    return this.#machine.state
  }

  /** Of the current state's window. */
  metrics(): BreakerMetrics {
    this.#machine.settle()
    return this.#machine.metrics()
  }

  /** Since the instance was made. */
  totals(): { readonly successful: Tally; readonly failed: Tally; readonly ignored: Tally; readonly notPermitted: number } {
    const none = { calls: 0, sumMs: 0, maxMs: 0 }
    return { successful: this.#successful, failed: this.#failed, ignored: this.#ignored ?? none, notPermitted: this.#notPermitted }
  }

  /** True takes a permission, which `onSuccess`, `onResult`, `onError` or `releasePermission` must give back. */
  tryAcquire(): boolean {
    if (this.#machine.state === 'CLOSED' || this.#machine.tryAcquire()) return true
    if (this.#publishes()) {
      this.#notPermitted++
      if (this.events.heard) this.#emit({ type: 'NOT_PERMITTED' })
    }
    return false
  }

  /** Gives back a permission without a result. */
  releasePermission(): void {
    this.#machine.settle()
    this.#machine.release()
  }

  onSuccess(durationMs: number): void {
    this.#machine.settle()
    this.#succeeded(durationMs)
  }

  /** As `onSuccess`, after `recordResult` and `transitionOnResult` have seen the result (null and undefined they do not see). */
  onResult(durationMs: number, result: unknown): void {
    this.#machine.settle()
    const { recordsResult, transitionOnResult } = this.#rules
    const seen = result !== null && result !== undefined
    if (seen && recordsResult?.(result) === true) {
      this.#erred(durationMs, this.events.heard ? new ResultRecordedAsFailure(this.name, result) : undefined)
      return
    }
    this.#succeeded(durationMs)
    if (seen && transitionOnResult !== undefined) this.#machine.obey(transitionOnResult({ result }))
  }

  onError(durationMs: number, error?: unknown): void {
    this.#machine.settle()
    const { ignoresError, recordsError, transitionOnResult } = this.#rules
    if (ignoresError?.(error) === true) {
      this.#machine.release()
      if (!this.#publishes()) return
      add((this.#ignored ??= { calls: 0, sumMs: 0, maxMs: 0 }), durationMs)
      if (this.events.heard) this.#emit({ type: 'IGNORED_ERROR', durationMs, error })
      return
    }
    if (recordsError === undefined || recordsError(error)) this.#erred(durationMs, error)
    else this.#succeeded(durationMs)
    if (transitionOnResult !== undefined) this.#machine.obey(transitionOnResult({ error }))
  }

  /** Moves by hand; throws IllegalStateTransitionError for CLOSED to HALF_OPEN and METRICS_ONLY to OPEN or HALF_OPEN. */
  transitionTo(state: BreakerState): void {
    this.#machine.settle()
    this.#machine.transition(state, this.runtime.clock.now())
  }

  /** Opens for a time of its own, which does not count as one more opening in a row. */
  transitionToOpenFor(waitMs: number): void {
    within('waitMs', waitMs, { min: 0 })
    this.#machine.settle()
    const now = this.runtime.clock.now()
    this.#machine.transition('OPEN', now, now + waitMs)
  }

  /** CLOSED with an empty window, whatever was before, and nothing armed. */
  reset(): void {
    this.#machine.settle()
    const from = this.#machine.state
    this.#machine.enter('CLOSED', this.runtime.clock.now())
    if (from !== 'CLOSED') this.moved(from, 'CLOSED', this.runtime.clock.now())
    if (this.events.heard) this.#emit({ type: 'RESET' })
  }

  /** From the next call on. The window is kept if its kind and size stay. */
  changeConfig(config: CircuitBreakerConfig): void {
    this.#machine.settle()
    this.#rules = breakerRules(config)
    this.#machine.configure(this.#rules)
  }

  /** Records how `task` ended; rejects with CallNotPermittedError, without calling, if not permitted. A caller's own abort is not recorded. */
  async run<T>(task: Task<T>, call: Call): Promise<T> {
    if (!this.tryAcquire()) {
      throw makeError(() => new CallNotPermittedError(this.name, this.#machine.state), this.#rules.writableStackTraceEnabled)
    }
    const start = this.runtime.clock.now()
    let result: T
    try {
      result = await task(call)
    } catch (error) {
      if (call.cancelled) this.releasePermission()
      else this.onError(this.runtime.clock.now() - start, error)
      throw error
    }
    this.onResult(this.runtime.clock.now() - start, result)
    return result
  }

  moved(from: BreakerState, to: BreakerState, at: number): void {
    if (this.events.heard) this.#emit({ type: 'STATE_TRANSITION', from, to }, at)
  }

  exceeded(type: 'FAILURE_RATE_EXCEEDED' | 'SLOW_CALL_RATE_EXCEEDED', rate: number): void {
    if (this.events.heard) this.#emit({ type, rate })
  }

  #succeeded(durationMs: number): void {
    if (this.#publishes()) {
      add(this.#successful, durationMs)
      if (this.events.heard) this.#emit({ type: 'SUCCESS', durationMs })
    }
    this.#machine.record(durationMs > this.#rules.slowCallDurationThresholdMs ? SLOW : 0)
  }

  #erred(durationMs: number, error: unknown): void {
    if (this.#publishes()) {
      add(this.#failed, durationMs)
      if (this.events.heard) this.#emit({ type: 'ERROR', durationMs, error })
    }
    this.#machine.record(durationMs > this.#rules.slowCallDurationThresholdMs ? FAILED | SLOW : FAILED)
  }

  #publishes(): boolean {
    return this.#machine.state !== 'DISABLED' && this.#machine.state !== 'FORCED_OPEN'
  }

  #emit(event: Omit<BreakerEvent, 'name' | 'at'>, at = this.runtime.clock.now()): void {
    this.events.emit({ ...event, name: this.name, at })
  }
}

/** Makes a breaker with Resilience4j's defaults under `config`. RangeError names a bad field. */
export function circuitBreaker(name: string, config: CircuitBreakerConfig = {}, options: InstanceOptions = {}): CircuitBreaker {
  return new CircuitBreaker(name, config, options)
}
