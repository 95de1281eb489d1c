import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { formatInstant } from '#kernel/clock'
import type { Clock } from '#kernel/clock'
import { Connection, sql } from '#kernel/db'
import type { ConnectionSettings, Statement } from '#kernel/db'
import { type Frontier, openCheckpoint, signCheckpoint } from '#kernel/proof'
import { nextBatch, type Unsealed } from './batch.ts'
import { sealKey } from './key.ts'
import type { SealKey } from './key.ts'
import { Lag } from './lag.ts'
import { LogFiles } from './log-files.ts'
import { appended, checkpointInsert, logState, type Subtree, subtreesInsert } from './log-store.ts'
import { reconcile } from './mirror.ts'
import type { FilesState } from './mirror.ts'
import type { SealedStream } from '#kernel/digest'

export interface SealerOptions {
  readonly database: ConnectionSettings
  readonly streams: readonly SealedStream[]
  /** Machine time: a checkpoint says when it was really signed. */
  readonly clock: Clock
  /** Where leaf hashes and checkpoints are written outside the database. */
  readonly folder: string
  readonly keyFile: string
  /** Told of what needs a person: an outage, files that differ, a lag past 5 s; once each time it begins. */
  readonly warn: (message: string) => void
}

export interface SealStatus {
  /** `standby`: another process seals. */
  readonly state: 'stopped' | 'standby' | 'sealing' | 'failing'
  readonly size: number
  /** How long ago the youngest row was begun that may not be sealed yet. Grows while an old transaction is open. */
  readonly lag_ms: number
  readonly alarm: boolean
  readonly files: FilesState
}

const PAUSE_MS = 200
const RETRY_MS = 1_000
/** So many leaves are made in one turn of the event loop, about a millisecond; those who wait for it come in between. */
const TURN_LEAVES = 256
const LAG_ALARM_MS = 5_000
export const ORIGIN = 'holdfast'

/** Seals the streams' rows into the log, in the background, one process at a time. */
export class Sealer {
  readonly #options: SealerOptions
  readonly #stopping = new AbortController()
  readonly #lag: Lag
  readonly #said = new Set<string>()
  #loop: Promise<void> | undefined
  #state: SealStatus['state'] = 'stopped'
  #size = 0
  #files: FilesState = 'in_step'

  constructor(options: SealerOptions) {
    this.#options = options
    this.#lag = new Lag(() => options.clock.now())
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loop
    this.#state = 'stopped'
  }

  status(): SealStatus {
    const lag_ms = this.#lag.ms()
    return { state: this.#state, size: this.#size, lag_ms, alarm: this.#state !== 'standby' && lag_ms > LAG_ALARM_MS, files: this.#files }
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#session()
      } catch (error) {
        this.#state = 'failing'
        this.#say('failing', `sealing stopped, trying again: ${error instanceof Error ? error.message : String(error)}`)
      }
      await this.#pause(RETRY_MS)
    }
  }

  /** One connection's life: it holds the lock, so a process that dies or is cut off hands the log to the next by itself. */
  async #session(): Promise<void> {
    const connection = await Connection.open({ ...this.#options.database, application: 'holdfast sealer' })
    let files: LogFiles | undefined
    try {
      // A plan is kept from when a table was nearly empty, and would go on reading all of it: the rows that come next stand in an index.
      await connection.query(sql`select set_config('enable_seqscan', 'off', false)`)
      while (!(await tryLock(connection))) {
        this.#state = 'standby'
        await this.#pause(RETRY_MS)
        if (this.#stopping.signal.aborted) return
      }
      const { frontier, note } = await logState(connection)
      const key = await sealKey(this.#options.keyFile, frontier.size === 0)
      if (note !== undefined && openCheckpoint(note, key.publicKey) === 'unknown_key')
        this.#say(
          'key',
          `the key in ${this.#options.keyFile} is not the one that signed the log so far; if nobody replaced it on purpose, put the old one back`,
        )
      files = await LogFiles.open(this.#options.folder)
      this.#files = await reconcile(connection, files, frontier.size)
      if (this.#files !== 'in_step')
        this.#say(
          'files',
          `the files in ${this.#options.folder} are ${this.#files}: compare them with the database before you trust either`,
        )
      this.#size = frontier.size
      this.#state = 'sealing'
      this.#said.delete('failing')
      while (!this.#stopping.signal.aborted) if (await this.#seal(connection, key, files)) await this.#pause(PAUSE_MS)
    } finally {
      await files?.close()
      await connection.close()
    }
  }

  /** Seals one batch; true once nothing that can be sealed is left. */
  async #seal(connection: Connection, key: SealKey, files: LogFiles): Promise<boolean> {
    const { clock, streams } = this.#options
    await connection.begin()
    const { frontier, progress } = await logState(connection)
    const batch = await nextBatch(connection, streams, progress)
    if (batch.rows.length === 0) {
      await connection.rollback()
      this.#sealed(batch)
      return true
    }
    const { leaves, sent } = await append(connection, frontier, batch.rows)
    const note = signCheckpoint(
      { origin: ORIGIN, size: frontier.size, root: frontier.root(), time: formatInstant(clock.now()) },
      key.privateKey,
      key.publicKey,
    )
    await Promise.all([...sent, connection.execute(checkpointInsert(frontier, batch.progress, note))])
    await connection.commit()
    if (this.#files === 'in_step') await files.append(Buffer.concat(leaves), [note])
    this.#size = frontier.size
    this.#sealed(batch)
    return batch.complete
  }

  #sealed({ complete, watermark, horizon }: { complete: boolean; watermark: bigint; horizon: bigint }): void {
    this.#lag.saw(horizon, complete ? watermark : undefined)
    if (this.#lag.ms() > LAG_ALARM_MS)
      this.#say('lag', `rows wait for their seal since ${Math.round(this.#lag.ms() / 1000)} s: look for a transaction left open`)
    else this.#said.delete('lag')
  }

  #say(topic: string, message: string): void {
    if (this.#said.has(topic)) return
    this.#said.add(topic)
    this.#options.warn(message)
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
  }
}

/** Makes leaves of the rows and sends what stores them, some at each turn; what was sent is still to be waited for. */
async function append(
  connection: Connection,
  frontier: Frontier,
  rows: readonly Unsealed[],
): Promise<{ leaves: readonly Buffer[]; sent: readonly Promise<number>[] }> {
  const leaves: Buffer[] = []
  const subtrees: Subtree[] = []
  const sent: Promise<number>[] = []
  const send = (statement: Statement): void => {
    const done = connection.execute(statement)
    // Whoever waits for all of them hears of it.
    done.catch(() => undefined)
    sent.push(done)
  }
  for (let at = 0; at < rows.length; at += TURN_LEAVES) {
    if (at > 0) await nextTurn()
    const part = appended(frontier, rows.slice(at, at + TURN_LEAVES))
    leaves.push(part.leaves)
    subtrees.push(...part.subtrees)
    send(part.statement)
  }
  if (subtrees.length > 0) send(subtreesInsert(subtrees))
  return { leaves, sent }
}

async function tryLock(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ locked: boolean }>(sql`select pg_try_advisory_lock(hashtextextended('seal.log', 0)) as locked`)
  return row?.locked === true
}
