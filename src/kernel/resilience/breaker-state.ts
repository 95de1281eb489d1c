import { BREAKER_STATES, type BreakerState } from './breaker-config.ts'
import type { PatternEvent } from './event-stream.ts'

// Every state may be left for itself, CLOSED, DISABLED, METRICS_ONLY and FORCED_OPEN; these are the others (CircuitBreaker.StateTransition).
const REFUSED: Readonly<Record<string, readonly BreakerState[]>> = {
  CLOSED: ['HALF_OPEN'],
  METRICS_ONLY: ['OPEN', 'HALF_OPEN'],
}

export function mayTransition(from: BreakerState, to: BreakerState): boolean {
  return BREAKER_STATES.includes(to) && REFUSED[from]?.includes(to) !== true
}

export class IllegalStateTransitionError extends Error {
  override readonly name = 'IllegalStateTransitionError'
  readonly from: BreakerState
  readonly to: BreakerState

  constructor(breaker: string, from: BreakerState, to: BreakerState) {
    super(`circuit breaker '${breaker}' may not go from ${from} to ${to}`)
    this.from = from
    this.to = to
  }
}

/** A call refused by an open breaker. `breaker` names it, `state` is OPEN, HALF_OPEN or FORCED_OPEN. */
export class CallNotPermittedError extends Error {
  override readonly name = 'CallNotPermittedError'
  readonly breaker: string
  readonly state: BreakerState

  constructor(breaker: string, state: BreakerState) {
    super(`circuit breaker '${breaker}' is ${state} and does not permit further calls`)
    this.breaker = breaker
    this.state = state
  }
}

/** A result that `recordResult` called a failure, as the `error` event carries it. */
export class ResultRecordedAsFailure extends Error {
  override readonly name = 'ResultRecordedAsFailure'
  readonly result: unknown

  constructor(breaker: string, result: unknown) {
    super(`circuit breaker '${breaker}' recorded a result as a failure`)
    this.result = result
  }
}

export const BREAKER_EVENTS = [
  'SUCCESS',
  'ERROR',
  'IGNORED_ERROR',
  'NOT_PERMITTED',
  'STATE_TRANSITION',
  'RESET',
  'FAILURE_RATE_EXCEEDED',
  'SLOW_CALL_RATE_EXCEEDED',
] as const

export interface BreakerEvent extends PatternEvent {
  readonly type: (typeof BREAKER_EVENTS)[number]
  readonly durationMs?: number
  readonly error?: unknown
  readonly from?: BreakerState
  readonly to?: BreakerState
  /** Percent, with the two events of an exceeded rate. */
  readonly rate?: number
}

/** Percentages are -1 below the minimum number of calls; `notPermittedCalls` counts since the state's window began. */
export interface BreakerMetrics {
  readonly failureRate: number
  readonly slowCallRate: number
  readonly bufferedCalls: number
  readonly successfulCalls: number
  readonly failedCalls: number
  readonly slowCalls: number
  readonly slowSuccessfulCalls: number
  readonly slowFailedCalls: number
  readonly notPermittedCalls: number
}
