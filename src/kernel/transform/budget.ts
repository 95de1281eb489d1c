import { MAX_DEPTH, MAX_VALUES } from './limits.ts'

/** What one walk over a document may still cost. Containers that share their parts are small in memory, and endless once written out. */
export class Budget {
  #depth: number
  #values = MAX_VALUES

  constructor(depth = MAX_DEPTH) {
    this.#depth = depth
  }

  /** Goes into a container of so many values; throws RangeError where that is too deep or too much. */
  enter(values: number): void {
    if (--this.#depth < 0) throw new RangeError('nested too deep, or within itself')
    this.spend(values + 1)
  }

  spend(values: number): void {
    this.#values -= values
    if (this.#values < 0) throw new RangeError(`more than ${MAX_VALUES} values`)
  }

  leave(): void {
    this.#depth++
  }
}
