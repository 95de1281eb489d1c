export interface WorkPoolSize {
  /** This many run at once before any wait. */
  readonly core: number
  /** This many wait before more are run. */
  readonly queue: number
  /** Never more than this many run in the pool. */
  readonly max: number
}

/**
 * A bounded pool by the rule of Java's ThreadPoolExecutor: up to `core` run, then `queue` wait, then up to `max` run. Past that `offer`
 * is false and the caller runs the task itself, which keeps it from bringing more.
 */
export class WorkPool {
  readonly #size: WorkPoolSize
  readonly #waiting: (() => Promise<void>)[] = []
  #running = 0

  constructor(size: WorkPoolSize) {
    if (!(size.core >= 1 && size.max >= size.core && size.queue >= 0)) throw new RangeError('a pool has core ≥ 1, max ≥ core and queue ≥ 0')
    this.#size = size
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Takes a task, which must not reject; false if there is no more room. */
  offer(task: () => Promise<void>): boolean {
    const { core, queue, max } = this.#size
    if (this.#running < core) this.#run(task)
    else if (this.#waiting.length < queue) this.#waiting.push(task)
    else if (this.#running < max) this.#run(task)
    else return false
    return true
  }

  #run(task: () => Promise<void>): void {
    this.#running += 1
    void task().finally(() => {
      this.#running -= 1
      const next = this.#waiting.shift()
      if (next) this.#run(next)
    })
  }
}
