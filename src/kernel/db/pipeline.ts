import { type Connection, Query, type QueryResult, type QueryResultRow } from 'pg'
import { typeParsers } from './parse.ts'
import type { Statement } from './sql.ts'

// Of the driver's connection, for whoever writes the protocol's messages; its types leave them out.
interface Wire {
  readonly stream: { cork(): void; uncork(): void }
  readonly submittedNamedStatements: Record<string, string>
  execute(portal: object): void
  sendCopyFromChunk(chunk: Uint8Array): void
  endCopyFrom(): void
  sync(): void
  on(event: 'readyForQuery' | 'end', hear: () => void): void
  off(event: 'readyForQuery' | 'end', hear: () => void): void
}

// Of the driver's query: what it hears of its answer.
interface Hearer {
  name: string | undefined
  text: string
  prepare(wire: Wire): void
  handleRowDescription(message: object): void
  handleDataRow(message: object): void
  handleCommandComplete(message: object, wire: Wire): void
  handleReadyForQuery(wire: Wire): void
  handleError(error: Error, wire: Wire): void
}

/** Why a statement behind a failed one has no answer: PostgreSQL passed over it, as it refuses statements of a failed transaction. */
export class PassedOver extends Error {
  readonly code = '25P02'
  readonly severity = 'ERROR'
  constructor() {
    super('an earlier statement of the same transaction had failed')
  }
}

/** One statement: parsed if it is new to the session, bound, described and executed, with its rows right behind it if it copies. No Sync. */
class Piece extends Query {
  readonly #copied: Uint8Array | undefined

  constructor({ name, text, values, copied }: Statement, done: (error: Error | undefined, result: QueryResult) => void) {
    super({ ...(name === undefined ? {} : { name }), text, values: [...values], types: typeParsers }, done)
    this.#copied = copied
  }

  // The driver's query calls this in place of its own, which would end with a Sync.
  _getRows = (wire: Wire): void => {
    wire.execute({})
    if (this.#copied === undefined) return
    wire.sendCopyFromChunk(this.#copied)
    wire.endCopyFrom()
  }
}

/**
 * Statements that travel together and end with one Sync (protocol: "Pipelining"). PostgreSQL answers once for all instead of once for each,
 * and after an error passes over what is left. Only inside a transaction: without one they would be one by themselves.
 */
export class Pipeline extends Query {
  readonly #pieces: Hearer[] = []
  #at = 0
  // The driver asks these of what is under way: whose statement is parsed, or wrong.
  declare name: string | undefined
  declare text: string

  constructor() {
    super({ text: '' })
  }

  /** To be called before it is submitted. */
  add<Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>> {
    return new Promise((resolve, reject) => {
      const done = (error: Error | undefined, result: QueryResult): void => (error ? reject(error) : resolve(result as QueryResult<Row>))
      this.#pieces.push(new Piece(statement, done) as unknown as Hearer)
    })
  }

  override submit = (connection: Connection): void => {
    const wire = connection as unknown as Wire
    this.#turnTo(0)
    wire.stream.cork()
    for (const piece of this.#pieces) piece.prepare(wire)
    wire.sync()
    wire.stream.uncork()
  }

  handleRowDescription(message: object): void {
    this.#pieces[this.#at]?.handleRowDescription(message)
  }

  handleDataRow(message: object): void {
    this.#pieces[this.#at]?.handleDataRow(message)
  }

  handleCopyInResponse(): void {
    // The rows were sent already.
  }

  handleCommandComplete(message: object, wire: Wire): void {
    const piece = this.#pieces[this.#at]
    this.#turnTo(this.#at + 1)
    piece?.handleCommandComplete(message, wire)
    if (this.#at < this.#pieces.length) piece?.handleReadyForQuery(wire)
  }

  /** With it the state of the session is known: the last piece, which may be a commit, is told no sooner. */
  handleReadyForQuery(wire: Wire): void {
    this.#pieces.at(-1)?.handleReadyForQuery(wire)
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
      for (const [at, piece] of left.entries()) piece.handleError(at > 0 && refused ? new PassedOver() : error, wire)
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
