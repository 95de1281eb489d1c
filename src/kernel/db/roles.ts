import { CannotStart } from './cannot-start.ts'
import type { Connection } from './connection.ts'
import { messageOf } from './outage.ts'
import { identifier, sql } from './sql.ts'

/** Owns every schema and migrates; nobody serves requests as this role. */
export const ownerRole = 'holdfast_owner'
/** The server's role. A migration grants it what it may do, table by table; what isn't granted (update and delete of entries, events, audit) it cannot do. */
export const serverRole = 'holdfast'

async function has(connection: Connection, role: string): Promise<boolean> {
  return (await connection.query(sql`select 1 from pg_catalog.pg_roles where rolname = ${role}`)).length > 0
}

/** Makes both roles (they sign in by the operating system's user, so they have no password) and the database, where missing. */
export async function makeRolesAndDatabase(admin: Connection, database: string): Promise<void> {
  for (const role of [ownerRole, serverRole]) {
    if (!(await has(admin, role))) await admin.execute(sql`create role ${identifier(role)} login`)
  }
  const found = await admin.query(sql`select 1 from pg_catalog.pg_database where datname = ${database}`)
  if (found.length === 0) await admin.execute(sql`create database ${identifier(database)} owner ${identifier(ownerRole)}`)
}

/** On a server of the user's own: one sign-in owns and migrates, and its serving sessions act as the server's role. */
export async function makeServerRole(owner: Connection): Promise<void> {
  try {
    if (!(await has(owner, serverRole))) await owner.execute(sql`create role ${identifier(serverRole)} nologin`)
    const [member] = await owner.query<{ may: boolean }>(sql`select pg_has_role(current_user, ${serverRole}, 'set') as may`)
    if (member?.may !== true) await owner.execute(sql`grant ${identifier(serverRole)} to current_user`)
  } catch (error) {
    const isThere = await has(owner, serverRole)
    const grant = `grant ${serverRole} to <the user of DATABASE_URL>;`
    throw new CannotStart(
      isThere
        ? `DATABASE_URL: this user may not act as the role "${serverRole}" (${messageOf(error)}). Let an administrator run: ${grant}`
        : `DATABASE_URL: the role "${serverRole}" is missing and this user may not make it (${messageOf(error)}). ` +
            `Let an administrator run: create role ${serverRole} nologin; ${grant}`,
      error,
    )
  }
}
