/** Bits of an outcome as a window records it. */
export const FAILED = 1
export const SLOW = 2

const FIELDS = 4 // calls, failed, slow, slow and failed, for each second

/** Running totals of the calls in a sliding window; every question is O(1). */
export interface Window {
  readonly calls: number
  readonly failed: number
  readonly slow: number
  readonly slowFailed: number
  record(outcome: number): void
  /** Lets go of what has become too old. */
  settle(): void
}

/**
 * The last `size` calls, two bits each, allocated with the first call: up to 256 calls are then within the 64 bytes that V8 keeps
 * on its heap, without a buffer beside. A window of size 0 records nothing.
 */
export class CountWindow implements Window {
  readonly #size: number
  #ring: Uint8Array | undefined
  #head = 0
  calls = 0
  failed = 0
  slow = 0
  slowFailed = 0

  constructor(size: number) {
    this.#size = size
  }

  record(outcome: number): void {
    if (this.#size === 0) return
    const ring = (this.#ring ??= new Uint8Array((this.#size + 3) >> 2))
    const head = this.#head
    const shift = (head & 3) << 1
    const byte = ring[head >> 2]!
    if (this.calls === this.#size) {
      const old = (byte >> shift) & 3
      this.failed -= old & FAILED
      this.slow -= old >> 1
      this.slowFailed -= old & (old >> 1)
    } else this.calls++
    ring[head >> 2] = (byte & ~(3 << shift)) | (outcome << shift)
    this.failed += outcome & FAILED
    this.slow += outcome >> 1
    this.slowFailed += outcome & (outcome >> 1)
    this.#head = head + 1 === this.#size ? 0 : head + 1
  }

  settle(): void {
    // calls age only by newer calls
  }
}

/** The calls of the current whole clock second and of the `size - 1` before it. A clock that steps back stays in its latest second. */
export class TimeWindow implements Window {
  readonly #clock: { now(): number }
  readonly #size: number
  #seconds: Int32Array | undefined
  #second: number
  // of the current second: when it ends, ms, and where its counts stand
  #endsAt: number
  #at: number
  calls = 0
  failed = 0
  slow = 0
  slowFailed = 0

  constructor(size: number, clock: { now(): number }) {
    this.#size = size
    this.#clock = clock
    this.#second = Math.floor(clock.now() / 1000)
    this.#endsAt = (this.#second + 1) * 1000
    this.#at = this.#place(this.#second)
  }

  record(outcome: number): void {
    this.settle()
    const seconds = (this.#seconds ??= new Int32Array(this.#size * FIELDS))
    const at = this.#at
    const slowFailed = outcome & (outcome >> 1)
    seconds[at]!++
    seconds[at + 1]! += outcome & FAILED
    seconds[at + 2]! += outcome >> 1
    seconds[at + 3]! += slowFailed
    this.calls++
    this.failed += outcome & FAILED
    this.slow += outcome >> 1
    this.slowFailed += slowFailed
  }

  settle(): void {
    const now = this.#clock.now()
    if (now < this.#endsAt) return
    const second = Math.floor(now / 1000)
    const seconds = this.#seconds
    if (seconds !== undefined && this.calls > 0) {
      const gone = Math.min(second - this.#second, this.#size)
      for (let i = 0; i < gone; i++) {
        const at = this.#place(second - i)
        this.calls -= seconds[at]!
        this.failed -= seconds[at + 1]!
        this.slow -= seconds[at + 2]!
        this.slowFailed -= seconds[at + 3]!
        seconds.fill(0, at, at + FIELDS)
      }
    }
    this.#second = second
    this.#endsAt = (second + 1) * 1000
    this.#at = this.#place(second)
  }

  #place(second: number): number {
    const place = second % this.#size
    return (place < 0 ? place + this.#size : place) * FIELDS // a clock may begin below 0
  }
}
