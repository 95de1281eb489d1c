import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { after } from 'node:test'
import type { ConnectionSettings } from '#kernel/db'
import { Connection, identifier, migrate, Pool, readMigrations, sql } from '#kernel/db'
import { startEmbedded } from '#kernel/embedded'
import type { EmbeddedDatabase } from '#kernel/embedded'

/** A database of the test file's own, with every migration applied. */
export interface TestDatabase {
  readonly name: string
  /** Sessions of the server's role, as the program has them. Closed by the harness. */
  readonly pool: Pool
  /** For tests that open a Pool or Connection of their own; those they close themselves. */
  readonly server: ConnectionSettings
  /** May do anything in this database: set a stage, look behind the scenes, tamper. */
  readonly owner: ConnectionSettings
  /** The PostgreSQL it lies in. Only a test with a cluster of its own may kill or restart it. */
  readonly postgres: EmbeddedDatabase
  /** What the file started on this database and must end before the database goes: readers, executors, servers. Last given, first ended. */
  closing(end: () => Promise<unknown>): void
}

export interface TestDatabaseOptions {
  /** A PostgreSQL of its own: for tests of what the whole cluster shares (the snapshot watermark), or that kill it. Costs about a second. */
  readonly ownCluster?: boolean
}

interface Cluster {
  readonly folder: string
  readonly postgres: EmbeddedDatabase
}

const template = 'template_holdfast'
const prefix = 'hf-test-'
const clusters: Promise<Cluster>[] = []
const leakAsksMax = 40
const leakPause_ms = 25
const pools: Pool[] = []
const ends: (() => Promise<unknown>)[] = []
let common: Promise<Cluster> | undefined
let count = 0

/**
 * A run that was killed leaves its folder and perhaps its PostgreSQL; the folder's name says whose it was. The two processes of a run
 * may sweep the same folder at once: the later one finds it in use or gone.
 */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1] ?? process.pid)
    if (pid === process.pid || isRunning(pid)) continue
    const folder = path.join(tmpdir(), name)
    await startEmbedded({ folder })
      .then((left) => left.stop())
      .catch(() => undefined)
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function startCluster(): Promise<Cluster> {
  await sweep()
  const folder = await mkdtemp(path.join(tmpdir(), `${prefix}${process.pid}-`))
  // PostgreSQL may run as another user than we do, who has to reach what lies inside.
  await chmod(folder, 0o755)
  const postgres = await startEmbedded({ folder })
  await asAdmin(postgres, async (admin) => {
    await admin.execute(sql`alter database ${identifier('holdfast')} rename to ${identifier(template)}`)
  })
  await migrate({ ...postgres.owner, database: template }, await readMigrations(path.join(import.meta.dirname, '..', 'db', 'migrations')))
  return { folder, postgres }
}

async function asAdmin<Answer>(postgres: EmbeddedDatabase, work: (admin: Connection) => Promise<Answer>): Promise<Answer> {
  const admin = await Connection.open({ ...postgres.admin, application: 'holdfast test harness' })
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}

function begun(): Promise<Cluster> {
  const cluster = startCluster()
  clusters.push(cluster)
  return cluster
}

/**
 * A migrated database that no other test file sees; call it once at the top of a file. One PostgreSQL serves the whole run and is
 * stopped at its end; a session that a test left open then fails the run, by name.
 */
export async function database(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const { postgres } = await (options.ownCluster === true ? begun() : (common ??= begun()))
  const name = `test_${++count}`
  await asAdmin(postgres, async (admin) => {
    await admin.execute(sql`create database ${identifier(name)} template ${identifier(template)} owner ${identifier('holdfast_owner')}`)
  })
  const server = { ...postgres.server, database: name }
  const pool = new Pool(server)
  pools.push(pool)
  const closing = (end: () => Promise<unknown>): void => void ends.unshift(end)
  return { name, server, owner: { ...postgres.owner, database: name }, pool, postgres, closing }
}

after(async () => {
  try {
    await endAll()
  } catch (error) {
    // Of a hook that fails after all tests node --test (24.21) tells, and ends with 0 all the same.
    process.exitCode = 1
    throw error
  }
})

async function endAll(): Promise<void> {
  for (const end of ends) await end()
  for (const pool of pools) await pool.close()
  // Each is ended whatever becomes of the others: one left running would keep this process from ending.
  const ended = await Promise.allSettled(clusters.map(endCluster))
  const failed = ended.filter((one) => one.status === 'rejected').map(({ reason }) => reason as unknown)
  if (failed.length > 0) throw new AggregateError(failed, 'a PostgreSQL of the tests could not be ended')
  const leaks = ended.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  if (leaks.length > 0) throw new Error(`sessions left open by tests: ${JSON.stringify(leaks)}`)
}

/** Ends a PostgreSQL and gives the sessions that tests left open in it. */
async function endCluster(started: Promise<Cluster>): Promise<object[]> {
  const { folder, postgres } = await started
  const leaks = await asAdmin(postgres, leaked)
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
  return leaks
}

/** Sessions that are still there. A backend shows for some milliseconds after its client has hung up, so it is asked again for a while. */
async function leaked(admin: Connection): Promise<object[]> {
  for (let asked = 1; ; asked++) {
    const found = await admin.query(sql`
      select datname, application_name, state, query from pg_stat_activity
      where backend_type = 'client backend' and datname like ${String.raw`test\_%`}`)
    if (found.length === 0 || asked >= leakAsksMax) return found
    await sleep(leakPause_ms)
  }
}
