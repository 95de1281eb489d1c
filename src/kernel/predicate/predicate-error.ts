type Place = { readonly text: string; readonly at: number }

/**
 * A predicate was refused before it ran. `line` and `column` count from 1 (columns in UTF-16 units) and point at the
 * first character of what is wrong; `instead` is text to write in its place, where there is one.
 */
export class PredicateError extends Error {
  readonly line: number
  readonly column: number
  declare readonly instead?: string

  constructor(message: string, place: Place, instead?: string) {
    super(message)
    this.name = 'PredicateError'
    const before = place.text.slice(0, Math.max(0, Math.min(place.at, place.text.length)))
    const lastBreak = before.lastIndexOf('\n')
    this.line = before.split('\n').length
    this.column = before.length - lastBreak
    if (instead !== undefined) this.instead = instead
  }
}
