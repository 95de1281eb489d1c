import type { Looking } from './pattern-place.ts'

/** Thrown where a text has cost what one may cost. */
export class Exhausted extends Error {}

/** One step of a search and all that follow it: whether they match from a place on. */
export type Node = (matching: Matching, at: number) => boolean

/** What one text may cost a pattern that goes back: a few tenths of a second. */
export const STEPS_PER_TEXT = 8_000_000

/** What a search knows of its text: the groups, where each began, and how often each loop was gone through. */
export class Matching implements Looking {
  readonly text: string
  /** Start and end of each group, -1 where it took no part. */
  readonly groups: Int32Array
  readonly locals: Int32Array
  /** For each loop that may, the places from which it failed. */
  readonly failed: Set<number>[]
  /** Where something last matched. */
  last = 0
  /** The end of the match before, where `\G` holds. */
  before = 0
  /** Where what is looked for behind must end. */
  behindTo = 0
  #left = STEPS_PER_TEXT

  constructor(text: string, sizes: { readonly groups: number; readonly locals: number; readonly memos: number }) {
    this.text = text
    this.groups = new Int32Array(2 * sizes.groups + 2)
    this.locals = new Int32Array(sizes.locals)
    this.failed = Array.from({ length: sizes.memos }, () => new Set())
  }

  get spent(): number {
    return STEPS_PER_TEXT - this.#left
  }

  readonly spend = (steps: number): void => {
    if ((this.#left -= steps) < 0) throw new Exhausted()
  }

  /** Forgets the groups of the search before. */
  begin(): void {
    this.groups.fill(-1)
    this.locals.fill(-1)
    for (const places of this.failed) places.clear()
  }
}

/** Ends what stands within another step. */
export const accept: Node = (matching, at) => {
  matching.last = at
  return true
}
