import { timingSafeEqual } from 'node:crypto'
import { type Clock, formatInstant } from '#kernel/clock'
import { rows, sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { operation, type Operation, own, type PrepareContext } from '#kernel/operations'
import { each, type Tx } from '#kernel/tx'
import { z } from 'zod'
import { NewPassword, Password } from './access.ts'
import { sessionEnded } from './events.ts'
import { hashPassword, judgePassword, verifyPassword } from './password.ts'
import { findPerson, lockLogin, lockPerson, type Person, PersonAnswer, personAnswer, PersonId, self, setPassword } from './person.ts'
import { doublingsMax, freeFailures, Turns, UnknownLogins, waitMaxS } from './slow-down.ts'
import { endSession, endSessionsOf, insertSession, lockSession, refreshHash, rotateSession } from './session.ts'
import { accessSeconds, newRefresh, readRefresh, refreshSeconds, type Tokens } from './token.ts'

// Whatever is typed may be wrong; only one that nobody could have typed has the wrong shape.
const TypedLogin = z.string().trim().toLowerCase().min(1).max(254)

const SessionAnswer = z.strictObject({
  id: z.string(),
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: z.int(),
  person: PersonAnswer,
})
type SessionAnswer = z.infer<typeof SessionAnswer>

const countFailure = each<{ id: string }>(sql`
  update identity.person p set failures = p.failures + 1,
    locked_until = case when p.failures + 1 >= ${freeFailures}
      then pg_catalog.now() + least(${waitMaxS}::float8, power(2, least(p.failures + 1 - ${freeFailures}, ${doublingsMax}))) * interval '1 second' end
  from ${rows({ id: 'text' })} x where p.id = x.id`)
const clearFailures = each<{ id: string }>(sql`
  update identity.person p set failures = 0, locked_until = null from ${rows({ id: 'text' })} x where p.id = x.id and p.failures > 0`)

/**
 * A wrong password, counted in a transaction of its own, so that refusing the sign-in doesn't undo it. Nobody's (null) is written down all
 * the same: a commit that only some logins cost would tell which there are.
 */
const noteFailure = operation(
  'identity.note_failure',
  {
    summary: 'Count a wrong password',
    input: z.strictObject({ person: z.string().nullable() }),
    answer: z.strictObject({}),
    may: ['system'],
    locks: ({ person }) => (person === null ? [] : [person]),
  },
  async ({ tx }, { person }) => {
    if (person === null) return {}
    await lockPerson(tx, person)
    countFailure(tx, { id: person })
    return {}
  },
)

interface Candidate {
  readonly id: string
  readonly password: string | null
  readonly state: string
  readonly locked_until: string | null
}

/** Refuses whoever has to wait after wrong passwords. */
function awaited(lockedUntil: string | null, now: number): void {
  const waitS = lockedUntil === null ? 0 : Math.ceil((Date.parse(lockedUntil) - now) / 1000)
  if (waitS > 0) throw new Fault('identity.too_many_failures', { retryAfterS: waitS })
}

// By login, or by person where a password is changed: two names of which neither can be the other.
const turns = new Turns()

/** Who it was, and the kept password that theirs was compared with. */
interface Known {
  readonly person: string
  readonly kept: string | null
}

interface Tried {
  readonly login: string
  readonly password: string
  readonly unknown: UnknownLogins
  readonly now: number
}

/** Who has this login and password; wrong ones are counted and slowed down. An unknown login is slowed down and costs time in the same way. */
async function whoIs({ read, submit }: PrepareContext, tried: Tried): Promise<Known> {
  const { login, password, unknown, now } = tried
  const [found] = await read<Candidate>(sql`select id, password, state, locked_until from identity.person where login = ${login}`)
  const waitS = found ? 0 : unknown.waitS(login, now)
  if (waitS > 0) throw new Fault('identity.too_many_failures', { retryAfterS: waitS })
  awaited(found?.locked_until ?? null, now)
  const right = await verifyPassword(password, found?.password ?? null)
  if (!found || !right || found.state !== 'active') {
    if (!found) unknown.note(login, now)
    await submit(noteFailure, { person: found?.id ?? null })
    throw new Fault('identity.credentials_wrong')
  }
  return { person: found.id, kept: found.password }
}

/** What sessions are made of. `machine` is machine time: sessions never follow a simulated clock. */
export interface SessionParts {
  readonly tokens: Tokens
  readonly machine: Clock
  /** How long after a refresh token was rotated a call with it may still come. */
  readonly refreshGraceMs: number
}

/** The operations that begin and go on with a session. */
export function sessionOperations({ tokens, machine, refreshGraceMs }: SessionParts): {
  readonly signIn: Operation<{ login: string; password: string }, SessionAnswer>
  readonly refresh: Operation<{ refreshToken: string }, SessionAnswer>
} {
  const unknown = new UnknownLogins()
  const signIn = operation(
    'identity.sign_in',
    {
      summary: 'Sign in',
      input: z.strictObject({ login: TypedLogin, password: Password }),
      answer: SessionAnswer,
      status: 201,
      may: ['anyone'],
      secret: ['password'],
      once: ['accessToken', 'refreshToken'],
      faults: ['identity.credentials_wrong', 'identity.too_many_failures'],
      object: (_, answer) => answer?.person.id,
      prepare: async (context, { login, password }) => {
        const { person, kept } = await turns.take(login, () => whoIs(context, { login, password, unknown, now: machine.now() }))
        const session = newId('session')
        return { person, kept, session, accessToken: await tokens.sign({ person, session }, machine.now()) }
      },
    },
    async ({ tx, prepared }) => {
      const person = await lockLogin(tx, prepared.person)
      // The password may have been changed since it was compared: a session would outlive the change that is to end them all.
      if (person?.state !== 'active' || person.password !== prepared.kept) throw new Fault('identity.credentials_wrong')
      const { token, secret } = newRefresh(prepared.session)
      const now = machine.now()
      insertSession(tx, {
        id: prepared.session,
        person: person.id,
        refresh: refreshHash(secret),
        created_at: formatInstant(now),
        expires_at: formatInstant(now + refreshSeconds * 1000),
      })
      clearFailures(tx, { id: person.id })
      return begun({ id: prepared.session, accessToken: prepared.accessToken, refreshToken: token }, person)
    },
  )
  const refresh = operation(
    'identity.refresh',
    {
      summary: 'Get a new access token',
      input: z.strictObject({ refreshToken: z.string().max(200) }),
      answer: SessionAnswer,
      status: 201,
      may: ['anyone'],
      secret: ['refreshToken'],
      once: ['accessToken', 'refreshToken'],
      locks: ({ refreshToken }) => [refreshToken.slice(0, 40)],
      faults: ['identity.refresh_invalid'],
      prepare: async ({ read, submit }, { refreshToken }) => {
        const came = machine.now()
        const { session, secret } = readRefresh(refreshToken)
        const [found] = await read<{ person: string; refresh: string; rotated_at: string | null }>(
          sql`select person, refresh, rotated_at from identity.session where id = ${session} and ended_at is null`,
        )
        if (!found) throw new Fault('identity.refresh_invalid')
        const next = tokens.successor({ session, secret })
        const atOnce = same(found.refresh, refreshHash(next.secret)) && came <= Date.parse(found.rotated_at ?? '') + refreshGraceMs
        if (!same(found.refresh, refreshHash(secret)) && !atOnce) {
          // Whoever shows a token that was rotated away stole it, or it was stolen from them: nobody keeps the session.
          await submit(revoke, { session, why: 'a refresh token was used twice' })
          throw new Fault('identity.refresh_invalid')
        }
        return { session, secret, next, accessToken: await tokens.sign({ person: found.person, session }, machine.now()) }
      },
    },
    async ({ tx, prepared: { session: id, secret, next, accessToken } }) => {
      const session = await lockSession(tx, id)
      const expired = !session || session.ended_at !== null || Date.parse(session.expires_at) <= machine.now()
      const is = (shown: string): boolean => !expired && same(session.refresh, refreshHash(shown))
      // The token was good when this call came; if another call with it was quicker, both are told the same.
      if (expired || (!is(secret) && !is(next.secret))) throw new Fault('identity.refresh_invalid')
      const person = await findPerson(tx, session.person)
      if (person.state !== 'active') throw new Fault('identity.refresh_invalid')
      if (is(secret)) rotateSession(tx, { id, refresh: refreshHash(next.secret), at: formatInstant(machine.now()) })
      return begun({ id, accessToken, refreshToken: next.token }, person)
    },
  )
  return { signIn, refresh }
}

function begun(session: Pick<SessionAnswer, 'id' | 'accessToken' | 'refreshToken'>, person: Person): SessionAnswer {
  return { ...session, expiresIn: accessSeconds, person: personAnswer(person) }
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

const Ended = z.strictObject({ id: z.string(), state: z.literal('ended') })

/** Ends a session that someone else may be using. */
export const revoke = operation(
  'identity.revoke_session',
  {
    summary: 'End a session for safety',
    input: z.strictObject({ session: z.string(), why: z.string() }),
    answer: Ended,
    may: ['system'],
    locks: ({ session }) => [session],
  },
  async ({ tx }, { session, why }) => {
    return ended(tx, session, why)
  },
)

/** Ends the caller's own session, whatever roles they have. */
export const signOut = operation(
  'identity.sign_out',
  {
    summary: 'Sign out',
    input: z.strictObject({}),
    answer: Ended,
    may: ['signed_in'],
    locks: (_, { session = '' }) => [session],
  },
  async ({ tx, principal }) => ended(tx, principal.session ?? '', 'signed out'),
)

/** A session ends once, and that is told once, however many end it. */
async function ended(tx: Tx, id: string, why: string): Promise<z.infer<typeof Ended>> {
  const found = await lockSession(tx, id)
  if (found?.ended_at === null) {
    endSession(tx, { id, at: tx.moment.at, why })
    emit(tx, sessionEnded, found.person, { person: found.person, session: id, why })
  }
  return { id, state: 'ended' }
}

/** The caller's login and kept password, if this is theirs; a wrong one is counted and slowed down as at signing in. */
async function loginOf({ read, principal, submit }: PrepareContext, password: string): Promise<{ login: string; password: string }> {
  const [found] = await read<{ login: string; password: string; wait_s: number }>(
    sql`select login, password, coalesce(ceil(extract(epoch from locked_until - pg_catalog.now())), 0)::int as wait_s
      from identity.person where id = ${principal.id} and login is not null`,
  )
  if (found && found.wait_s > 0) throw new Fault('identity.too_many_failures', { retryAfterS: found.wait_s })
  if (!found || !(await verifyPassword(password, found.password))) {
    if (found) await submit(noteFailure, { person: principal.id })
    throw new Fault('identity.credentials_wrong')
  }
  return found
}

const PasswordChange = z.strictObject({ person: PersonId, currentPassword: Password, newPassword: NewPassword })
type PasswordChange = z.infer<typeof PasswordChange>

/** A person changes their own password; their other sessions end with it, this one too. */
export const changePassword = operation(
  'identity.change_password',
  {
    summary: 'Change your own password',
    input: PasswordChange,
    answer: PersonAnswer,
    may: [own<PasswordChange>('signed_in', self)],
    locks: ({ person }) => [person],
    secret: ['currentPassword', 'newPassword'],
    faults: ['identity.credentials_wrong', 'identity.too_many_failures', 'identity.password_weak', 'identity.person_unknown'],
    prepare: async (context, { currentPassword, newPassword }) => {
      const { login, password } = await turns.take(context.principal.id, () => loginOf(context, currentPassword))
      judgePassword(newPassword, login)
      return { kept: password, next: await hashPassword(newPassword) }
    },
  },
  async ({ tx, prepared }, input) => {
    const person = await lockLogin(tx, input.person)
    if (!person) throw new Fault('identity.person_unknown', { id: input.person })
    // Of two changes at once one comes first, and then the password of the other is not the current one any more.
    if (person.password !== prepared.kept) throw new Fault('identity.credentials_wrong')
    setPassword(tx, { id: person.id, password: prepared.next })
    endSessionsOf(tx, { person: person.id, at: tx.moment.at, why: 'the password was changed' })
    return personAnswer(person)
  },
)
