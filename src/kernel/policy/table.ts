import { isDate } from '#kernel/predicate'
import { outcomeOf } from './outcome.ts'
import { PolicyError } from './policy-error.ts'

/** How rows that hold at once become one decision: `first` and `unique` take one row, the others all of them. */
export type HitPolicy = 'first' | 'unique' | 'collect' | 'sum' | 'min' | 'max'

export type OutputKind = 'string' | 'int' | 'money' | 'bool' | 'date'

/** A value of an outcome: money is a bigint of minor units (or digits in text when a table is written), dates ISO text. */
export type OutcomeValue = string | number | bigint | boolean
export type Outcome = { readonly [output: string]: OutcomeValue }

/** One rule: a cell for each input it asks about (`-` or nothing asks about none), and what follows. */
export type TableRow = {
  readonly id?: string
  readonly when: { readonly [input: string]: string }
  readonly outcome: Outcome
  /** In effect from this day (ISO) on, up to and not including `to`. */
  readonly from?: string
  readonly to?: string
}

/** A decision table as people write it. */
export type Table = {
  readonly name: string
  readonly hit: HitPolicy
  /** Fields whose cells may be short (`>= 30`), and other names whose cells are whole predicates. */
  readonly inputs: readonly string[]
  readonly outputs: { readonly [output: string]: OutputKind }
  readonly rows: readonly TableRow[]
  readonly from?: string
  readonly to?: string
  /** A cell per input that bounds where the analysis looks for gaps: `dpd` only `>= 0`. */
  readonly domain?: { readonly [input: string]: string }
}

export const limits = {
  rows: 5_000,
  inputs: 64,
  outputs: 64,
  /** Characters of one cell. */
  cell: 2_000,
  /** Characters of the name of a table, row, input or outcome. */
  name: 200,
  /** Words of 32 rows that the index may take over all slots of all fields: 128 MB. */
  indexWords: 32_000_000,
} as const

const hits: ReadonlySet<string> = new Set<HitPolicy>(['first', 'unique', 'collect', 'sum', 'min', 'max'])
const kinds: ReadonlySet<string> = new Set<OutputKind>(['string', 'int', 'money', 'bool', 'date'])

/** A row with nothing left out: its id, and its outcome with money as bigint. */
export type CheckedRow = TableRow & { readonly id: string }

/** Checks the shape of a table, whoever wrote it, and settles ids and outcomes; the first fault is thrown as a PolicyError. */
export function checkTable(table: Table): readonly CheckedRow[] {
  if (!isObject(table)) throw new PolicyError('a table is an object')
  if (typeof table.name !== 'string' || table.name.length > limits.name)
    throw new PolicyError(`a name is text of at most ${limits.name} characters`)
  if (!hits.has(table.hit)) throw new PolicyError(`there is no hit policy ${table.hit}`)
  if (!Array.isArray(table.rows) || table.rows.length > limits.rows) throw new PolicyError(`a table has at most ${limits.rows} rows`)
  checkNames('inputs', table.inputs, limits.inputs)
  if (!isObject(table.outputs)) throw new PolicyError('outputs are an object of names and kinds')
  checkNames('outputs', Object.keys(table.outputs), limits.outputs)
  for (const [output, kind] of Object.entries(table.outputs))
    if (!kinds.has(kind)) throw new PolicyError(`there is no kind ${kind} of outcome`, { column: output })
  checkPeriod(table)
  if (table.domain !== undefined) checkCells(table.domain, table, 'domain')
  const ids = new Set<string>()
  return table.rows.map((row: TableRow, index) => {
    if (!isObject(row)) throw new PolicyError('a row is an object', { row: String(index + 1) })
    const id = row.id ?? String(index + 1)
    if (typeof id !== 'string' || id.length > limits.name)
      throw new PolicyError(`an id is text of at most ${limits.name} characters`, { row: String(index + 1) })
    if (ids.has(id)) throw new PolicyError('another row has this id', { row: id })
    ids.add(id)
    checkCells(row.when, table, id)
    if (!isObject(row.outcome)) throw new PolicyError('an outcome is an object', { row: id })
    checkPeriod(row, id)
    return { ...row, id, outcome: outcomeOf(table, row.outcome, id) }
  })
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkCells(cells: TableRow['when'], table: Table, row: string): void {
  if (!isObject(cells)) throw new PolicyError('cells are an object of inputs and texts', { row })
  for (const [input, cell] of Object.entries(cells)) {
    if (!table.inputs.includes(input)) throw new PolicyError('not an input of the table', { row, column: input })
    if (typeof cell !== 'string' || cell.length > limits.cell)
      throw new PolicyError(`a cell is text of at most ${limits.cell} characters`, { row, column: input })
  }
}

function checkNames(what: string, names: readonly string[], most: number): void {
  if (!Array.isArray(names) || names.length > most) throw new PolicyError(`a table has at most ${most} ${what}`)
  for (const name of names) {
    if (typeof name !== 'string' || name === '' || name.length > limits.name || name in Object.prototype)
      throw new PolicyError(`${String(name)} cannot be a name of ${what}`)
  }
  if (new Set(names).size !== names.length) throw new PolicyError(`two ${what} have one name`)
}

function checkPeriod(part: { readonly from?: string; readonly to?: string }, row?: string): void {
  for (const side of ['from', 'to'] as const) {
    const day = part[side]
    if (day !== undefined && !isDate(day)) throw new PolicyError(`${day} is no day of the calendar`, { row, column: side })
  }
  if (part.from !== undefined && part.to !== undefined && part.to <= part.from)
    throw new PolicyError('the period ends before it starts', { row, column: 'to' })
}
