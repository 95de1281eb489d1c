import { setTimeout as sleep } from 'node:timers/promises'
import { type Pool, sql } from '#kernel/db'

// Less than the patience of those who ask: Kubernetes has 1 s by default, HAProxy 2 s.
const limit_ms = 900

/**
 * Tells whether the database answers, within 0.9 s also where it hangs. However many ask, one question is under way: probes of a database
 * that stands still would take every session of the pool.
 */
export function readiness(pool: Pool): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined
  return async () => {
    asked ??= pool
      .query(sql`select 1 as one`)
      .then(
        () => true,
        () => false,
      )
      .finally(() => (asked = undefined))
    const answered = new AbortController()
    const over = sleep(limit_ms, false, { signal: answered.signal }).catch(() => false)
    try {
      return await Promise.race([asked, over])
    } finally {
      answered.abort()
    }
  }
}
