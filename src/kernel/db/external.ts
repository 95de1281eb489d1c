import { CannotStart } from './cannot-start.ts'
import { Connection } from './connection.ts'
import { makeServerRole, serverRole } from './roles.ts'
import { settingsOf } from './settings.ts'
import type { ConnectionSettings } from './settings.ts'
import { sql } from './sql.ts'
import { messageOf } from './outage.ts'

/** A database to work with, embedded or not: as whom to migrate, as whom to serve, and how to end it. */
export interface Database {
  readonly owner: ConnectionSettings
  readonly server: ConnectionSettings
  /** Ends an embedded server in order; leaves a server of the user's own alone. */
  stop(): Promise<void>
}

// The oldest that has everything the migrations use and is still maintained when this was written (https://www.postgresql.org/support/versioning/, 2026-11).
const versionLeast = 16
const perMajor = 10_000

/**
 * The same as startEmbedded for a server of the user's own. The user named in the URL owns and migrates; sessions that serve requests
 * act as the role `holdfast`, so that even they can't change what is append-only. Throws CannotStart with what to do.
 */
export async function useExternal(url: string): Promise<Database> {
  const owner = settingsOf(url)
  const connection = await Connection.open(owner).catch((error: unknown) => {
    throw new CannotStart(
      `DATABASE_URL: ${messageOf(error)}. Check host, port, user, password and database (sslmode=require for TLS).`,
      error,
    )
  })
  try {
    const [server] = await connection.query<{ version: number; encoding: string }>(
      sql`select current_setting('server_version_num')::integer as version, current_setting('server_encoding') as encoding`,
    )
    if (server === undefined || server.version < versionLeast * perMajor) {
      throw new CannotStart(
        `DATABASE_URL: PostgreSQL ${versionLeast} or newer is needed; the server is ${Math.floor((server?.version ?? 0) / perMajor)}.`,
      )
    }
    if (server.encoding !== 'UTF8')
      throw new CannotStart(`DATABASE_URL: the database's encoding is ${server.encoding}; make one with encoding UTF8.`)
    await makeServerRole(connection)
  } finally {
    await connection.close()
  }
  return { owner, server: { ...owner, role: serverRole }, stop: async () => undefined }
}
