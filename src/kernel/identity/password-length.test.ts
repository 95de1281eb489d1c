import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Connection, sql } from '#kernel/db'
import { catalogued } from '#kernel/faults'
import { makeServer, schemaOf } from '#kernel/http'
import { Executor, system } from '#kernel/operations'
import { database } from '#test/database'
import { quietServer } from '#test/quiet-server'
import { Authenticator, giveLogin, identityRoutes, invite, register, Tokens } from './index.ts'
import { hashPassword, lengthMin } from './password.ts'

/** An installation of its own, behind its server. */
async function installed() {
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
  const call = (method: 'POST' | 'PUT', url: string, payload: object, token?: string) =>
    app.inject({ method, url: `/api/v1${url}`, payload, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
  return { db, clock, routes, call, run: executor.run(system('test'), 'req_test') }
}
const { db, routes, call, run } = await installed()
const secret = 'Monsoon over Pune'
let phones = 0
const somebody = async () =>
  (await run(register, { name: 'Some', phone: `+9198003${String(++phones).padStart(5, '0')}` })).id as `person_${string}`
const admin = await somebody()
await run(giveLogin, { person: admin, login: 'asha', password: secret, roles: ['admin'] })
const signIn = (login: string, password: string) => call('POST', '/sessions', { login, password })
const { accessToken } = (await signIn('asha', secret)).json<{ accessToken: string }>()

/** Hard to guess but for its length. */
const passwordOf = (length: number): string => 'kR7#vm2Q!xZ9'.slice(0, length)
const short = passwordOf(lengthMin - 1)
const weak = [422, 'identity.password_weak', { lengthMin }]
const came = ({ statusCode, json }: Awaited<ReturnType<typeof call>>): unknown => {
  const { code, facts } = json<{ code?: string; facts?: object }>()
  return statusCode < 300 ? statusCode : [statusCode, code, facts]
}

test('a login is not given with a password that is a character short', async () => {
  const person = await somebody()
  const give = (password: string) => call('POST', `/people/${person}/login`, { login: 'ravi', password, roles: ['cashier'] }, accessToken)
  assert.deepEqual(came(await give(short)), weak)
  assert.equal(came(await give(passwordOf(lengthMin))), 201)
})

test('nor is one changed to such a password, though the present one may be shorter', async () => {
  const person = await somebody()
  await run(giveLogin, { person, login: 'meera', password: secret, roles: ['borrower'] })
  const owner = await Connection.open(db.owner)
  await owner.execute(sql`update identity.person set password = ${await hashPassword('old')} where id = ${person}`)
  await owner.close()
  const session = await signIn('meera', 'old')
  assert.equal(session.statusCode, 201)
  const change = (newPassword: string) =>
    call('PUT', `/people/${person}/password`, { currentPassword: 'old', newPassword }, session.json<{ accessToken: string }>().accessToken)
  assert.deepEqual(came(await change(short)), weak)
  assert.equal(came(await change(passwordOf(lengthMin))), 200)
})

test('nor has the first administrator one', async () => {
  const empty = await installed()
  const token = await invite(empty.db.pool, empty.clock.now())
  const setUp = (password: string) =>
    empty.call('POST', '/set-up', { token, name: 'Asha', phone: '+919800399999', login: 'asha', password })
  assert.deepEqual(came(await setUp(short)), weak)
  assert.equal(came(await setUp(passwordOf(lengthMin))), 201)
})

test('the description says the same to forms, and nothing about passwords that are compared', () => {
  const leastOf = (name: string, field: string): unknown => {
    const { target } = routes.find((one) => one.target.name === name) ?? assert.fail(name)
    const fields = schemaOf(target.spec.input, 'input')['properties'] as Readonly<Record<string, { readonly minLength?: number }>>
    return fields[field]?.minLength
  }
  assert.deepEqual(
    [
      leastOf('identity.give_login', 'password'),
      leastOf('identity.set_up', 'password'),
      leastOf('identity.change_password', 'newPassword'),
    ],
    [lengthMin, lengthMin, lengthMin],
  )
  assert.deepEqual([leastOf('identity.sign_in', 'password'), leastOf('identity.change_password', 'currentPassword')], [1, 1])
  assert.match(catalogued('identity.password_weak').remedy, new RegExp(`at least ${lengthMin} characters`))
})
