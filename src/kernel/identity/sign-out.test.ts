import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { makeServer } from '#kernel/http'
import { Executor, type Principal, type Role, system } from '#kernel/operations'
import { database } from '#test/database'
import { quietServer } from '#test/quiet-server'
import { Authenticator, giveLogin, identityRoutes, register, Tokens } from './index.ts'
import { changeRoles } from './access.ts'
import { revoke, signOut } from './sign-in.ts'

const db = await database()
const clock = realClock()
const executor = new Executor({ pool: db.pool, clock })
const tokens = new Tokens(generateKeyPairSync('ed25519').privateKey)
const routes = identityRoutes({ tokens, machine: clock, refreshGraceMs: 0, permissionsOf: () => [] })
const authenticator = new Authenticator(tokens, db.pool, clock)
const authenticate = (credentials: Parameters<Authenticator['identify']>[0]) => authenticator.identify(credentials)
const app = await makeServer({ routes, executor, pool: db.pool, clock, ...quietServer(), authenticate })
db.closing(async () => {
  await executor.drain()
  await app.close()
})
const run = executor.run(system('test'), 'req_test')
const admin: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }
const password = 'Monsoon over Pune'

type PersonId = `person_${string}`
let phones = 0
async function personWith(login: string, roles: Role[]): Promise<PersonId> {
  const id = (await run(register, { name: login, phone: `+9198002${String(++phones).padStart(5, '0')}` })).id as PersonId
  await run(giveLogin, { person: id, login, password, roles: ['cashier'] })
  if (roles[0] !== 'cashier') await executor.run(admin, 'req_roles')(changeRoles, { person: id, roles })
  return id
}
const call = (method: 'GET' | 'POST' | 'DELETE' | 'PUT', url: string, token?: string, payload?: object) => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return app.inject({ method, url: `/api/v1${url}`, headers, ...(payload ? { payload } : {}) })
}
const begun = async (login: string): Promise<{ readonly id: string; readonly accessToken: string }> =>
  (await call('POST', '/sessions', undefined, { login, password })).json()
const endsTold = async (person: string): Promise<unknown> =>
  (
    await db.pool.query<{ session: string }>(
      sql`select body::jsonb -> 'data' ->> 'session' as session from events.event where key = ${person} and type = 'identity.session_ended.v1' order by pos`,
    )
  ).map(({ session }) => session)

test('whoever lost every role sees who they are, changes their password, and ends their session', async () => {
  const person = await personWith('bare', [])
  const { id, accessToken } = await begun('bare')
  const current = await call('GET', '/sessions/current', accessToken)
  assert.deepEqual([current.statusCode, current.json().roles], [200, []])
  assert.equal((await call('GET', '/people', accessToken)).statusCode, 403)
  assert.equal((await call('GET', `/people/${person}`, accessToken)).statusCode, 403)
  const left = await call('DELETE', '/sessions/current', accessToken)
  assert.deepEqual([left.statusCode, left.json()], [200, { id, state: 'ended' }])
  assert.deepEqual(await endsTold(person), [id])
  const changed = { currentPassword: password, newPassword: 'A much better secret' }
  const again = await begun('bare')
  assert.equal((await call('PUT', `/people/${admin.id}/password`, again.accessToken, changed)).statusCode, 404)
  assert.equal((await call('PUT', `/people/${person}/password`, again.accessToken, changed)).statusCode, 200)
})

test('nobody without a session signs out, nor does Holdfast itself', async () => {
  assert.deepEqual((await call('DELETE', '/sessions/current')).json().code, 'http.not_authenticated')
  await assert.rejects(run(signOut, {}), { code: 'operations.forbidden' })
})

test('a session that is ended many times at once, or again later, was ended once', async () => {
  const person = await personWith('twice', ['cashier'])
  const { id } = await begun('twice')
  // Each was let in while the session still went on.
  const own = executor.run({ id: person, name: 'Twice', kind: 'person', roles: [], session: id }, 'req_own')
  const answers = await Promise.all(Array.from({ length: 5 }, () => own(signOut, {})))
  assert.deepEqual(
    answers,
    Array.from({ length: 5 }, () => ({ id, state: 'ended' })),
  )
  await run(revoke, { session: id, why: 'a refresh token was used twice' })
  assert.deepEqual(await endsTold(person), [id])
  const [kept] = await db.pool.query<{ ended_why: string }>(sql`select ended_why from identity.session where id = ${id}`)
  assert.equal(kept?.ended_why, 'signed out')
})

test('a session that is ended for safety twice was ended once', async () => {
  const person = await personWith('stolen', ['cashier'])
  const { id } = await begun('stolen')
  const revoked = (): Promise<unknown> => run(revoke, { session: id, why: 'a refresh token was used twice' })
  await Promise.all([revoked(), revoked()])
  await revoked()
  assert.deepEqual(await endsTold(person), [id])
})
