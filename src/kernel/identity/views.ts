import { joined, sql, type Sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { paged, pageFields, pageOf, readCursor } from '#kernel/http'
import { own, type Principal, roles, view, type View } from '#kernel/operations'
import { z } from 'zod'
import { type Person, PersonAnswer, personAnswer, personColumns, PersonId, self } from './person.ts'

const staff = ['admin', 'credit_officer', 'cashier', 'auditor'] as const

/** One person. */
export const person = view(
  'identity.person',
  {
    summary: 'One person',
    input: z.strictObject({ person: PersonId }),
    answer: PersonAnswer,
    may: [...staff, own('borrower', self)],
    faults: ['identity.person_unknown'],
  },
  async ({ read }, { person: id }) => {
    const [found] = await read<Person>(sql`select ${personColumns} from identity.person where id = ${id}`)
    if (!found) throw new Fault('identity.person_unknown', { id })
    return personAnswer(found)
  },
)

/** People, newest first; `q` looks into name, phone and login, `role` at what they may do. */
export const people = view(
  'identity.people',
  {
    summary: 'People, newest first',
    input: z.strictObject({ ...pageFields, q: z.string().trim().min(1).max(80).optional(), role: z.enum(roles).optional() }),
    answer: pageOf(PersonAnswer),
    may: [...staff],
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after, q, role }) => {
    const conditions: Sql[] = [sql`true`]
    const cursor = readCursor(after, 1)
    if (cursor) conditions.push(sql`id < ${cursor[0] ?? ''}`)
    if (q) conditions.push(sql`position(lower(${q}) in lower(name || ' ' || phone || ' ' || coalesce(login, '') || ' ' || id)) > 0`)
    if (role) conditions.push(sql`${role} = any(roles)`)
    const found = await read<Person>(
      sql`select ${personColumns} from identity.person where ${joined(conditions, ' and ')} order by id desc limit ${limit + 1}`,
    )
    return paged(found, limit, personAnswer, (row) => [row.id])
  },
)

const Current = z.strictObject({ id: z.string(), person: PersonAnswer, roles: z.array(z.enum(roles)), permissions: z.array(z.string()) })

/** Who I am and what I may ask for; `permissions` are names of operations and views. */
export function currentSession(
  permissionsOf: (principal: Principal) => readonly string[],
): View<Record<string, never>, z.infer<typeof Current>> {
  return view(
    'identity.current',
    { summary: 'Who I am and what I may do', input: z.strictObject({}), answer: Current, may: ['signed_in'] },
    async ({ read, principal }) => {
      const [found] = await read<Person>(sql`select ${personColumns} from identity.person where id = ${principal.id}`)
      if (!found) throw new Fault('identity.session_ended')
      return {
        id: principal.session ?? '',
        person: personAnswer(found),
        roles: [...principal.roles],
        permissions: [...permissionsOf(principal)],
      }
    },
  )
}
