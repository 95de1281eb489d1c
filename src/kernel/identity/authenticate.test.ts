import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { simulatedClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { accessCookie } from './authenticate.ts'
import { Authenticator, Tokens } from './index.ts'
import { accessSeconds } from './token.ts'

const db = await database()
const clock = simulatedClock(Date.parse('2026-03-10T06:00:00Z'))
const tokens = new Tokens(generateKeyPairSync('ed25519').privateKey)
const authenticator = new Authenticator(tokens, db.pool, clock)
const believedMs = 5_000

let made = 0
/** Somebody new with a session, and a token of it that was signed a while ago. */
async function somebody(agoMs = 0): Promise<{ person: string; session: string; token: string }> {
  const [person, session] = [`person_${++made}`, `session_${made}`]
  await db.pool.execute(
    sql`insert into identity.person (id, name, phone, roles, created_at) values (${person}, 'Somebody', ${person}, '{cashier}', now())`,
  )
  await db.pool.execute(sql`
    insert into identity.session (id, person, refresh, created_at, expires_at) values (${session}, ${person}, 'x', now(), now() + interval '1 day')`)
  return { person, session, token: await tokens.sign({ person, session }, clock.now() - agoMs) }
}
const bearing = (authorization: string | undefined, cookie?: string, site: 'safe' | 'same' | 'cross' = 'same') =>
  authenticator.identify({ authorization, cookies: { [accessCookie]: cookie }, site })
const rolesOf = async (token: string): Promise<unknown> => (await bearing(`Bearer ${token}`))?.roles
/** As another process would: this one isn't told. */
const promote = (person: string) => db.pool.execute(sql`update identity.person set roles = '{admin}' where id = ${person}`)
const ended = { code: 'identity.session_ended' }
const invalid = { code: 'identity.token_invalid' }

test('what was looked up is believed for five seconds, and no longer', async () => {
  const { person, token } = await somebody()
  assert.deepEqual(await rolesOf(token), ['cashier'])
  await promote(person)
  clock.advanceTo(clock.now() + believedMs - 1)
  assert.deepEqual(await rolesOf(token), ['cashier'])
  clock.advanceTo(clock.now() + 1)
  assert.deepEqual(await rolesOf(token), ['admin'])
})

test('nor for longer than the token lasts', async () => {
  const { token } = await somebody(accessSeconds * 1000 - 2_000)
  assert.deepEqual(await rolesOf(token), ['cashier'])
  clock.advanceTo(clock.now() + 2_000)
  await assert.rejects(rolesOf(token), { code: 'identity.token_expired' })
})

test('a change in this process holds at once, for whoever is being looked up too', async () => {
  const { person, token } = await somebody()
  const looking = rolesOf(token)
  authenticator.forget()
  assert.deepEqual(await looking, ['cashier'])
  await promote(person)
  assert.deepEqual(await rolesOf(token), ['admin'])
  await db.pool.execute(sql`update identity.person set roles = '{}' where id = ${person}`)
  authenticator.forget()
  assert.deepEqual(await rolesOf(token), [])
})

test('a session that ended, a person deactivated, and the session of another are none', async () => {
  const [one, other, third] = [await somebody(), await somebody(), await somebody()]
  await db.pool.execute(sql`update identity.session set ended_at = now() where id = ${one.session}`)
  await db.pool.execute(sql`update identity.person set state = 'deactivated' where id = ${other.person}`)
  await assert.rejects(rolesOf(one.token), ended)
  await assert.rejects(rolesOf(other.token), ended)
  await assert.rejects(rolesOf(await tokens.sign({ person: one.person, session: third.session }, clock.now())), ended)
  const asked = { name: '', kind: 'person', roles: [] } as const
  assert.equal(await authenticator.again({ ...asked, id: one.person, session: one.session }), null)
  assert.equal(await authenticator.again({ ...asked, id: third.person }), null)
  assert.deepEqual((await authenticator.again({ ...asked, id: third.person, session: third.session }))?.roles, ['cashier'])
})

test('by bearer token, or by the console’s cookie unless a page elsewhere sends it', async () => {
  const { person, token } = await somebody()
  assert.equal(await bearing(undefined), null)
  assert.equal((await bearing(`bearer ${token}`, undefined, 'cross'))?.id, person)
  assert.equal((await bearing(undefined, token))?.id, person)
  await assert.rejects(bearing(undefined, token, 'cross'), { code: 'http.cross_site' })
  for (const wrong of ['', 'Bearer', 'Basic eDp5', `Bearer ${token} x`, `x Bearer ${token}`, `Bearer  ${token}`, token])
    await assert.rejects(bearing(wrong, token), invalid, wrong)
})
