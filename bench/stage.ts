import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Connection, migrate, Pool, readMigrations, sql } from '#kernel/db'
import { startEmbedded } from '#kernel/embedded'
import { postmasterOf } from './cpu-time.ts'

interface Stage {
  readonly pool: Pool
  readonly owner: Connection
  /** PostgreSQL's first process. */
  readonly postmaster: number
  readonly close: () => Promise<void>
}

/** A migrated database on an embedded PostgreSQL of its own, with fsync and synchronous_commit on, gone when closed. */
export async function stage(connections = 12): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-bench-'))
  await chmod(folder, 0o755)
  const database = await startEmbedded({ folder })
  await migrate(database.owner, await readMigrations(path.join(import.meta.dirname, '..', 'db', 'migrations')))
  const pool = new Pool(database.server, { connections })
  const owner = await Connection.open(database.owner)
  const [settings] = await owner.query<{ fsync: string; commit: string }>(
    sql`select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
  )
  if (settings?.fsync !== 'on' || settings.commit !== 'on') throw new Error('a bench runs with fsync and synchronous_commit on')
  return {
    pool,
    owner,
    postmaster: postmasterOf(folder),
    close: async () => {
      await owner.close()
      await pool.close()
      await database.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
