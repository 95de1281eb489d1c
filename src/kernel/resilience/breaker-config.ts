import { errorTest, oneOf, within, type ErrorClass } from './check.ts'

const FLOAT_MIN = 2 ** -149
const WINDOW_MAX = 1_000_000 // calls or seconds: a window is two bits a call, 16 bytes a second

export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN' | 'DISABLED' | 'FORCED_OPEN' | 'METRICS_ONLY'

/** In the order of Resilience4j's `State` enumeration, which is the order of its state metric. */
export const BREAKER_STATES: readonly BreakerState[] = ['DISABLED', 'METRICS_ONLY', 'CLOSED', 'OPEN', 'FORCED_OPEN', 'HALF_OPEN']

/** What a finished call says about the remote: it may ask to open at once, for a time the remote named. */
export interface TransitionAsked {
  readonly transitionToOpen: boolean
  readonly waitDurationMs?: number
  readonly waitUntil?: number
}

/** Names and meaning of Resilience4j 2.4.0's CircuitBreakerConfig; durations are milliseconds, thresholds percent. */
export interface CircuitBreakerConfig {
  readonly slidingWindowType?: 'COUNT_BASED' | 'TIME_BASED' | undefined
  readonly slidingWindowSize?: number | undefined
  /** No difference: there is one thread here. */
  readonly slidingWindowSynchronizationStrategy?: 'SYNCHRONIZED' | 'LOCK_FREE' | undefined
  readonly minimumNumberOfCalls?: number | undefined
  readonly failureRateThreshold?: number | undefined
  readonly slowCallRateThreshold?: number | undefined
  readonly slowCallDurationThresholdMs?: number | undefined
  readonly permittedNumberOfCallsInHalfOpenState?: number | undefined
  readonly waitDurationInOpenStateMs?: number | undefined
  /** From the number of times in a row that the breaker opened (1, 2, …) to its wait; not beside `waitDurationInOpenStateMs`. */
  readonly waitIntervalFunctionInOpenState?: ((attempt: number) => number) | undefined
  /** 0 = wait for ever. */
  readonly maxWaitDurationInHalfOpenStateMs?: number | undefined
  readonly transitionToStateAfterWaitDuration?: 'OPEN' | 'CLOSED' | undefined
  readonly automaticTransitionFromOpenToHalfOpenEnabled?: boolean | undefined
  readonly initialState?: BreakerState | undefined
  /** True makes a result count as a failure. */
  readonly recordResult?: ((result: unknown) => boolean) | undefined
  /** True makes an error count as a failure (default: all); false counts it as a success. */
  readonly recordException?: ((error: unknown) => boolean) | undefined
  readonly recordExceptions?: readonly ErrorClass[] | undefined
  /** True makes an error count as neither. */
  readonly ignoreException?: ((error: unknown) => boolean) | undefined
  readonly ignoreExceptions?: readonly ErrorClass[] | undefined
  /** No difference: ignoring goes before recording in any case. */
  readonly ignoreExceptionsPrecedenceEnabled?: boolean | undefined
  readonly transitionOnResult?:
    | ((outcome: { readonly result?: unknown; readonly error?: unknown }) => TransitionAsked | undefined)
    | undefined
  readonly writableStackTraceEnabled?: boolean | undefined
}

export interface BreakerRules {
  readonly slidingWindowType: 'COUNT_BASED' | 'TIME_BASED'
  readonly slidingWindowSize: number
  readonly minimumNumberOfCalls: number
  readonly failureRateThreshold: number
  readonly slowCallRateThreshold: number
  readonly slowCallDurationThresholdMs: number
  readonly permittedNumberOfCallsInHalfOpenState: number
  readonly waitInOpenMs: (attempt: number) => number
  readonly maxWaitDurationInHalfOpenStateMs: number
  readonly transitionToStateAfterWaitDuration: 'OPEN' | 'CLOSED'
  readonly automaticTransitionFromOpenToHalfOpenEnabled: boolean
  readonly initialState: BreakerState
  readonly recordsResult: ((result: unknown) => boolean) | undefined
  readonly recordsError: ((error: unknown) => boolean) | undefined
  readonly ignoresError: ((error: unknown) => boolean) | undefined
  readonly transitionOnResult: CircuitBreakerConfig['transitionOnResult']
  readonly writableStackTraceEnabled: boolean
}

function waitInOpen(config: CircuitBreakerConfig): (attempt: number) => number {
  const { waitDurationInOpenStateMs: fixed, waitIntervalFunctionInOpenState: growing } = config
  if (fixed !== undefined && growing !== undefined)
    throw new RangeError('waitDurationInOpenStateMs and waitIntervalFunctionInOpenState exclude each other')
  if (growing !== undefined) return growing
  const waitMs = within('waitDurationInOpenStateMs', fixed ?? 60_000, { min: 1 })
  return () => waitMs
}

/** Checks a configuration and fills in Resilience4j's defaults. Throws RangeError naming the field. */
export function breakerRules(config: CircuitBreakerConfig): BreakerRules {
  const after = config.transitionToStateAfterWaitDuration ?? 'OPEN'
  // Java keeps thresholds as 32-bit floats, and so judges them; so do the comparisons.
  const percent = (name: string, value: number): number => within(name, Math.fround(value), { min: FLOAT_MIN, max: 100 })
  return {
    slidingWindowType: oneOf('slidingWindowType', config.slidingWindowType ?? 'COUNT_BASED', ['COUNT_BASED', 'TIME_BASED']),
    slidingWindowSize: within('slidingWindowSize', config.slidingWindowSize ?? 100, { min: 1, max: WINDOW_MAX, whole: true }),
    minimumNumberOfCalls: within('minimumNumberOfCalls', config.minimumNumberOfCalls ?? 100, { min: 1, whole: true }),
    failureRateThreshold: percent('failureRateThreshold', config.failureRateThreshold ?? 50),
    slowCallRateThreshold: percent('slowCallRateThreshold', config.slowCallRateThreshold ?? 100),
    slowCallDurationThresholdMs: within('slowCallDurationThresholdMs', config.slowCallDurationThresholdMs ?? 60_000, { min: 1e-6 }),
    permittedNumberOfCallsInHalfOpenState: within(
      'permittedNumberOfCallsInHalfOpenState',
      config.permittedNumberOfCallsInHalfOpenState ?? 10,
      { min: 1, max: WINDOW_MAX, whole: true },
    ),
    waitInOpenMs: waitInOpen(config),
    maxWaitDurationInHalfOpenStateMs: within('maxWaitDurationInHalfOpenStateMs', config.maxWaitDurationInHalfOpenStateMs ?? 0, {
      min: 0,
    }),
    transitionToStateAfterWaitDuration: oneOf('transitionToStateAfterWaitDuration', after, ['OPEN', 'CLOSED']),
    automaticTransitionFromOpenToHalfOpenEnabled: config.automaticTransitionFromOpenToHalfOpenEnabled ?? false,
    initialState: oneOf('initialState', config.initialState ?? 'CLOSED', BREAKER_STATES),
    recordsResult: config.recordResult,
    recordsError: errorTest(config.recordException, config.recordExceptions),
    ignoresError: errorTest(config.ignoreException, config.ignoreExceptions),
    transitionOnResult: config.transitionOnResult,
    writableStackTraceEnabled: config.writableStackTraceEnabled ?? true,
  }
}
