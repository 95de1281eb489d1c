import { hash } from 'node:crypto'
import { arrayBinary, binaryTypes } from './binary-cells.ts'

/** What a statement may carry as a parameter. There is no Date (instants and dates travel as ISO text) and no object (JSON travels as text). */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array | readonly (string | number | bigint | boolean | null)[]

/** Ready for the wire: text with $1…, its values, and the name under which each connection prepares it. */
export interface Statement {
  readonly name: string | undefined
  readonly text: string
  readonly values: readonly SqlValue[]
  /** The rows of a COPY, in its binary form. */
  readonly copied?: Uint8Array
}

/** Column name to PostgreSQL type, as given to rows(). */
export type Columns = Readonly<Record<string, string>>

// More distinct texts than this means that someone builds text from values; the rest run unnamed rather than fill every backend's memory.
const statementNamesMax = 4_000
/** More rows than this in one statement are a mistake. */
export const rowsMax = 100_000
const namePattern = /^[a-z_][a-z0-9_]{0,62}$/

class Identifier {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

class Keys {
  readonly type: string
  constructor(type: string) {
    this.type = type
  }
}

class Rows {
  readonly columns: readonly (readonly [name: string, type: string])[]
  constructor(columns: Columns) {
    this.columns = Object.entries(columns)
  }
}

export type { Identifier, Keys, Rows }
type Slot = SqlValue | Keys | Rows
export type SqlPiece = Slot | Sql | Identifier

const names = new Map<string, string>()

/** A stable name for a text: the same in every process and run, so that plans and logs can be compared. */
export function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined) return known
  if (names.size >= statementNamesMax) return undefined
  const name = hash('sha256', text, 'base64url').slice(0, 22)
  names.set(text, name)
  return name
}

/** Text and parameters kept apart. Made by sql``; nest one in another to compose. */
export class Sql implements Statement {
  readonly strings: readonly string[]
  readonly slots: readonly Slot[]
  readonly text: string
  readonly name: string | undefined
  readonly #values: readonly SqlValue[] | undefined

  constructor(strings: readonly string[], slots: readonly Slot[], known?: { text: string; name: string | undefined }) {
    this.strings = strings
    this.slots = slots
    this.text = known?.text ?? textOf(strings, slots)
    this.name = known ? known.name : nameOf(this.text)
    this.#values = areValues(slots) ? slots : undefined
  }

  /** The parameters. Throws while a keys() or rows() marker is unfilled: bindKeys and bindRows fill them. */
  get values(): readonly SqlValue[] {
    if (this.#values === undefined) throw new TypeError(`fill the marker with bindKeys or bindRows: ${this.text}`)
    return this.#values
  }
}

function areValues(pieces: readonly SqlPiece[]): pieces is readonly SqlValue[] {
  return !pieces.some((piece) => piece instanceof Sql || piece instanceof Identifier || piece instanceof Keys || piece instanceof Rows)
}

const plainTexts = new WeakMap<readonly string[], { text: string; name: string | undefined }>()

/** The tagged template that every statement is written in. Values become parameters; only Sql and identifier() become text. */
export function sql(strings: readonly string[], ...pieces: readonly SqlPiece[]): Sql {
  if (strings.length !== pieces.length + 1) throw new TypeError('a statement has one more string than it has pieces')
  for (const piece of pieces) {
    if (piece === undefined) throw new TypeError(`undefined is not a value of SQL; null is: ${strings.join('?')}`)
  }
  if (!areValues(pieces)) return composed(strings, pieces)
  let known = plainTexts.get(strings)
  if (known === undefined) {
    const text = textOf(strings, pieces)
    known = { text, name: nameOf(text) }
    plainTexts.set(strings, known)
  }
  return new Sql(strings, pieces, known)
}

function composed(strings: readonly string[], pieces: readonly SqlPiece[]): Sql {
  const texts: string[] = [strings[0] ?? '']
  const slots: Slot[] = []
  const append = (text: string): void => {
    texts[texts.length - 1] += text
  }
  for (const [index, piece] of pieces.entries()) {
    if (piece instanceof Identifier) append(piece.text)
    else if (piece instanceof Sql) {
      append(piece.strings[0] ?? '')
      texts.push(...piece.strings.slice(1))
      slots.push(...piece.slots)
    } else {
      slots.push(piece)
      texts.push('')
    }
    append(strings[index + 1] ?? '')
  }
  return new Sql(texts, slots)
}

function textOf(strings: readonly string[], slots: readonly Slot[]): string {
  let text = strings[0] ?? ''
  let next = 1
  for (const [index, slot] of slots.entries()) {
    if (slot instanceof Keys) text += `$${next++}::${slot.type}[]`
    else if (slot instanceof Rows) {
      const columns = slot.columns
      const parameters = columns.map(([, type]) => `$${next++}::${type}[]`).join(', ')
      text += `(select * from unnest(${parameters}) as u(${columns.map(([name]) => name).join(', ')}))`
    } else text += `$${next++}`
    text += strings[index + 1] ?? ''
  }
  return text
}

/** A name in the text of a statement, each part checked and quoted: identifier('lending', 'loan'). Refuses anything but a plain lower-case name. */
export function identifier(...parts: readonly string[]): Identifier {
  for (const part of parts) if (!namePattern.test(part)) throw new TypeError(`not a name for SQL: ${JSON.stringify(part)}`)
  return new Identifier(parts.map((part) => `"${part}"`).join('.'))
}

/** Statements in a row with a separator between them, for lists of conditions or columns. An empty list gives empty text. */
export function joined(parts: readonly Sql[], separator: ', ' | ' and ' | ' or ' | ' union all '): Sql {
  if (parts.length === 0) return new Sql([''], [])
  return composed(['', ...Array.from({ length: parts.length - 1 }, () => separator), ''], parts)
}

function checkedType(type: string): string {
  if (!binaryTypes.includes(type)) throw new TypeError(`not a type for a set-wise statement: ${JSON.stringify(type)}`)
  return type
}

/** Marks where a whole array of keys goes: `where id = any(${keys('text')})`. Filled by bindKeys. */
export function keys(type: string): Keys {
  return new Keys(checkedType(type))
}

/** Marks a set of rows that can stand after `from`: `from ${rows({ loan: 'text', paid: 'bigint' })} x` gives x.loan and x.paid. Filled by bindRows. */
export function rows(columns: Columns): Rows {
  if (Object.keys(columns).length === 0) throw new TypeError('rows() needs a column')
  for (const [name, type] of Object.entries(columns)) {
    if (!namePattern.test(name)) throw new TypeError(`not a column name: ${JSON.stringify(name)}`)
    checkedType(type)
  }
  return new Rows(columns)
}

function filled(statement: Sql, count: number, arraysOf: (slot: Keys | Rows) => Uint8Array[]): Statement {
  if (count > rowsMax) throw new RangeError(`${count} rows in one statement; the limit is ${rowsMax}`)
  const values: SqlValue[] = []
  let markers = 0
  for (const slot of statement.slots) {
    if (slot instanceof Keys || slot instanceof Rows) {
      markers++
      values.push(...arraysOf(slot))
    } else values.push(slot)
  }
  if (markers === 0) throw new TypeError(`no marker to fill: ${statement.text}`)
  return { name: statement.name, text: statement.text, values }
}

/** Fills the keys() of a statement (the same keys for each, if it stands twice). */
export function bindKeys(statement: Sql, values: readonly (string | number | bigint)[]): Statement {
  return filled(statement, values.length, (slot) => {
    if (slot instanceof Rows) throw new TypeError(`rows() is filled by bindRows: ${statement.text}`)
    return [arrayBinary(slot.type, values)]
  })
}

/** Fills the rows() of a statement with one array a column; a row that lacks a column (undefined) is a bug and throws. */
export function bindRows(statement: Sql, values: readonly Readonly<Record<string, unknown>>[]): Statement {
  return filled(statement, values.length, (slot) => {
    if (slot instanceof Keys) throw new TypeError(`keys() is filled by bindKeys: ${statement.text}`)
    return slot.columns.map(([name, type]) => arrayBinary(type, columnOf(values, name)))
  })
}

function columnOf(values: readonly Readonly<Record<string, unknown>>[], name: string): unknown[] {
  const column: unknown[] = Array.from({ length: values.length })
  for (let row = 0; row < values.length; row++) {
    const value = values[row]?.[name]
    if (value === undefined) throw new TypeError(`row ${row} of a set-wise statement has no ${name}`)
    column[row] = value
  }
  return column
}
