import { TimerWheel } from './timer-wheel.ts'

/** `now()` in milliseconds; fractions are welcome. The only time this module reads. */
export interface Clock {
  now(): number
}

/** Runs `task` once after about `delayMs`, and hands back how to call it off. */
export interface Scheduler {
  schedule(task: () => void, delayMs: number): () => void
}

/** What a pattern is built on. All three have a default; give all three to replay a day from a seed. */
export interface RuntimeOptions {
  readonly clock?: Clock | undefined
  readonly scheduler?: Scheduler | undefined
  /** Uniform in [0, 1), for jitter. */
  readonly random?: (() => number) | undefined
}

export interface InstanceOptions extends RuntimeOptions {
  /** Labels added to every metric of the instance. */
  readonly tags?: Readonly<Record<string, string>> | undefined
}

export interface Runtime {
  readonly clock: Clock
  readonly wheel: TimerWheel
  readonly random: () => number
  /** False when a clock was injected without a scheduler: then states change when they are next looked at. */
  readonly wakes: boolean
}

// Monotonic, so that a step of the wall clock neither opens nor closes anything; on the epoch, so that whole seconds are the wall's.
const origin = performance.timeOrigin
const monotonic: Clock = { now: () => origin + performance.now() }

// A longer time-out would fire at once; the wheel goes back to sleep when it is woken early.
const TIMEOUT_MAX_MS = 2 ** 31 - 1

// Never holds the process open.
const timeouts: Scheduler = {
  schedule(task, delayMs) {
    const timeout = setTimeout(task, Math.min(delayMs, TIMEOUT_MAX_MS))
    timeout.unref()
    return () => clearTimeout(timeout)
  },
}

// splitmix32 (Steele, Lea, Flood 2014): jitter needs spread, not secrecy.
function spread(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let z = state ^ (state >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32
  }
}

const wheels = new WeakMap<Clock, WeakMap<Scheduler, TimerWheel>>()

function wheelOf(clock: Clock, scheduler: Scheduler): TimerWheel {
  let ofClock = wheels.get(clock)
  if (ofClock === undefined) wheels.set(clock, (ofClock = new WeakMap()))
  let wheel = ofClock.get(scheduler)
  if (wheel === undefined) ofClock.set(scheduler, (wheel = new TimerWheel(clock, scheduler)))
  return wheel
}

let usual: Runtime | undefined

/** One wheel for each pair of clock and scheduler, whoever asks; the defaults are one shared runtime. */
export function runtimeOf(options: RuntimeOptions = {}): Runtime {
  const { clock, scheduler, random } = options
  if (clock === undefined && scheduler === undefined && random === undefined) {
    return (usual ??= {
      clock: monotonic,
      wheel: wheelOf(monotonic, timeouts),
      random: spread(Math.floor(monotonic.now() * 1000)),
      wakes: true,
    })
  }
  const time = clock ?? monotonic
  return {
    clock: time,
    wheel: wheelOf(time, scheduler ?? timeouts),
    random: random ?? spread(Math.floor(time.now())),
    wakes: clock === undefined || scheduler !== undefined,
  }
}
