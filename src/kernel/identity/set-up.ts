import { hash, randomBytes } from 'node:crypto'
import { formatInstant } from '#kernel/clock'
import { keys, type Pool, rows, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { operation } from '#kernel/operations'
import { each, keyed } from '#kernel/tx'
import { z } from 'zod'
import { Login, NewPassword } from './access.ts'
import { hashPassword, judgePassword } from './password.ts'
import { insertPerson, PersonAnswer, personAnswer, setLogin, setRoles } from './person.ts'
import { PersonName, Phone } from './register.ts'

// Every start without a login makes a link. The first one used takes all of them with it: of two at once one waits for the other's row.
const invitation = keyed<{ token: string; expired: boolean; used: boolean; taken: boolean }>(
  sql`select token, expires_at < pg_catalog.now() as expired, used_at is not null as used,
      exists (select 1 from identity.person where login is not null) as taken
    from identity.invitation where token = any(${keys('text')}) for update`,
  'token',
)
const useInvitations = each<{ token: string }>(
  sql`update identity.invitation i set used_at = pg_catalog.now() from ${rows({ token: 'text' })} x where i.token = x.token or i.used_at is null`,
)
const invitationMs = 24 * 3_600_000

/** Makes the first administrator of an empty installation, with the token of the one-time link. */
export const setUp = operation(
  'identity.set_up',
  {
    summary: 'Make the first administrator',
    input: z.strictObject({ token: z.string().max(100), name: PersonName, phone: Phone, login: Login, password: NewPassword }),
    answer: PersonAnswer,
    status: 201,
    may: ['anyone'],
    locks: () => ['identity:set-up'],
    secret: ['token', 'password'],
    faults: ['identity.invitation_invalid', 'identity.already_set_up', 'identity.password_weak'],
    prepare: async ({ read }, { token, password }) => {
      // Anybody may ask; only who has a link is worth a password's hash.
      const [known] = await read(sql`select token from identity.invitation where token = ${hash('sha256', token)}`)
      if (!known) throw new Fault('identity.invitation_invalid')
      return hashPassword(password)
    },
  },
  async ({ tx, prepared }, { token, name, phone, login, password }) => {
    const kept = hash('sha256', token)
    const found = await invitation(tx, kept)
    if (found?.used || found?.taken) throw new Fault('identity.already_set_up')
    if (!found || found.expired) throw new Fault('identity.invitation_invalid')
    judgePassword(password, login)
    const id = newId('person')
    insertPerson(tx, { id, name, phone, email: null, pan: null, created_at: tx.moment.at })
    setLogin(tx, { id, login, password: prepared })
    setRoles(tx, { id, roles: 'admin' })
    useInvitations(tx, { token: kept })
    return personAnswer({ id, name, phone, email: null, pan: null, login, roles: ['admin'], state: 'active', created_at: tx.moment.at })
  },
)

/** A token for the first administrator's link if nobody has a login yet; undefined otherwise. Only its hash is kept; it holds for a day. */
export async function invite(pool: Pool, now: number): Promise<string | undefined> {
  const [count] = await pool.query<{ logins: bigint }>(sql`select count(*) as logins from identity.person where login is not null`)
  if ((count?.logins ?? 0n) > 0n) return undefined
  const token = randomBytes(24).toString('base64url')
  await pool.execute(
    sql`insert into identity.invitation (token, expires_at) values (${hash('sha256', token)}, ${formatInstant(now + invitationMs)})`,
  )
  return token
}

/** Whether anybody is known yet. */
export async function hasPeople(pool: Pool): Promise<boolean> {
  return (await pool.query(sql`select id from identity.person limit 1`)).length > 0
}

/** Logins made for a demo end like this; with one of them there, the server serves its own machine only. */
export const demoSuffix = '@demo'

/** Whether there is a demo login. */
export async function hasDemoLogins(pool: Pool): Promise<boolean> {
  return (
    (await pool.query(sql`select id from identity.person where login like ${`%${demoSuffix}`} and state = 'active' limit 1`)).length > 0
  )
}
