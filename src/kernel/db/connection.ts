import { Socket } from 'node:net'
import { Client } from 'pg'
import type { QueryResult, QueryResultRow } from 'pg'
import { CopyQuery } from './copy.ts'
import { type Described, PassedOver, type Piped, Pipeline } from './pipeline.ts'
import { sql, type SqlValue, type Statement } from './sql.ts'
import type { ConnectionSettings } from './settings.ts'
import { clientConfig } from './settings.ts'
import { isStalePlan, messageOf, Outage, sqlState, isDiskFull } from './outage.ts'

const begin = 'begin'
const commit = sql`commit`
/** Whoever is not there any more says no goodbye. */
const closeMost_ms = 3_000
const beginReadOnly = 'begin isolation level repeatable read, read only'

/**
 * One session of the database. Statements are sent as soon as they are given (pipelined) and answered in order, so several may be
 * under way; inside a transaction an error makes the ones behind it fail too (25P02) and commit() throw.
 * Named statements are prepared once per connection.
 */
export class Connection {
  readonly #client: Client
  readonly #socket: Socket
  #pipeline: Pipeline | undefined
  readonly #described: Described = new Map()
  #lost: Error | undefined
  #closed = false

  private constructor(settings: ConnectionSettings) {
    this.#socket = new Socket()
    const client = new Client({ ...clientConfig(settings), stream: () => this.#socket })
    this.#client = client
    client.on('error', (error) => (this.#lost ??= error))
    client.on('end', () => (this.#lost ??= new Error('the connection ended')))
  }

  /** Opens a session; rejects with PostgreSQL's own refusal or with an Outage if there is no server. */
  static async open(settings: ConnectionSettings): Promise<Connection> {
    const connection = new Connection(settings)
    try {
      await connection.#client.connect()
    } catch (error) {
      await connection.close()
      if (sqlState(error) !== undefined) throw error
      throw new Outage('unreachable', `no database at ${settings.host}: ${messageOf(error)}`, error)
    }
    return connection
  }

  /** False once the server or the network has ended the session; it never comes back. */
  get usable(): boolean {
    return this.#lost === undefined && !this.#closed
  }

  /** True while a transaction is open (or failed and not yet rolled back), as of the last answer received. */
  get inTransaction(): boolean {
    return this.#client.getTransactionStatus() !== 'I'
  }

  /** The rows of a statement. Row says what the text selects: it is a promise by the author, kept by a test. */
  async query<Row extends object>(statement: Statement): Promise<Row[]> {
    return (await this.#send<Row>(statement)).rows
  }

  /**
   * As `query`, only inside a transaction: what is given in one tick leaves at its end as one message, is answered at once, and behind an
   * error PostgreSQL passes over the rest (25P02), a commit too. Costs half of what the statements cost one by one.
   */
  async piped<Row extends object>(statement: Statement): Promise<Row[]> {
    return (await this.#pipe<Row>(statement)).rows
  }

  /** How many rows a statement touched. */
  async execute(statement: Statement): Promise<number> {
    return (await this.#send(statement)).rowCount ?? 0
  }

  /** Text of our own files (migrations): several statements at once, no parameters. */
  async script(text: string): Promise<void> {
    await this.#send({ name: undefined, text, values: [] })
  }

  async begin(options: { readonly readOnly?: boolean } = {}): Promise<void> {
    await this.script(options.readOnly === true ? beginReadOnly : begin)
  }

  /** With what was piped in the same tick. Throws if PostgreSQL rolled back, or will have to; an Outage 'commit_unknown' if the answer was lost. */
  async commit(): Promise<void> {
    let tag: string
    try {
      tag = (await this.#pipe(commit)).tag
    } catch (error) {
      const told = sqlState(error) !== undefined || isDiskFull(error)
      if (error instanceof PassedOver || (told && this.usable)) throw error
      throw new Outage('commit_unknown', 'the connection was lost while committing: the work may or may not stand', error)
    }
    if (tag !== 'COMMIT') throw new Error('PostgreSQL rolled the transaction back: an earlier statement had failed')
  }

  async rollback(): Promise<void> {
    await this.script('rollback')
  }

  /** Waits for what was sent, then says goodbye; 3 s at most, then it hangs up. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const cut = setTimeout(() => this.#socket.destroy(), closeMost_ms)
    await this.#client.end().catch(() => undefined)
    clearTimeout(cut)
  }

  /** Hears NOTIFY on this session. The caller sends the `listen`. */
  onNotification(hear: (channel: string, payload: string) => void): void {
    this.#client.on('notification', ({ channel, payload }) => hear(channel, payload ?? ''))
  }

  /** What is sent in one tick leaves in one write: a group's flush is some fifteen statements, and each write wakes the server. */
  #gather(): void {
    if (this.#socket.writableCorked > 0) return
    this.#socket.cork()
    process.nextTick(() => this.#socket.uncork())
  }

  #copy<Row extends QueryResultRow>(text: string, rows: Uint8Array): Promise<QueryResult<Row>> {
    return new Promise((resolve, reject) => {
      this.#client.query(new CopyQuery<Row>(text, rows, (error, result) => (error ? reject(error) : resolve(result))))
    })
  }

  async #send<Row extends QueryResultRow>(statement: Statement): Promise<QueryResult<Row>> {
    this.#depart()
    try {
      const { name, text, values, copied } = statement
      this.#gather()
      if (copied !== undefined) return await this.#copy<Row>(text, copied)
      return await this.#client.query<Row, SqlValue[]>(
        values.length === 0 && name === undefined ? { text } : { name, text, values: [...values] },
      )
    } catch (error) {
      throw this.#told(error, statement)
    }
  }

  async #pipe<Row extends object>(statement: Statement): Promise<Piped<Row>> {
    if (this.#pipeline === undefined) {
      this.#pipeline = new Pipeline(this.#described)
      process.nextTick(() => this.#depart())
    }
    try {
      return await this.#pipeline.add<Row>(statement)
    } catch (error) {
      throw this.#told(error, statement)
    }
  }

  #depart(): void {
    const pipeline = this.#pipeline
    this.#pipeline = undefined
    if (pipeline) this.#client.query(pipeline)
  }

  /** What a failure is to those who asked. */
  #told(error: unknown, { text }: Statement): unknown {
    if (isStalePlan(error)) this.#lost ??= new Error('a prepared statement is stale')
    if (isDiskFull(error)) return new Outage('disk_full', `the database's disk is full: ${messageOf(error)}`, error)
    if (error instanceof Error && sqlState(error) !== undefined) return Object.assign(error, { statement: text })
    if (this.usable) return error
    return new Outage('connection_lost', `the connection was lost: ${messageOf(error)}`, error)
  }
}
