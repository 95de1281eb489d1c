import type { Clock, Scheduler } from './timing.ts'

const COMPACT_AT = 64

interface Due {
  readonly at: number
  run: (() => void) | undefined
}

/** Any number of deadlines on one scheduled wake-up: a binary heap whose cancelled half is swept out. */
export class Deadlines {
  readonly #clock: Clock
  readonly #scheduler: Scheduler
  #heap: Due[] = []
  #cancelled = 0
  #wakeAt = Infinity
  #cancelWake: (() => void) | undefined

  constructor(clock: Clock, scheduler: Scheduler) {
    this.#clock = clock
    this.#scheduler = scheduler
  }

  get size(): number {
    return this.#heap.length - this.#cancelled
  }

  /** Runs `run` when the clock has reached `at`, never within this call. */
  add(at: number, run: () => void): () => void {
    const due: Due = { at, run }
    this.#push(due)
    if (at < this.#wakeAt) this.#arm(at)
    return () => {
      if (due.run === undefined) return
      due.run = undefined
      this.#cancelled++
      if (this.#cancelled > COMPACT_AT && this.#cancelled * 2 > this.#heap.length) this.#compact()
    }
  }

  #arm(at: number): void {
    this.#cancelWake?.()
    this.#wakeAt = at
    this.#cancelWake = this.#scheduler.after(Math.max(0, Math.ceil(at - this.#clock.now())), this.#wake)
  }

  readonly #wake = (): void => {
    this.#wakeAt = Infinity
    this.#cancelWake = undefined
    const now = this.#clock.now()
    for (let first = this.#heap[0]; first !== undefined && (first.at <= now || first.run === undefined); first = this.#heap[0]) {
      this.#pop()
      const { run } = first
      if (run === undefined) this.#cancelled--
      first.run = undefined
      run?.()
    }
    const first = this.#heap[0]
    if (first !== undefined && first.at < this.#wakeAt) this.#arm(first.at)
  }

  #compact(): void {
    const live = this.#heap.filter(({ run }) => run !== undefined).sort((a, b) => a.at - b.at)
    this.#heap = live // sorted is a heap
    this.#cancelled = 0
    if (live.length > 0) return
    this.#cancelWake?.()
    this.#cancelWake = undefined
    this.#wakeAt = Infinity
  }

  #push(due: Due): void {
    const heap = this.#heap
    let i = heap.length
    heap.push(due)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (heap[parent]!.at <= due.at) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = due
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++
      if (heap[child]!.at >= last.at) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = last
  }
}
