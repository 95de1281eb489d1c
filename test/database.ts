import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after } from 'node:test'
import type { ConnectionSettings, EmbeddedDatabase } from '#kernel/db'
import { Connection, identifier, migrate, Pool, readMigrations, sql, startEmbedded } from '#kernel/db'

/** A database of the test file's own, with every migration applied. */
export interface TestDatabase {
  readonly name: string
  /** Sessions of the server's role, as the program has them. Closed by the harness. */
  readonly pool: Pool
  /** For tests that open a Pool or Connection of their own; those they close themselves. */
  readonly server: ConnectionSettings
  /** May do anything in this database: set a stage, look behind the scenes, tamper. */
  readonly owner: ConnectionSettings
}

interface Cluster {
  readonly folder: string
  readonly database: EmbeddedDatabase
  readonly admin: Connection
}

const template = 'template_holdfast'
let cluster: Promise<Cluster> | undefined
let count = 0
const lent: TestDatabase[] = []

async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-test-'))
  // PostgreSQL may run as another user than we do, who has to reach what lies inside.
  await chmod(folder, 0o755)
  const database = await startEmbedded({ folder })
  const admin = await Connection.open({ ...database.admin, application: 'holdfast test harness' })
  await admin.execute(sql`alter database ${identifier('holdfast')} rename to ${identifier(template)}`)
  const migrations = await readMigrations(path.join(import.meta.dirname, '..', 'db', 'migrations'))
  await migrate({ ...database.owner, database: template }, migrations)
  return { folder, database, admin }
}

/**
 * A migrated database that no other test file sees; call it once at the top of a file. One PostgreSQL serves the whole run and is
 * stopped at its end; a session that a test left open then fails the run, by name.
 */
export async function database(): Promise<TestDatabase> {
  cluster ??= startCluster()
  const { database, admin } = await cluster
  const name = `test_${++count}`
  await admin.execute(sql`create database ${identifier(name)} template ${identifier(template)} owner ${identifier('holdfast_owner')}`)
  const server = { ...database.server, database: name }
  const made = { name, server, owner: { ...database.owner, database: name }, pool: new Pool(server) }
  lent.push(made)
  return made
}

after(async () => {
  if (cluster === undefined) return
  const { folder, database, admin } = await cluster
  for (const { pool } of lent) await pool.close()
  const leaked = await admin.query<{ datname: string; application_name: string; query: string }>(
    sql`select datname, application_name, query from pg_catalog.pg_stat_activity where backend_type = 'client backend' and datname like 'test\\_%'`,
  )
  await admin.close()
  await database.stop()
  await rm(folder, { recursive: true, force: true })
  if (leaked.length > 0) throw new Error(`sessions left open by tests: ${JSON.stringify(leaked)}`)
})
