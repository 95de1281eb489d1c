import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'
import { isConnectionLost, isRetryable, Outage } from './outage.ts'
import type { ConnectionSettings } from './settings.ts'
import type { Statement } from './sql.ts'

export interface PoolOptions {
  /** Sessions open at most; 10 unless said. Two pumps of the executor need no more, and every session costs the server memory. */
  readonly connections?: number
  /** How long a caller waits for a session, and a new session for a server that is restarting. */
  readonly wait_ms?: number
}

const connectionsDefault = 10
const waitDefault_ms = 10_000
const waitersMax = 1_000
const reconnectFirst_ms = 25
const reconnectMost_ms = 500
const closeWait_ms = 5_000

interface Waiter {
  readonly give: (connection: Connection) => void
  readonly refuse: (error: Error) => void
}

/** A bounded set of sessions. A server that restarts costs the callers of that moment an Outage; the next ones get fresh sessions. */
export class Pool {
  readonly settings: ConnectionSettings
  readonly #max: number
  readonly #wait_ms: number
  readonly #idle: Connection[] = []
  readonly #waiters: Waiter[] = []
  #open = 0
  #closed: Promise<void> | undefined
  #emptied: (() => void) | undefined

  constructor(settings: ConnectionSettings, options: PoolOptions = {}) {
    this.settings = settings
    this.#max = options.connections ?? connectionsDefault
    this.#wait_ms = options.wait_ms ?? waitDefault_ms
  }

  /** Sessions now open, lent out, and callers waiting: for metrics and tests. */
  get counts(): { readonly open: number; readonly busy: number; readonly waiting: number } {
    return { open: this.#open, busy: this.#open - this.#idle.length, waiting: this.#waiters.length }
  }

  /** Lends a session for the length of some work. Whoever needs one for long (a listener) opens a Connection of their own. */
  async withConnection<Answer>(work: (connection: Connection) => Promise<Answer>): Promise<Answer> {
    const connection = await this.acquire()
    try {
      return await work(connection)
    } finally {
      this.release(connection)
    }
  }

  /** One statement in a transaction of its own. Not tried again after it was sent: a lost answer is the caller's to settle. */
  async query<Row extends object>(statement: Statement): Promise<Row[]> {
    return await this.withConnection((connection) => connection.query<Row>(statement))
  }

  async execute(statement: Statement): Promise<number> {
    return await this.withConnection((connection) => connection.execute(statement))
  }

  /** For the executor, which keeps a session over many groups. Every acquire is followed by one release. */
  async acquire(): Promise<Connection> {
    if (this.#closed) throw new Outage('pool_closed', 'the pool is closed')
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.usable) return connection
      void this.#discard(connection)
    }
    if (this.#open < this.#max) return await this.#connect()
    return await this.#waitForOne()
  }

  /** A session that is lost, or was left inside a transaction, isn't lent again. */
  release(connection: Connection): void {
    if (!connection.usable || connection.inTransaction || this.#closed) {
      void this.#discard(connection)
      const waiter = this.#closed ? undefined : this.#waiters.shift()
      if (waiter) this.#connect().then(waiter.give, waiter.refuse)
      return
    }
    const waiter = this.#waiters.shift()
    if (waiter) waiter.give(connection)
    else this.#idle.push(connection)
  }

  /** Waits (5 s at most) for lent sessions to come back, then ends all. */
  async close(): Promise<void> {
    this.#closed ??= this.#end()
    await this.#closed
  }

  async #end(): Promise<void> {
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(new Outage('pool_closed', 'the pool is closed'))
    await Promise.all(this.#idle.splice(0).map((connection) => this.#discard(connection)))
    if (this.#open === 0) return
    const timer = new AbortController()
    const emptied = new Promise<void>((resolve) => (this.#emptied = resolve))
    await Promise.race([emptied, sleep(closeWait_ms, undefined, { signal: timer.signal }).catch(() => undefined)])
    timer.abort()
  }

  async #discard(connection: Connection): Promise<void> {
    this.#open--
    await connection.close()
    if (this.#open === 0) this.#emptied?.()
  }

  async #connect(): Promise<Connection> {
    this.#open++
    const deadline = performance.now() + this.#wait_ms
    for (let pause_ms = reconnectFirst_ms; ; pause_ms = Math.min(pause_ms * 2, reconnectMost_ms)) {
      try {
        const connection = await Connection.open(this.settings)
        if (!this.#closed) return connection
        await connection.close()
        throw new Outage('pool_closed', 'the pool is closed')
      } catch (error) {
        const again = (isRetryable(error) || isConnectionLost(error)) && !this.#closed && performance.now() + pause_ms < deadline
        if (!again) {
          this.#open--
          if (this.#open === 0) this.#emptied?.()
          throw error
        }
      }
      await sleep(pause_ms)
    }
  }

  async #waitForOne(): Promise<Connection> {
    if (this.#waiters.length >= waitersMax) throw new Outage('pool_full', `${waitersMax} callers already wait for a database session`)
    return await new Promise<Connection>((resolve, reject) => {
      let over = false
      const waiter: Waiter = {
        give: (connection) => {
          clearTimeout(timer)
          // Opened for one whose time ran out meanwhile: it is the next one's.
          if (over) this.release(connection)
          else resolve(connection)
        },
        refuse: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      const timer = setTimeout(() => {
        over = true
        const at = this.#waiters.indexOf(waiter)
        // Not among them any more, if a session is being opened for it.
        if (at !== -1) this.#waiters.splice(at, 1)
        reject(new Outage('pool_full', `no database session came free in ${this.#wait_ms} ms`))
      }, this.#wait_ms)
      this.#waiters.push(waiter)
    })
  }
}
