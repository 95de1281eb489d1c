import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from './connection.ts'
import { isRetryable } from './outage.ts'
import type { Pool } from './pool.ts'

export interface TransactionOptions {
  /** One snapshot for all reads, no writes. */
  readonly readOnly?: boolean
  /** How often the work is run at most, counting the first; 5 unless said. */
  readonly attempts?: number
}

const attemptsDefault = 5
const pauseFirst_ms = 10
const pauseMost_ms = 1_000

/**
 * Runs work in a transaction: commits what it returns, rolls back what it throws. Run again where PostgreSQL surely kept nothing
 * (deadlock, serialization, a session lost before commit), so work must have no effects but those in its transaction.
 * Throws Outage 'commit_unknown', never retried, if the answer to commit was lost.
 */
export async function inTransaction<Answer>(
  pool: Pool,
  work: (connection: Connection) => Promise<Answer>,
  options: TransactionOptions = {},
): Promise<Answer> {
  const attempts = options.attempts ?? attemptsDefault
  for (let attempt = 1, pause_ms = pauseFirst_ms; ; attempt++, pause_ms = Math.min(pause_ms * 3, pauseMost_ms)) {
    try {
      return await pool.withConnection((connection) => once(connection, work, options))
    } catch (error) {
      if (attempt >= attempts || !isRetryable(error)) throw error
    }
    await sleep(pause_ms)
  }
}

async function once<Answer>(
  connection: Connection,
  work: (c: Connection) => Promise<Answer>,
  options: TransactionOptions,
): Promise<Answer> {
  await connection.begin(options)
  let answer: Answer
  try {
    answer = await work(connection)
  } catch (error) {
    // A session that cannot roll back is in a state that the pool discards; the work's own error is the one to tell.
    if (connection.usable) await connection.rollback().catch(() => undefined)
    throw error
  }
  await connection.commit()
  return answer
}
