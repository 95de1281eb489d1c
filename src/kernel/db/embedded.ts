import { chown, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Connection } from './connection.ts'
import { account } from './embedded-account.ts'
import { binaries } from './embedded-binaries.ts'
import { adminRole, makeCluster, writeAccess } from './embedded-cluster.ts'
import { isAlive, recordedPostmaster, startPostmaster, stopPostmaster } from './embedded-postmaster.ts'
import { makeRolesAndDatabase, ownerRole, serverRole } from './roles.ts'
import type { ConnectionSettings } from './settings.ts'

/** A database to work with, embedded or not: as whom to migrate, as whom to serve, and how to end it. */
export interface Database {
  readonly owner: ConnectionSettings
  readonly server: ConnectionSettings
  stop(): Promise<void>
}

export interface EmbeddedDatabase extends Database {
  /** For what only a superuser may do: making and dropping databases in tests. */
  readonly admin: ConnectionSettings
}

const port = 5432
const flags = (socketFolder: string): string[] =>
  [
    'listen_addresses=',
    `unix_socket_directories=${socketFolder}`,
    'unix_socket_permissions=0700',
    `port=${port}`,
    'max_connections=100',
    'shared_buffers=256MB',
    'max_wal_size=2GB',
    'timezone=UTC',
    'log_timezone=UTC',
    'fsync=on',
    'synchronous_commit=on',
  ].flatMap((setting) => ['-c', setting])

/** Starts PostgreSQL in a folder (made when missing), with both roles and an empty database `holdfast`. */
export async function startEmbedded(options: { readonly folder: string }): Promise<EmbeddedDatabase> {
  const folder = path.resolve(options.folder)
  const [found, user] = await Promise.all([binaries(), account()])
  const place = path.join(folder, 'postgres')
  const socketFolder = path.join(folder, 'run')
  await mkdir(socketFolder, { recursive: true })
  if (user.uid !== undefined && user.gid !== undefined) await chown(socketFolder, user.uid, user.gid)
  await makeCluster(place, user, found)
  await writeAccess(place, user)
  const recorded = await recordedPostmaster(place)
  const pid =
    recorded && isAlive(recorded.pid)
      ? recorded.pid
      : await startPostmaster({
          postgres: found.postgres,
          place,
          account: user,
          flags: flags(socketFolder),
          log: path.join(folder, 'postgres.log'),
        })
  const at = { host: socketFolder, port, database: 'holdfast' }
  const admin = { ...at, database: 'postgres', user: adminRole }
  const connection = await Connection.open(admin)
  await makeRolesAndDatabase(connection, at.database)
  await connection.close()
  return { admin, owner: { ...at, user: ownerRole }, server: { ...at, user: serverRole }, stop: () => stopPostmaster(pid) }
}
