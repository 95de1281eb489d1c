const STEPS = 8 // buckets an octave: a quantile is right to 9 %
const LOWEST = -10 * STEPS // about a microsecond
const BUCKETS = 32 * STEPS // up to about an hour
const EVERY = 32 // loads between two looks at the buckets
const SHORT_MS = 1 // a rival takes a timer, and so longer than this
const TINY_MS = 0.05 // an answer that was there already
const ONE_IN = { short: 4, tiny: 32 } as const
const HALVED_AT = 1024 // loads after which the old ones count half

/** Live quantiles of a source's loads, the latest thousand or two weighing most. */
export class Latency {
  // The first loads, in a list: many a source never sees more.
  #first: number[] | undefined = []
  #buckets = new Float64Array(0)
  #total = 0
  #seen = 0
  #untimed = 0
  #p50 = 0
  #p95 = Infinity

  get p50(): number {
    return this.#p50
  }

  /** Infinity until 32 loads have been seen. */
  get p95(): number {
    return this.#p95
  }

  /** Whether the load at hand should be timed: while they are too short for a rival, some tell as much as all. */
  asks(): boolean {
    const oneIn = this.#p95 >= SHORT_MS ? 1 : this.#p95 >= TINY_MS ? ONE_IN.short : ONE_IN.tiny
    if (++this.#untimed < oneIn) return false
    this.#untimed = 0
    return true
  }

  record(ms: number): void {
    this.#seen++
    if (this.#first !== undefined) {
      this.#first.push(ms)
      if (this.#seen < EVERY) return
      this.#buckets = new Float64Array(BUCKETS)
      for (const early of this.#first) this.#add(early)
      this.#first = undefined
    } else this.#add(ms)
    if (this.#seen % EVERY !== 0) return
    if (this.#total >= HALVED_AT) {
      for (let i = 0; i < BUCKETS; i++) this.#buckets[i]! /= 2
      this.#total /= 2
    }
    this.#p50 = this.#quantile(0.5)
    this.#p95 = this.#quantile(0.95)
  }

  #add(ms: number): void {
    const step = ms > 0 ? Math.floor(Math.log2(ms) * STEPS) - LOWEST : 0
    this.#buckets[Math.min(Math.max(step, 0), BUCKETS - 1)]!++
    this.#total++
  }

  #quantile(share: number): number {
    let left = this.#total * share
    for (let i = 0; i < BUCKETS; i++) {
      left -= this.#buckets[i]!
      if (left <= 0) return 2 ** ((i + 1 + LOWEST) / STEPS)
    }
    return Infinity
  }
}
