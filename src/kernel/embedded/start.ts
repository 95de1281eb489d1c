import { makeRolesAndDatabase, ownerRole, serverRole } from '#kernel/db'
import type { ConnectionSettings, Database } from '#kernel/db'
import { makeCluster, writeAccess } from './cluster.ts'
import { adminAt, hold } from './hold.ts'
import { placeIn } from './place.ts'
import { Watch } from './watch.ts'
import { SpareLog } from './spare-log.ts'

export interface EmbeddedDatabase extends Database {
  /** For what only a superuser may do: making and dropping databases in tests. */
  readonly admin: ConnectionSettings
  /** The postmaster's process; another after each restart. */
  pid(): number
}

export interface EmbeddedOptions {
  readonly folder: string
  /** Told in a sentence what an operator should know: that PostgreSQL was adopted, or died and was started again. */
  readonly say?: (sentence: string) => void
  /** Whether spare files of the log are made ahead (192 MB): for a program that is to serve, not for tests. */
  readonly spareLog?: boolean
  /** Called once if PostgreSQL keeps dying: there is nothing left but to end the program. */
  readonly onGone?: (error: Error) => void
}

/**
 * Starts PostgreSQL in a folder (made when missing) with both roles and an empty database `holdfast`. One that outlived a killed program
 * is adopted; one that was killed itself recovers from its log. While it runs it is watched, and started again if it dies (5 times a
 * minute at most). Throws CannotStart with what to do: another program on the folder, full disk, folder out of reach, other version.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const say = options.say ?? (() => undefined)
  const place = await placeIn(options.folder)
  await makeCluster(place)
  await writeAccess(place)
  const held = await hold(place, say)
  const admin = adminAt(place)
  const at = { host: admin.host, port: admin.port, database: 'holdfast' }
  await makeRolesAndDatabase(held.session, at.database)
  const watch = new Watch(place, held, { say, onGone: options.onGone ?? (() => undefined) })
  const spareLog = options.spareLog === true ? new SpareLog(place, { session: () => watch.session, say }) : undefined
  return {
    admin,
    owner: { ...at, user: ownerRole },
    server: { ...at, user: serverRole },
    pid: () => watch.pid,
    stop: async () => {
      await spareLog?.stop()
      await watch.stop()
    },
  }
}
