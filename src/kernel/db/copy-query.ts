import { type Connection, Query, type QueryResult, type QueryResultRow } from 'pg'

// Of the driver's connection, for whoever copies.
interface Wire {
  query(text: string): void
  sendCopyFromChunk(chunk: Uint8Array): void
  endCopyFrom(): void
}

/**
 * COPY … FROM STDIN whose rows travel right behind it, without waiting to be asked for, so that it takes its place in a pipeline. If it is
 * refused, PostgreSQL passes over rows that come all the same (protocol: copy messages outside a copy are ignored).
 */
export class CopyQuery<Row extends QueryResultRow> extends Query<Row> {
  readonly #text: string
  readonly #rows: Uint8Array

  constructor(text: string, rows: Uint8Array, done: (error: Error | undefined, result: QueryResult<Row>) => void) {
    super({ text }, [], done)
    this.#text = text
    this.#rows = rows
  }

  override submit = (connection: Connection): void => {
    const wire = connection as unknown as Wire
    wire.query(this.#text)
    wire.sendCopyFromChunk(this.#rows)
    wire.endCopyFrom()
  }

  handleCopyInResponse(): void {
    // Sent already.
  }
}
