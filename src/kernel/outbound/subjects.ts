const SUBJECTS_MAX = 1000

/**
 * Which of those that a target is asked about it failed on last: a record that it stumbles over every time says nothing new about its
 * health. The longest unasked is forgotten when there are too many.
 */
export class Subjects {
  readonly #failing = new Set<string>()

  /** Notes how a call about somebody ended. True if it failed, and the one before had failed too. */
  failsAgain(about: string, failed: boolean): boolean {
    const before = this.#failing.delete(about)
    if (!failed) return false
    this.#failing.add(about)
    for (const oldest of this.#failing) {
      if (this.#failing.size <= SUBJECTS_MAX) break
      this.#failing.delete(oldest)
    }
    return before
  }
}
