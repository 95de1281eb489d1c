/** `now()` in milliseconds, the only time this module reads. */
export interface Clock {
  now(): number
}

/** When to run what was put off. */
export interface Scheduler {
  /** After everything that the current callback leads to without waiting. */
  tick(task: () => void): void
  /** After every callback that is already due. */
  turn(task: () => void): void
  /** After about `delayMs`; hands back how to call it off. */
  after(delayMs: number, task: () => void): () => void
}

export const monotonic: Clock = { now: () => performance.now() }

// A longer time-out would fire at once; who is woken early goes back to sleep.
const TIMEOUT_MAX_MS = 2 ** 31 - 1

const settled = Promise.resolve()
const node: { nextTick(this: void, task: () => void): void } | undefined = globalThis.process
// looked up once: `process` is a dictionary
const nextTick = node?.nextTick
const immediate: ((task: () => void) => unknown) | undefined = globalThis.setImmediate

// One promise job for each, in their order: none needs a function of its own to remember what it was for.
const ticks: (() => void)[] = []
const toTick = (): void => {
  const task = ticks.length === 1 ? ticks.pop()! : ticks.shift()!
  if (nextTick === undefined) task()
  else nextTick(task)
}

/** The platform's own queues; a timer of these never holds the process open. */
export const platform: Scheduler = {
  // First the promise jobs of this callback, then the tick: keys asked for behind an `await` of something ready still join.
  tick(task) {
    ticks.push(task)
    void settled.then(toTick)
  },
  turn: (task) => void (immediate === undefined ? setTimeout(task, 0) : immediate(task)),
  after(delayMs, task) {
    const timeout = setTimeout(task, Math.min(delayMs, TIMEOUT_MAX_MS))
    if (typeof timeout === 'object') timeout.unref()
    return () => clearTimeout(timeout)
  },
}
