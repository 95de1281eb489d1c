import { keys, rows, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { idOf } from '#kernel/ids'
import { ownerOf, roles, type Role, type ViewContext } from '#kernel/operations'
import { each, keyed, type Tx } from '#kernel/tx'
import { z } from 'zod'

export const PersonId = idOf('person')

/** Anyone the company knows, as stored. */
export interface Person {
  readonly id: string
  readonly name: string
  readonly phone: string
  readonly email: string | null
  readonly pan: string | null
  readonly login: string | null
  readonly roles: readonly Role[]
  readonly state: 'active' | 'deactivated'
  readonly created_at: string
}

export const PersonAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  phone: z.string(),
  email: z.string().nullable(),
  pan: z.string().nullable(),
  login: z.string().nullable(),
  roles: z.array(z.enum(roles)),
  state: z.enum(['active', 'deactivated']),
  createdAt: z.string(),
})

/** A person as an answer tells them; the PAN shows its last four letters only. */
export function personAnswer({ id, name, phone, email, pan, login, roles: held, state, created_at }: Person): z.infer<typeof PersonAnswer> {
  const masked = pan === null ? null : `••••••${pan.slice(-4)}`
  return { id, name, phone, email, pan: masked, login, roles: [...held], state, createdAt: created_at }
}

const columns = sql`id, name, phone, email, pan, login, roles, state, created_at`
const byId = keyed<Person>(sql`select ${columns} from identity.person where id = any(${keys('text')})`, 'id')
const byIdLocked = keyed<Person>(sql`select ${columns} from identity.person where id = any(${keys('text')}) order by id for update`, 'id')

/** The person, or a 404. Not locked: what is read may be one group old. */
export async function findPerson(tx: Tx, id: string): Promise<Person> {
  const person = await byId(tx, id)
  if (!person) throw new Fault('identity.person_unknown', { id })
  return person
}

/** The person with their row locked, or a 404. */
export async function lockPerson(tx: Tx, id: string): Promise<Person> {
  const person = await byIdLocked(tx, id)
  if (!person) throw new Fault('identity.person_unknown', { id })
  return person
}

/** The person with their row locked, and the password as it is kept: what was compared with a moment ago may have been changed since. */
export const lockLogin = keyed<Person & { readonly password: string | null }>(
  sql`select ${columns}, password from identity.person where id = any(${keys('text')}) order by id for update`,
  'id',
)

export const personColumns = columns
export const byPhone = keyed<{ id: string; phone: string }>(
  sql`select id, phone from identity.person where phone = any(${keys('text')})`,
  'phone',
)
export const byLogin = keyed<{ id: string; login: string }>(
  sql`select id, login from identity.person where login = any(${keys('text')})`,
  'login',
)

/** The person as a view sees them, or a 404. */
export async function readPerson(read: ViewContext['read'], id: string): Promise<Person> {
  const [person] = await read<Person>(sql`select ${columns} from identity.person where id = ${id}`)
  if (!person) throw new Fault('identity.person_unknown', { id })
  return person
}

/** Only the person themself: for `own(role, self)`. */
export const self = ownerOf<{ readonly person: string }>(
  'identity.person_unknown',
  sql`select id, id as owner from identity.person where id = any(${keys('text')})`,
  (input) => input.person,
)

export const insertPerson = each<{
  id: string
  name: string
  phone: string
  email: string | null
  pan: string | null
  created_at: string
}>(sql`
  insert into identity.person (id, name, phone, email, pan, created_at)
  select id, name, phone, email, pan, created_at
  from ${rows({ id: 'text', name: 'text', phone: 'text', email: 'text', pan: 'text', created_at: 'timestamptz' })} x`)

export const setLogin = each<{ id: string; login: string; password: string }>(sql`
  update identity.person p set login = x.login, password = x.password
  from ${rows({ id: 'text', login: 'text', password: 'text' })} x where p.id = x.id`)

export const setRoles = each<{ id: string; roles: string }>(sql`
  update identity.person p set roles = string_to_array(x.roles, ',')
  from ${rows({ id: 'text', roles: 'text' })} x where p.id = x.id`)

export const setState = each<{ id: string; state: string }>(sql`
  update identity.person p set state = x.state from ${rows({ id: 'text', state: 'text' })} x where p.id = x.id`)

export const setPassword = each<{ id: string; password: string }>(sql`
  update identity.person p set password = x.password, failures = 0, locked_until = null
  from ${rows({ id: 'text', password: 'text' })} x where p.id = x.id`)
