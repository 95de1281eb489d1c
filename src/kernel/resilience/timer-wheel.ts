import type { Clock, Scheduler } from './runtime.ts'

const SLOTS = 256
const LEVELS = 4
const TICKS_MAX = SLOTS ** LEVELS - 1 // 49.7 days of 1 ms ticks; a longer wait is parked there and placed again

/** A pending task of a wheel. `cancel()` costs O(1), may be called twice and after it ran. */
export class Timer {
  readonly due: number
  readonly #wheel: TimerWheel
  task: (() => void) | undefined
  previous: Timer = this
  next: Timer = this
  level = 0

  constructor(wheel: TimerWheel, due: number, task: (() => void) | undefined) {
    this.#wheel = wheel
    this.due = due
    this.task = task
  }

  cancel(): void {
    if (this.task === undefined) return
    this.task = undefined
    this.#wheel.remove(this)
  }
}

/**
 * Hierarchical timing wheel (Varghese and Lauck, 1987, scheme 7) of 1 ms ticks over an injected clock: any number of waits stand
 * on one scheduled wake-up, adding and cancelling cost O(1). A task never runs before its time; same tick runs in order of adding.
 */
export class TimerWheel {
  readonly #clock: Clock
  readonly #scheduler: Scheduler
  readonly #start: number
  readonly #slots: (Timer | undefined)[] = Array.from({ length: SLOTS * LEVELS })
  readonly #counts = [0, 0, 0, 0]
  #tick = 0
  #size = 0
  #wakeAt = Infinity
  #cancelWake: (() => void) | undefined
  /** What the first failing task of this turn threw: it is told when all the others have run. */
  #failed: { readonly error: unknown } | undefined

  constructor(clock: Clock, scheduler: Scheduler) {
    this.#clock = clock
    this.#scheduler = scheduler
    this.#start = Math.floor(clock.now())
  }

  get size(): number {
    return this.#size
  }

  /** Runs `task` once `delayMs` of the clock have passed, never within this call. What is no number above 0 is no delay. */
  after(delayMs: number, task: () => void): Timer {
    const now = this.#clock.now() - this.#start
    if (this.#size === 0) this.#tick = Math.max(this.#tick, Math.floor(now))
    const timer = new Timer(this, Math.max(Math.ceil(now + (delayMs > 0 ? delayMs : 0)), this.#tick + 1), task)
    this.#place(timer)
    this.#size++
    if (timer.due < this.#wakeAt) this.#arm(timer.due)
    return timer
  }

  remove(timer: Timer): void {
    this.#unlink(timer)
    this.#size--
  }

  #place(timer: Timer): void {
    const delta = Math.min(timer.due - this.#tick, TICKS_MAX)
    const at = this.#tick + delta
    const level = delta < SLOTS ? 0 : delta < SLOTS ** 2 ? 1 : delta < SLOTS ** 3 ? 2 : 3
    const index = level * SLOTS + (Math.floor(at / SLOTS ** level) % SLOTS)
    const head = (this.#slots[index] ??= new Timer(this, 0, undefined))
    timer.level = level
    timer.previous = head.previous
    timer.next = head
    head.previous.next = timer
    head.previous = timer
    this.#counts[level]!++
  }

  #unlink(timer: Timer): void {
    timer.previous.next = timer.next
    timer.next.previous = timer.previous
    timer.next = timer.previous = timer
    this.#counts[timer.level]!--
  }

  #arm(due: number): void {
    this.#cancelWake?.()
    this.#wakeAt = due
    const delay = Math.max(1, Math.ceil(due - (this.#clock.now() - this.#start)))
    this.#cancelWake = this.#scheduler.schedule(this.#wake, delay)
  }

  readonly #wake = (): void => {
    this.#cancelWake = undefined
    this.#wakeAt = Infinity
    const now = Math.floor(this.#clock.now() - this.#start)
    for (let stop = this.#nextStop(); stop <= now; stop = this.#nextStop()) this.#turnTo(stop)
    this.#tick = Math.max(this.#tick, now)
    const stop = this.#nextStop()
    if (stop < this.#wakeAt) this.#arm(stop)
    const failed = this.#failed
    this.#failed = undefined
    if (failed !== undefined) throw failed.error
  }

  // The next tick at which a slot must be run, or handed down from a wider level.
  #nextStop(): number {
    let stop = Infinity
    for (let level = 0; level < LEVELS; level++) {
      if (this.#counts[level] === 0) continue
      const width = SLOTS ** level
      const from = Math.floor(this.#tick / width)
      for (let i = 1; i <= SLOTS; i++) {
        const head = this.#slots[level * SLOTS + ((from + i) % SLOTS)]
        if (head === undefined || head.next === head) continue
        stop = Math.min(stop, (from + i) * width)
        break
      }
    }
    return stop
  }

  #turnTo(tick: number): void {
    this.#tick = tick
    for (let level = LEVELS - 1; level > 0; level--) {
      const width = SLOTS ** level
      if (tick % width === 0) this.#empty(level * SLOTS + (Math.floor(tick / width) % SLOTS))
    }
    this.#empty(tick % SLOTS)
  }

  #empty(index: number): void {
    const head = this.#slots[index]
    if (head === undefined || head.next === head) return
    const last = head.previous
    let timer: Timer
    do {
      timer = head.next
      this.#unlink(timer)
      if (timer.due > this.#tick) {
        this.#place(timer)
        continue
      }
      const { task } = timer
      timer.task = undefined
      this.#size--
      try {
        task?.()
      } catch (error) {
        this.#failed ??= { error }
      }
    } while (timer !== last && head.next !== head)
  }
}
