export type OutageReason = 'connection_lost' | 'commit_unknown' | 'pool_full' | 'pool_closed' | 'unreachable' | 'disk_full'

/** The database could not be asked, or its answer was lost. Not a refusal of the caller's: try again later, or settle it by key (commit_unknown). */
export class Outage extends Error {
  readonly reason: OutageReason
  constructor(reason: OutageReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Outage'
    this.reason = reason
  }
}

/** PostgreSQL found no room to write (disk_full, 53100): the transaction surely left nothing, and passes once there is room. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Outage ? error.reason === 'disk_full' : sqlState(error) === '53100'
}

/** PostgreSQL ended a statement because its time was over, or waited too long for a lock (57014, 55P03): it left nothing. */
export function isOutOfTime(error: unknown): boolean {
  const state = sqlState(error)
  return state === '57014' || state === '55P03'
}

// Named in https://www.postgresql.org/docs/18/errcodes-appendix.html
const retryable = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting up, or in recovery
  '53300', // too_many_connections
])
const unreachable = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'EAI_AGAIN'])

/** The code of a PostgreSQL or operating system error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The five characters that PostgreSQL gave with its refusal, or undefined if it wasn't PostgreSQL that refused. */
export function sqlState(error: unknown): string | undefined {
  const code = codeOf(error)
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && error instanceof Error && 'severity' in error ? code : undefined
}

/** The name of the unique, check or exclusion constraint that was violated, or undefined. */
export function violated(error: unknown): string | undefined {
  const state = sqlState(error)
  if (state === undefined || !state.startsWith('23')) return undefined
  return error instanceof Error && 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined
}

/** The connection is gone or going: whatever was sent on it and not answered may or may not have happened. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof Outage) return error.reason === 'connection_lost' || error.reason === 'unreachable'
  const code = codeOf(error)
  if (code === undefined) return false
  return code.startsWith('08') || code.startsWith('57P0') || unreachable.has(code)
}

/** A prepared statement of this session no longer fits the tables (a migration ran) or is unknown (a pooler between): the session is of no more use. */
export function isStalePlan(error: unknown): boolean {
  const state = sqlState(error)
  return (
    state === '26000' || (state === '0A000' && error instanceof Error && 'routine' in error && error.routine === 'RevalidateCachedQuery')
  )
}

/** True where the whole transaction surely left nothing behind, so that it may be run again. A commit whose answer was lost is not. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof Outage) return error.reason === 'connection_lost' || error.reason === 'unreachable'
  const code = codeOf(error)
  return code !== undefined && (retryable.has(code) || isStalePlan(error) || code.startsWith('08') || unreachable.has(code))
}
