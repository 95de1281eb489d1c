import { type Connection, Query } from 'pg'
import { typeParsers } from './parse.ts'
import type { SqlValue, Statement } from './sql.ts'

/** What a statement came to: its rows, and PostgreSQL's word for what it did (`COMMIT`, `UPDATE 3`). */
export interface Piped<Row> {
  readonly rows: Row[]
  readonly tag: string
}

type Cell = string | null
interface Column {
  readonly name: string
  readonly parse: (text: string) => unknown
}

/** How the rows of a session's prepared statements read, by name: PostgreSQL refuses a statement whose columns have changed since. */
export type Described = Map<string, Shape>
interface Shape {
  readonly columns: readonly Column[]
  /** A row with nothing in it: rows made from one have one shape. */
  readonly empty: Readonly<Record<string, unknown>>
}

// Of the driver's connection, for whoever writes the protocol's messages; its types leave them out.
interface Wire {
  readonly stream: { cork(): void; uncork(): void }
  readonly parsedStatements: Record<string, string>
  readonly submittedNamedStatements: Record<string, string>
  parse(statement: { readonly name: string; readonly text: string }): void
  bind(values: { readonly statement: string; readonly values: readonly (string | Buffer | null)[] }): void
  describe(portal: { readonly type: 'P' }): void
  execute(portal: object): void
  sendCopyFromChunk(chunk: Uint8Array): void
  endCopyFrom(): void
  sync(): void
  on(event: 'readyForQuery' | 'end', hear: () => void): void
  off(event: 'readyForQuery' | 'end', hear: () => void): void
}

interface Piece extends Statement {
  readonly resolve: (answer: Piped<unknown>) => void
  readonly reject: (error: unknown) => void
  readonly rows: unknown[]
  shape: Shape | undefined
  tag: string
}

/** Why a statement behind a failed one has no answer: PostgreSQL passed over it, as it refuses statements of a failed transaction. */
export class PassedOver extends Error {
  readonly code = '25P02'
  readonly severity = 'ERROR'
  constructor() {
    super('an earlier statement of the same transaction had failed')
  }
}

/**
 * Statements that travel together and end with one Sync (protocol: "Pipelining"). PostgreSQL answers once for all instead of once for each,
 * and after an error passes over what is left. Only inside a transaction: without one they would be one by themselves.
 */
export class Pipeline extends Query {
  readonly #described: Described
  readonly #pieces: Piece[] = []
  #at = 0
  // The driver asks these of what is under way: whose statement is parsed, or wrong.
  declare name: string | undefined
  declare text: string

  constructor(described: Described) {
    super({ text: '' })
    this.#described = described
  }

  /** To be called before it is submitted. */
  add<Row>({ name, text, values, copied }: Statement): Promise<Piped<Row>> {
    return new Promise<Piped<Row>>((resolve, reject) => {
      const rest = copied === undefined ? {} : { copied }
      this.#pieces.push({ name, text, values, ...rest, resolve: resolve as Piece['resolve'], reject, rows: [], shape: undefined, tag: '' })
    })
  }

  override submit = (connection: Connection): void => {
    const wire = connection as unknown as Wire
    this.#turnTo(0)
    wire.stream.cork()
    for (const piece of this.#pieces) this.#send(piece, wire)
    wire.sync()
    wire.stream.uncork()
  }

  /** Parsed if it is new to the session, described if its rows are, bound and executed; the rows of a copy go right behind it. */
  #send(piece: Piece, wire: Wire): void {
    const { name = '', text, values, copied } = piece
    const known = name !== '' && (wire.parsedStatements[name] ?? wire.submittedNamedStatements[name]) !== undefined
    if (!known) {
      wire.parse({ name, text })
      if (name !== '') wire.submittedNamedStatements[name] = text
    }
    wire.bind({ statement: name, values: values.map(textOf) })
    piece.shape = this.#described.get(name)
    if (piece.shape === undefined) wire.describe({ type: 'P' })
    wire.execute({})
    if (copied === undefined) return
    wire.sendCopyFromChunk(copied)
    wire.endCopyFrom()
  }

  handleRowDescription({ fields }: { readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[] }): void {
    const piece = this.#pieces[this.#at]
    if (piece === undefined) return
    const columns = fields.map(({ name, dataTypeID }) => ({ name, parse: typeParsers.getTypeParser(dataTypeID) }))
    piece.shape = { columns, empty: Object.fromEntries(columns.map(({ name }) => [name, null])) }
  }

  handleDataRow({ fields: cells }: { readonly fields: readonly Cell[] }): void {
    const piece = this.#pieces[this.#at]
    if (piece?.shape === undefined) return
    const { columns, empty } = piece.shape
    const row: Record<string, unknown> = { ...empty }
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at]
      const column = columns[at] as Column
      if (typeof cell === 'string') row[column.name] = column.parse(cell)
    }
    piece.rows.push(row)
  }

  handleCopyInResponse(): void {
    // The rows were sent already.
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const piece = this.#pieces[this.#at]
    if (piece === undefined) return
    if (piece.name !== undefined) this.#described.set(piece.name, piece.shape ?? rowless)
    piece.tag = text
    this.#turnTo(this.#at + 1)
    if (this.#at < this.#pieces.length) piece.resolve(piece)
  }

  /** With it the state of the session is known: the last piece, which may be a commit, is told no sooner. */
  handleReadyForQuery(): void {
    const last = this.#pieces.at(-1)
    last?.resolve(last)
  }

  /** A refusal is the current statement's, and those behind it were passed over; an end of the connection is everybody's. */
  handleError(error: Error, wire: Wire): void {
    const left = this.#pieces.slice(this.#at)
    this.#turnTo(this.#pieces.length)
    for (const { name } of left) if (name !== undefined) delete wire.submittedNamedStatements[name]
    const refused = 'severity' in error
    const tell = (): void => {
      wire.off('readyForQuery', tell)
      wire.off('end', tell)
      for (const [at, { reject }] of left.entries()) reject(at > 0 && refused ? new PassedOver() : error)
    }
    if (!refused) return tell()
    // The driver has done with us, but what became of the session is still to come: its state, or its end.
    wire.on('readyForQuery', tell)
    wire.on('end', tell)
  }

  #turnTo(at: number): void {
    this.#at = at
    const piece = this.#pieces[at]
    this.name = piece?.name
    this.text = piece?.text ?? ''
  }
}

const rowless: Shape = { columns: [], empty: {} }

/** A parameter as it travels: bytes as they are, everything else as text. */
function textOf(value: SqlValue): string | Buffer | null {
  if (value === null || typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  return Array.isArray(value) ? arrayText(value as readonly SqlValue[]) : String(value)
}

function arrayText(elements: readonly SqlValue[]): string {
  return `{${elements.map((one) => (one === null ? 'NULL' : `"${String(one).replaceAll(/["\\]/g, String.raw`\$&`)}"`)).join(',')}}`
}
