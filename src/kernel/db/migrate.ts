import { CannotStart } from './cannot-start.ts'
import { Connection } from './connection.ts'
import type { Migration } from './migration-files.ts'
import type { ConnectionSettings } from './settings.ts'
import { messageOf, sqlState } from './outage.ts'
import { sql } from './sql.ts'

export interface Migrated {
  /** Names of the migrations applied now, in order; empty when the database was up to date. */
  readonly applied: readonly string[]
}

interface Recorded {
  readonly number: number
  readonly name: string
  readonly sha256: string
}

// 'holdfast' in ASCII: whoever migrates holds this lock, so that of two starts at once one migrates and the other finds it done.
const lock = 0x686f6c6466617374n
const statement_timeout_ms = 600_000

const ground = `
create schema if not exists db;
create table if not exists db.migration (
  number integer primary key,
  name text not null unique,
  sha256 text not null,
  applied_at timestamptz not null default pg_catalog.now()
);
revoke all on schema db from public;
grant usage on schema db to holdfast;
grant select on db.migration to holdfast;`

/**
 * Brings a database up to these migrations: each in a transaction of its own together with its record, all under one lock; ends with
 * `analyze`, for named statements planned on never-analysed tables ran four times slower. Refuses, changing nothing, a database that is
 * newer than the code, an applied file that was changed since, and a file numbered before one that is applied.
 */
export async function migrate(owner: ConnectionSettings, migrations: readonly Migration[]): Promise<Migrated> {
  const connection = await Connection.open({ ...owner, application: 'holdfast migrate', statement_timeout_ms })
  try {
    await connection.query(sql`select pg_advisory_lock(${lock})`)
    await refuseForeign(connection, migrations)
    await makeGround(connection)
    const recorded = await connection.query<Recorded>(sql`select number, name, sha256 from db.migration order by number`)
    const waiting = waitingOf(recorded, migrations)
    for (const migration of waiting) await apply(connection, migration)
    if (waiting.length > 0) await connection.script('analyze')
    return { applied: waiting.map(({ name }) => name) }
  } finally {
    await connection.close()
  }
}

/** A database that others use already: refused before anything is written into it. */
async function refuseForeign(connection: Connection, migrations: readonly Migration[]): Promise<void> {
  const ours = ['db', ...migrations.flatMap(({ text }) => [...text.matchAll(/^\s*create schema (\w+)/gm)].map(([, name]) => name ?? ''))]
  const found = await connection.query<{ name: string }>(sql`
    select nspname::text as name from pg_catalog.pg_namespace where nspname = any(${ours}) and to_regclass('db.migration') is null order by 1`)
  if (found.length === 0) return
  const names = found.map(({ name }) => `"${name}"`).join(', ')
  throw new CannotStart(
    `This database holds a schema ${names} that Holdfast did not make. Nothing was changed: use a database of its own (create database holdfast).`,
  )
}

async function makeGround(connection: Connection): Promise<void> {
  try {
    await connection.script(ground)
  } catch (error) {
    if (sqlState(error) !== '42501') throw error
    throw new CannotStart(
      `This user may not make schemas in the database (${messageOf(error)}). Let its owner run: grant create on database … to <the user of DATABASE_URL>;`,
      error,
    )
  }
}

/** Has PostgreSQL look at its tables anew, after much was written at once: plans made before it knew them would stay slow. */
export async function analyze(owner: ConnectionSettings): Promise<void> {
  const connection = await Connection.open({ ...owner, application: 'holdfast analyze', statement_timeout_ms })
  try {
    await connection.script('analyze')
  } finally {
    await connection.close()
  }
}

/** What is left to apply, or an error that says why nothing may be. */
export function waitingOf(recorded: readonly Recorded[], migrations: readonly Migration[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  for (const { name, sha256 } of recorded) {
    const migration = known.get(name)
    if (migration === undefined) {
      throw new CannotStart(
        `This database is newer than this program: it has migration ${name}, which the program lacks. Start the newer program, or use another database.`,
      )
    }
    if (migration.sha256 !== sha256) {
      throw new CannotStart(
        `Migration ${name} was changed after this database applied it. Restore the file and put the change into a new migration.`,
      )
    }
  }
  const last = recorded.at(-1)
  const done = new Set(recorded.map(({ name }) => name))
  const waiting = migrations.filter(({ name }) => !done.has(name))
  const late = waiting.find(({ number }) => last !== undefined && number < last.number)
  if (late && last) throw new Error(`migration ${late.name} comes before ${last.name}, which is applied: give it the next free number`)
  return waiting
}

async function apply(connection: Connection, migration: Migration): Promise<void> {
  await connection.begin()
  try {
    await connection.script(migration.text)
    await connection.execute(
      sql`insert into db.migration (number, name, sha256) values (${migration.number}, ${migration.name}, ${migration.sha256})`,
    )
  } catch (error) {
    if (connection.usable) await connection.rollback()
    throw new Error(`migration ${migration.name} failed and left nothing behind: ${messageOf(error)}`, { cause: error })
  }
  await connection.commit()
}
