import type { Work } from './call.ts'

/** More than this and a caller is better told to come back: at 4,000 calls a second it is two and a half seconds of work. */
const queueMax = 10_000
/** Fewer than this are not shared out between pumps: what a group costs of its own would outweigh what the second connection brings. */
const groupLeast = 8
/** How far past blocked calls a group looks for others; keeps a hot lock from making each group scan the whole queue. */
const lookAhead = 1_024

/** Calls in order of arrival. A group takes those whose locks nobody in flight holds; calls that share a lock keep their order. */
export class Queue {
  readonly #groupMax: number
  readonly #held = new Set<string>()
  #works: Work[] = []

  constructor(groupMax: number) {
    this.#groupMax = groupMax
  }

  get length(): number {
    return this.#works.length
  }

  get full(): boolean {
    return this.#works.length >= queueMax
  }

  push(work: Work): void {
    this.#works.push(work)
  }

  /** The next group: calls with disjoint locks, in order; an `alone` operation, or a call that was locked out, is a group of one. */
  take(wanted = this.#groupMax): Work[] {
    const taken: Work[] = []
    const left: Work[] = []
    const blocked = new Set<string>()
    const works = this.#works
    const most = Math.min(this.#groupMax, Math.max(wanted, groupLeast))
    let at = 0
    for (; at < works.length && at < lookAhead && taken.length < most; at++) {
      const work = works[at] as Work
      const alone = work.call.operation.spec.alone === true || work.lockedOut > 0
      const free = work.locks.every((lock) => !this.#held.has(lock) && !blocked.has(lock))
      if (free && !(alone && taken.length > 0)) {
        taken.push(work)
        for (const lock of work.locks) this.#held.add(lock)
        if (alone) {
          at++
          break
        }
      } else {
        left.push(work)
        for (const lock of work.locks) blocked.add(lock)
      }
    }
    this.#works = left.length === 0 ? works.slice(at) : left.concat(works.slice(at))
    return taken
  }

  release(works: readonly Work[]): void {
    for (const work of works) for (const lock of work.locks) this.#held.delete(lock)
  }
}
