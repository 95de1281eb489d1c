import type { BreakerRules, BreakerState, TransitionAsked } from './breaker-config.ts'
import { IllegalStateTransitionError, mayTransition, type BreakerMetrics } from './breaker-state.ts'
import type { Runtime } from './runtime.ts'
import type { Timer } from './timer-wheel.ts'
import { CountWindow, TimeWindow, type Window } from './window.ts'

const CATCH_UP_MAX = 10_000 // timed transitions replayed after a long silence; past that whole rounds are left out
const ROUND_LEFT = 5 // what is left then is less than a round, so a few transitions
const BELOW_MINIMUM = -1

const percent = (part: number, calls: number): number => Math.fround(Math.fround(part * 100) / calls) // a Java float, to the bit

/** Who is told what the machine did. */
export interface BreakerWatcher {
  readonly name: string
  moved(from: BreakerState, to: BreakerState, at: number): void
  exceeded(type: 'FAILURE_RATE_EXCEEDED' | 'SLOW_CALL_RATE_EXCEEDED', rate: number): void
}

/**
 * The states of one breaker: its window, permissions, waits and thresholds. Timed transitions happen at their due time by the clock,
 * however late they are noticed; `settle()` comes before every look.
 */
export class BreakerMachine {
  readonly #runtime: Runtime
  readonly #watcher: BreakerWatcher
  #rules: BreakerRules
  #window: Window
  #minimum = 0
  #refused = 0
  #attempts = 0
  #permits = 0
  #openUntil = 0
  #dueAt = Infinity // of the armed transition
  #timer: Timer | undefined
  #failureTold = false
  #slowTold = false
  state: BreakerState = 'CLOSED'

  constructor(rules: BreakerRules, runtime: Runtime, watcher: BreakerWatcher) {
    this.#rules = rules
    this.#runtime = runtime
    this.#watcher = watcher
    this.#window = this.#closedWindow()
    if (rules.initialState === 'CLOSED') return
    if (rules.initialState === 'HALF_OPEN') this.#attempts = 1
    this.enter(rules.initialState, runtime.clock.now())
  }

  settle(): void {
    if (this.#dueAt === Infinity) return
    const now = this.#runtime.clock.now()
    for (let i = 1; this.#dueAt <= now && i <= CATCH_UP_MAX; i++) {
      if (i === CATCH_UP_MAX - ROUND_LEFT) this.#skipRounds(now)
      const at = i === CATCH_UP_MAX ? now : this.#dueAt
      this.transition(this.state === 'OPEN' ? 'HALF_OPEN' : this.#rules.transitionToStateAfterWaitDuration, at)
    }
  }

  // A round from open to half-open and back leaves everything as it was but the time and the count of openings.
  #skipRounds(now: number): void {
    const { maxWaitDurationInHalfOpenStateMs, waitInOpenMs } = this.#rules
    const roundMs = waitInOpenMs(Math.max(1, this.#attempts)) + maxWaitDurationInHalfOpenStateMs
    const rounds = Math.max(0, Math.floor((now - this.#dueAt) / roundMs))
    this.#dueAt += rounds * roundMs
    this.#openUntil += rounds * roundMs
    this.#attempts += rounds
  }

  tryAcquire(): boolean {
    this.settle()
    if (this.state === 'OPEN') {
      const now = this.#runtime.clock.now()
      if (now > this.#openUntil) this.transition('HALF_OPEN', now)
    }
    if (this.state === 'HALF_OPEN' ? this.#permits > 0 : this.state !== 'OPEN' && this.state !== 'FORCED_OPEN') {
      if (this.state === 'HALF_OPEN') this.#permits--
      return true
    }
    this.#refused++
    return false
  }

  release(): void {
    if (this.state === 'HALF_OPEN') this.#permits++
  }

  record(outcome: number): void {
    const { state } = this
    if (state === 'DISABLED' || state === 'FORCED_OPEN') return
    const window = this.#window
    window.record(outcome)
    const { calls } = window
    if (state === 'OPEN' || calls === 0 || calls < this.#minimum) return
    const failure = percent(window.failed, calls) >= this.#rules.failureRateThreshold
    const slow = percent(window.slow, calls) >= this.#rules.slowCallRateThreshold
    if (state === 'HALF_OPEN') this.transition(failure || slow ? 'OPEN' : 'CLOSED', this.#runtime.clock.now())
    else if (failure || slow) this.#exceeded(failure, slow)
  }

  /** Opens a closed breaker for the time that an outcome asked for, or the usual one. */
  obey(asked: TransitionAsked | undefined): void {
    if (asked?.transitionToOpen !== true || this.state !== 'CLOSED') return
    const now = this.#runtime.clock.now()
    this.transition('OPEN', now, asked.waitDurationMs === undefined ? asked.waitUntil : now + asked.waitDurationMs)
  }

  transition(to: BreakerState, at: number, openUntil?: number): void {
    const from = this.state
    if (!mayTransition(from, to)) throw new IllegalStateTransitionError(this.#watcher.name, from, to)
    this.enter(to, at, openUntil)
    if (from !== to) this.#watcher.moved(from, to, at)
  }

  /** Goes to a state without asking whether it may; what was armed is called off. */
  enter(to: BreakerState, at: number, openUntil?: number): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#dueAt = Infinity
    this.state = to
    if (to === 'OPEN') {
      this.#open(at, openUntil) // keeps the window it was judged by
      return
    }
    this.#refused = 0
    this.#failureTold = this.#slowTold = false
    if (to === 'FORCED_OPEN') this.#attempts++
    else if (to !== 'HALF_OPEN') this.#attempts = 0
    if (to === 'HALF_OPEN') this.#halfOpen(at)
    else this.#window = to === 'CLOSED' || to === 'METRICS_ONLY' ? this.#closedWindow() : new CountWindow(0)
  }

  /** New rules from the next call on; the window is kept if its kind and size stay. Nothing armed is moved. */
  configure(rules: BreakerRules): void {
    const before = this.#rules
    this.#rules = rules
    if (this.state !== 'CLOSED' && this.state !== 'METRICS_ONLY') return
    const sameWindow = before.slidingWindowType === rules.slidingWindowType && before.slidingWindowSize === rules.slidingWindowSize
    if (sameWindow) this.#minimum = this.#closedMinimum()
    else this.#window = this.#closedWindow()
  }

  metrics(): BreakerMetrics {
    const window = this.#window
    window.settle()
    const { calls, failed, slow, slowFailed } = window
    const judged = calls > 0 && calls >= this.#minimum
    return {
      failureRate: judged ? percent(failed, calls) : BELOW_MINIMUM,
      slowCallRate: judged ? percent(slow, calls) : BELOW_MINIMUM,
      bufferedCalls: calls,
      successfulCalls: calls - failed,
      failedCalls: failed,
      slowCalls: slow,
      slowSuccessfulCalls: slow - slowFailed,
      slowFailedCalls: slowFailed,
      notPermittedCalls: this.#refused,
    }
  }

  #open(at: number, openUntil?: number): void {
    // a wait that was asked for is not one more opening in a row; one that is no number is none, or the breaker would never close again
    const until = openUntil ?? at + this.#rules.waitInOpenMs(++this.#attempts)
    this.#openUntil = Number.isNaN(until) ? at : until
    if (this.#rules.automaticTransitionFromOpenToHalfOpenEnabled) this.#arm(this.#openUntil)
  }

  #halfOpen(at: number): void {
    const rules = this.#rules
    this.#permits = rules.permittedNumberOfCallsInHalfOpenState
    this.#window = new CountWindow(this.#permits)
    this.#minimum = Math.min(rules.minimumNumberOfCalls, this.#permits)
    if (rules.maxWaitDurationInHalfOpenStateMs >= 1) this.#arm(at + rules.maxWaitDurationInHalfOpenStateMs)
  }

  #arm(dueAt: number): void {
    this.#dueAt = dueAt
    if (!this.#runtime.wakes) return
    this.#timer = this.#runtime.wheel.after(Math.max(0, dueAt - this.#runtime.clock.now()), () => this.settle())
  }

  #exceeded(failure: boolean, slow: boolean): void {
    const { failed, slow: slowCalls, calls } = this.#window
    const closed = this.state === 'CLOSED' // METRICS_ONLY stays, and tells each excess once
    if (failure && !this.#failureTold) this.#watcher.exceeded('FAILURE_RATE_EXCEEDED', percent(failed, calls))
    if (slow && !this.#slowTold) this.#watcher.exceeded('SLOW_CALL_RATE_EXCEEDED', percent(slowCalls, calls))
    this.#failureTold ||= failure
    this.#slowTold ||= slow
    if (closed) this.transition('OPEN', this.#runtime.clock.now())
  }

  #closedMinimum(): number {
    const { slidingWindowType, slidingWindowSize, minimumNumberOfCalls } = this.#rules
    return slidingWindowType === 'COUNT_BASED' ? Math.min(minimumNumberOfCalls, slidingWindowSize) : minimumNumberOfCalls
  }

  #closedWindow(): Window {
    const { slidingWindowType, slidingWindowSize } = this.#rules
    this.#minimum = this.#closedMinimum()
    return slidingWindowType === 'COUNT_BASED' ? new CountWindow(slidingWindowSize) : new TimeWindow(slidingWindowSize, this.#runtime.clock)
  }
}
