import {
  type Constraint,
  daysOfDate,
  type Fields,
  intersection,
  PredicateError,
  type RangeSet,
  type Row,
  solve,
  type Solved,
  cutAt,
} from '#kernel/predicate'
import { predicateOfCell } from './cell.ts'
import { PolicyError } from './policy-error.ts'
import { checkTable, type CheckedRow, type Outcome, type Table } from './table.ts'

/** The name of the day a decision is made for, as a dimension beside the fields; no field can be called so. */
export const dayKey = '(day)'

/** A cell with what it demands. */
export type Cell = { readonly input: string; readonly text: string; readonly solved: Solved }

/** A row compiled: what it demands of each field as ranges, and conditions that are no ranges. */
export type Rule = {
  readonly id: string
  readonly outcome: Outcome
  readonly cells: readonly Cell[]
  readonly constraints: ReadonlyMap<string, Constraint>
  readonly rest: readonly ((row: Row) => boolean | null)[]
  readonly from: string | null
  readonly to: string | null
}

/** Compiles the rows of a table; a cell that cannot be read is a PolicyError with its row and column. */
export function rulesOf(table: Table, fields: Fields): readonly Rule[] {
  const cells = new Map<string, Solved | null>()
  return checkTable(table).map((row) => ruleOf(row, table, { fields, cells }))
}

type Reading = { readonly fields: Fields; readonly cells: Map<string, Solved | null> }

function ruleOf(row: CheckedRow, table: Table, reading: Reading): Rule {
  const constraints = new Map<string, Constraint>()
  const rest: ((row: Row) => boolean | null)[] = []
  const cells: Cell[] = []
  for (const input of table.inputs) {
    const text = Object.hasOwn(row.when, input) ? (row.when[input] as string) : '-'
    const solved = solvedCell(text, input, { ...reading, row: row.id })
    if (solved === null) continue
    cells.push({ input, text, solved })
    for (const each of solved.constraints) narrow(constraints, each)
    if (solved.rest !== null) rest.push(solved.rest)
  }
  const from = later(row.from, table.from)
  const to = earlier(row.to, table.to)
  if (from !== null || to !== null) constraints.set(dayKey, dayConstraint(from, to))
  return { id: row.id, outcome: row.outcome, cells, constraints, rest, from, to }
}

// Tables repeat their cells a lot; each text is compiled once.
function solvedCell(text: string, input: string, reading: Reading & { readonly row: string }): Solved | null {
  const key = JSON.stringify([input, text])
  const known = reading.cells.get(key)
  if (known !== undefined) return known
  try {
    const predicate = predicateOfCell(text, input, reading.fields)
    const solved = predicate === null ? null : solve(predicate, reading.fields)
    reading.cells.set(key, solved)
    return solved
  } catch (error) {
    if (!(error instanceof PredicateError) && !(error instanceof PolicyError)) throw error
    const instead = error instanceof PredicateError && error.instead !== undefined ? `; write ${error.instead}` : ''
    throw new PolicyError(`${error.message}${instead}`, { row: reading.row, column: input })
  }
}

function narrow(constraints: Map<string, Constraint>, next: Constraint): void {
  const key = next.path.join('.')
  const known = constraints.get(key)
  const merged =
    known === undefined
      ? next
      : { ...next, ranges: intersection(known.ranges, next.ranges), acceptsNull: known.acceptsNull && next.acceptsNull }
  constraints.set(key, merged)
}

/** The cell of a domain as ranges of its field; everything where none is given. */
export function domainOf(table: Table, fields: Fields): ReadonlyMap<string, RangeSet> {
  const domains = new Map<string, RangeSet>()
  for (const [input, text] of Object.entries(table.domain ?? {})) {
    const solved = solvedCell(text, input, { fields, cells: new Map(), row: 'domain' })
    if (solved === null) continue
    const [only, ...others] = solved.constraints
    if (only === undefined || others.length > 0 || solved.rest !== null)
      throw new PolicyError('a domain is ranges of one field', { row: 'domain', column: input })
    domains.set(only.path.join('.'), only.ranges)
  }
  return domains
}

function dayConstraint(from: string | null, to: string | null): Constraint {
  const cut = (day: string | null): ReturnType<typeof cutAt> | null => (day === null ? null : cutAt(BigInt(daysOfDate(day)), false))
  const range = { from: cut(from), to: cut(to) }
  const isEmpty = from !== null && to !== null && to <= from
  return { path: [dayKey], type: { kind: 'date' }, ranges: isEmpty ? [] : [range], acceptsNull: false }
}

function later(a: string | undefined, b: string | undefined): string | null {
  if (a === undefined || b === undefined) return a ?? b ?? null
  return a > b ? a : b
}

function earlier(a: string | undefined, b: string | undefined): string | null {
  if (a === undefined || b === undefined) return a ?? b ?? null
  return a < b ? a : b
}
