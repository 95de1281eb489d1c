import { keys, sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { operation, roles } from '#kernel/operations'
import { listed } from '#kernel/tx'
import { z } from 'zod'
import { personDeactivated, personReactivated, rolesChanged } from './events.ts'
import { hashPassword, judgePassword, lengthMin } from './password.ts'
import { byLogin, lockPerson, PersonAnswer, personAnswer, PersonId, setLogin, setRoles, setState } from './person.ts'
import { endSessionsOf } from './session.ts'

/** Capital letters are a keyboard's, and mean the small ones. */
export const Login = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{2,63}$/)
const passwordMax = 128
/** A password as it is typed to be compared: of any length that one ever had. */
export const Password = z.string().min(1).max(passwordMax)
/** One that is given or changed. `judgePassword` refuses a short one, in its own words; the schema tells forms beforehand. */
export const NewPassword = Password.meta({ minLength: lengthMin })

// All administrators are locked whenever one might cease to be one, so that two cannot remove each other at the same time.
const activeAdmins = listed<{ id: string; role: string }>(
  sql`select id, 'admin' as role from identity.person where roles @> ${keys('text')} and state = 'active' order by id for update`,
  'role',
)
const adminLock = 'identity:admins'

/** Gives a person a login with its first password and roles. */
export const giveLogin = operation(
  'identity.give_login',
  {
    summary: 'Give a person a login',
    input: z.strictObject({
      person: PersonId,
      login: Login,
      password: NewPassword,
      roles: z.array(z.enum(roles)).min(1).max(roles.length),
    }),
    answer: PersonAnswer,
    status: 201,
    may: ['admin', 'system'],
    locks: ({ person, login }) => [person, `login:${login}`],
    secret: ['password'],
    faults: ['identity.password_weak', 'identity.person_unknown', 'identity.deactivated', 'identity.login_given', 'identity.login_known'],
    prepare: async (_, { password }) => hashPassword(password),
  },
  async ({ tx, prepared }, input) => {
    const person = await lockPerson(tx, input.person)
    if (person.state !== 'active') throw new Fault('identity.deactivated', { person: person.id })
    if (person.login !== null) throw new Fault('identity.login_given', { person: person.id })
    if (await byLogin(tx, input.login)) throw new Fault('identity.login_known', { login: input.login })
    judgePassword(input.password, input.login)
    const held = [...new Set(input.roles)]
    setLogin(tx, { id: person.id, login: input.login, password: prepared })
    setRoles(tx, { id: person.id, roles: held.join(',') })
    emit(tx, rolesChanged, person.id, { person: person.id, roles: held })
    return personAnswer({ ...person, login: input.login, roles: held })
  },
)

/** Changes what a person may do. The last active administrator stays one. */
export const changeRoles = operation(
  'identity.change_roles',
  {
    summary: "Change a person's roles",
    input: z.strictObject({ person: PersonId, roles: z.array(z.enum(roles)).max(roles.length) }),
    answer: PersonAnswer,
    may: ['admin'],
    locks: ({ person }) => [person, adminLock],
    faults: ['identity.person_unknown', 'identity.no_login', 'identity.last_admin'],
  },
  async ({ tx }, input) => {
    const admins = await activeAdmins(tx, 'admin')
    const person = await lockPerson(tx, input.person)
    if (person.login === null) throw new Fault('identity.no_login', { person: person.id })
    const held = [...new Set(input.roles)]
    if (!held.includes('admin') && admins.length === 1 && admins[0]?.id === person.id)
      throw new Fault('identity.last_admin', { person: person.id })
    setRoles(tx, { id: person.id, roles: held.join(',') })
    emit(tx, rolesChanged, person.id, { person: person.id, roles: held })
    return personAnswer({ ...person, roles: held })
  },
)

/** A person may no longer sign in; their sessions end. The last active administrator stays. */
export const deactivate = operation(
  'identity.deactivate',
  {
    summary: 'Deactivate a person',
    input: z.strictObject({ person: PersonId, reason: z.string().trim().min(3).max(500) }),
    answer: PersonAnswer,
    may: ['admin'],
    locks: ({ person }) => [person, adminLock],
    faults: ['identity.person_unknown', 'identity.deactivated', 'identity.last_admin'],
  },
  async ({ tx }, input) => {
    const admins = await activeAdmins(tx, 'admin')
    const person = await lockPerson(tx, input.person)
    if (person.state !== 'active') throw new Fault('identity.deactivated', { person: person.id })
    if (admins.length === 1 && admins[0]?.id === person.id) throw new Fault('identity.last_admin', { person: person.id })
    setState(tx, { id: person.id, state: 'deactivated' })
    endSessionsOf(tx, { person: person.id, at: tx.moment.at, why: 'the person was deactivated' })
    emit(tx, personDeactivated, person.id, { person: person.id, reason: input.reason })
    return personAnswer({ ...person, state: 'deactivated' })
  },
)

/** A person may sign in again. */
export const reactivate = operation(
  'identity.reactivate',
  {
    summary: 'Reactivate a person',
    input: z.strictObject({ person: PersonId }),
    answer: PersonAnswer,
    may: ['admin'],
    locks: ({ person }) => [person],
    faults: ['identity.person_unknown'],
  },
  async ({ tx }, input) => {
    const person = await lockPerson(tx, input.person)
    setState(tx, { id: person.id, state: 'active' })
    if (person.state !== 'active') emit(tx, personReactivated, person.id, { person: person.id })
    return personAnswer({ ...person, state: 'active' })
  },
)
