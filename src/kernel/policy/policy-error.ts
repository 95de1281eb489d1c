/** A table was refused: what is wrong, and in which row (its id) and column, where it is in one. */
export class PolicyError extends Error {
  readonly row: string | null
  readonly column: string | null

  constructor(message: string, place: { readonly row?: string | undefined; readonly column?: string | undefined } = {}) {
    const where = [place.row === undefined ? '' : `row ${place.row}`, place.column === undefined ? '' : `column ${place.column}`]
    const told = where.filter((each) => each !== '').join(', ')
    super(told === '' ? message : `${told}: ${message}`)
    this.name = 'PolicyError'
    this.row = place.row ?? null
    this.column = place.column ?? null
  }
}
