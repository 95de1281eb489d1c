import type { Clock } from '#kernel/clock'
import type { Pool } from '#kernel/db'
import type { Wrote } from '#kernel/tx'

export interface ExecutorOptions {
  readonly pool: Pool
  readonly clock: Clock
  /** Groups under way at the same time; two keep one computing while the other commits (measured best on 2 cores). */
  readonly pumps?: number
  readonly groupMax?: number
  /** Without room on the database's disk calls are refused before they write; read anew for each. */
  readonly room?: { readonly enough: boolean }
  /** Under this, inputs with secrets are hashed (`fingerprint`); it outlives a restart, and the database doesn't hold it. */
  readonly secretsKey?: Uint8Array
  /** Called after a commit with the kinds of writes it made, so that readers of the event log, and workers, wake at once. */
  readonly onCommit?: (wrote: Wrote) => void
}
