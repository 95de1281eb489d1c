import type pg from 'pg'
import { CannotStart } from './cannot-start.ts'
import { typeParsers } from './parse.ts'

/** Where a database is and as whom to go there. A host that starts with / is the folder of a Unix socket. */
export interface ConnectionSettings {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password?: string
  readonly tls?: boolean
  /** Sessions act as this role from the start, whoever signed in. */
  readonly role?: string
  /** Shown in pg_stat_activity: which part of the program holds the session. */
  readonly application?: string
  readonly statement_timeout_ms?: number
  /** A statement that waits longer than this for a lock fails (55P03); without it, it waits as long as any statement may take. */
  readonly lock_timeout_ms?: number
}

const connect_timeout_ms = 5_000
const statement_timeout_ms = 30_000
const idle_in_transaction_timeout_ms = 30_000

/**
 * Every session alike: UTC and ISO dates (the parsers count on it), no schema searched but the one written (so that a module's SQL names
 * what it uses), no just-in-time compiling and no parallel workers (starting them costs 4 ms, more than our statements take), and an end to
 * anything forgotten.
 */
export function clientConfig(settings: ConnectionSettings): pg.ClientConfig {
  const options = [
    'timezone=UTC',
    'datestyle=ISO',
    'intervalstyle=iso_8601',
    'search_path=',
    'jit=off',
    'max_parallel_workers_per_gather=0',
  ]
  if (settings.lock_timeout_ms !== undefined) options.push(`lock_timeout=${settings.lock_timeout_ms}`)
  if (settings.role !== undefined) options.push(`role=${settings.role}`)
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.tls === true ? { ssl: true } : {}),
    application_name: settings.application ?? 'holdfast',
    pipeline: true,
    types: typeParsers,
    connectionTimeoutMillis: connect_timeout_ms,
    statement_timeout: settings.statement_timeout_ms ?? statement_timeout_ms,
    idle_in_transaction_session_timeout: idle_in_transaction_timeout_ms,
    keepAlive: true,
    options: options.map((option) => `-c ${option}`).join(' '),
  }
}

/** The settings that a postgres:// URL states. Throws with the part that is wrong, and never with the password. */
export function settingsOf(url: string): ConnectionSettings {
  let parsed: URL
  try {
    // A URL without a host (its socket's folder is given as ?host=) is PostgreSQL's custom, which the standard doesn't know.
    parsed = new URL(url.replace('@/', '@localhost/'))
  } catch {
    throw new CannotStart('DATABASE_URL is not a URL; it looks like postgres://user:password@host:5432/database')
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') {
    throw new CannotStart(`DATABASE_URL begins with ${parsed.protocol}//, not with postgres://`)
  }
  const socket = parsed.searchParams.get('host')
  const database = decodeURIComponent(parsed.pathname.slice(1))
  if (parsed.username === '' || database === '') throw new CannotStart('DATABASE_URL names no user or no database')
  return {
    host: socket ?? parsed.hostname,
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    database,
    user: decodeURIComponent(parsed.username),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    tls: ['require', 'verify-ca', 'verify-full'].includes(parsed.searchParams.get('sslmode') ?? ''),
  }
}
