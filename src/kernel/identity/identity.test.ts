import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { sql } from '#kernel/db'
import { makeServer } from '#kernel/http'
import { Executor, permission, system } from '#kernel/operations'
import { database } from '#test/database'
import { Authenticator, completeFromCookie, giveLogin, identityRoutes, invite, register, setCookies, Tokens } from './index.ts'
import { quietServer } from '#test/quiet-server'

const db = await database()
const clock = realClock()
const executor = new Executor({ pool: db.pool, clock })
const tokens = new Tokens(generateKeyPairSync('ed25519').privateKey)
const authenticator = new Authenticator(tokens, db.pool, clock)
const routes = identityRoutes({
  tokens,
  machine: clock,
  refreshGraceMs: 0,
  permissionsOf: (principal) =>
    routes.filter(({ target }) => permission(target.spec.may, principal) !== false).map(({ target }) => target.name),
})
const app = await makeServer({
  routes,
  executor,
  pool: db.pool,
  clock,
  ...quietServer(),
  authenticate: (credentials) => authenticator.identify(credentials),
  onAnswer: (name, body, request, reply) => {
    if (name.startsWith('identity.')) authenticator.forget()
    setCookies(name, body, request, reply)
  },
  complete: completeFromCookie,
})
db.closing(async () => {
  await executor.drain()
  await app.close()
})

const run = executor.run(system('test'), 'req_test')
const secret = 'Monsoon over Pune'
let phones = 0
async function personWith(name: string, login: string, roles: ('admin' | 'cashier' | 'borrower' | 'auditor')[]) {
  const { id } = (await run(register, { name, phone: `+9198000${String(++phones).padStart(5, '0')}` })) as { id: `person_${string}` }
  await run(giveLogin, { person: id, login, password: secret, roles })
  return id
}
const asha = await personWith('Asha', 'asha', ['admin'])
const ravi = await personWith('Ravi', 'ravi', ['cashier'])
const meera = await personWith('Meera', 'meera', ['borrower'])

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
const call = (method: Method, url: string, token?: string, payload?: object, headers: Record<string, string> = {}) =>
  app.inject({
    method,
    url: `/api/v1${url}`,
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    ...(payload ? { payload } : {}),
  })
const signIn = async (login: string, password: string, headers: Record<string, string> = {}) =>
  call('POST', '/sessions', undefined, { login, password }, headers)
const tokenOf = async (name: string): Promise<string> => (await signIn(name.toLowerCase(), secret)).json().accessToken

test('signing in answers tokens and the person; the session tells roles and permissions', async () => {
  const reply = await signIn('ravi', secret)
  assert.equal(reply.statusCode, 201)
  const { accessToken, refreshToken, expiresIn, person } = reply.json()
  assert.deepEqual([expiresIn, person.id, person.roles, typeof refreshToken], [900, ravi, ['cashier'], 'string'])
  const current = (await call('GET', '/sessions/current', accessToken)).json()
  assert.equal(current.person.id, ravi)
  assert.ok(current.permissions.includes('identity.register') && !current.permissions.includes('identity.give_login'))
})

test('a wrong password, an unknown login and a forged, damaged or expired token are 401', async () => {
  assert.equal((await signIn('ravi', 'wrong password')).json().code, 'identity.credentials_wrong')
  assert.equal((await signIn('nobody', 'wrong password')).json().code, 'identity.credentials_wrong')
  const forged = await new Tokens(generateKeyPairSync('ed25519').privateKey).sign({ person: asha, session: 'session_x' }, clock.now())
  const expired = await tokens.sign({ person: asha, session: 'session_x' }, clock.now() - 3_600_000)
  const absent = await tokens.sign({ person: asha, session: 'session_x' }, clock.now())
  for (const [token, code] of [
    [forged, 'token_invalid'],
    ['a.b.c', 'token_invalid'],
    [expired, 'token_expired'],
    [absent, 'session_ended'],
  ] as const) {
    const reply = await call('GET', '/people', token)
    assert.deepEqual([reply.statusCode, reply.json().code], [401, `identity.${code}`])
  }
})

test('five wrong passwords make the next wait, the right one too, and the count survives in the database', async () => {
  await personWith('Slow', 'slow', ['cashier'])
  for (let at = 0; at < 5; at++) assert.equal((await signIn('slow', 'not it at all')).statusCode, 401)
  const reply = await signIn('slow', secret)
  assert.deepEqual([reply.statusCode, reply.json().code], [429, 'identity.too_many_failures'])
  // Not more: the wait begins small.
  assert.equal(reply.headers['retry-after'], '1')
})

test('the audit says how long a wrong password took to refuse', async () => {
  await signIn('ravi', 'not it at all')
  for (let asked = 0; asked < 50; asked++) {
    const [record] = await db.pool.query<{ us: number }>(
      sql`select (body::json ->> 'durationUs')::int as us from audit.record where operation = 'identity.sign_in' and outcome = 'refused' order by id desc limit 1`,
    )
    if (record) return assert.ok(record.us > 0)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail('the refusal was not audited within a second')
})

test('a login that nobody has is slowed down as anybody’s, and does not tell that it is nobody’s', async () => {
  const codes = []
  for (let at = 0; at < 6; at++) codes.push((await signIn('ghost', 'not it at all')).statusCode)
  assert.deepEqual(codes, [401, 401, 401, 401, 401, 429])
  const other = await signIn('Somebody Else', 'not it at all')
  assert.deepEqual([other.statusCode, other.json().code], [401, 'identity.credentials_wrong'])
})

test('a login is found however a keyboard capitalises it; a phone and a PAN however they are written', async () => {
  assert.equal((await signIn(' Ravi', secret)).statusCode, 201)
  const { accessToken } = (await signIn('asha', secret)).json()
  for (const [phone, kept] of [
    ['98450 01234', '+919845001234'],
    ['+91 98450-01235', '+919845001235'],
    ['+1 (415) 555-0100', '+14155550100'],
  ]) {
    const made = await call('POST', '/people', accessToken, { name: 'Written', phone, pan: 'abcpd1234k' })
    assert.deepEqual([made.statusCode, made.json().phone, made.json().pan], [201, kept, '••••••234K'])
  }
  for (const phone of ['12345', '1234567890', '+91', 'call me', '+91 98450 01236 x'])
    assert.equal((await call('POST', '/people', accessToken, { name: 'Written', phone })).statusCode, 400, phone)
  const turned = await call('POST', '/people', accessToken, { name: 'a\u202eb', phone: '+919845001239' })
  assert.equal(turned.statusCode, 400)
})

test('a refresh token works once; shown twice, it ends the session for whoever holds it', async () => {
  const first = (await signIn('ravi', secret)).json()
  const second = (await call('POST', '/sessions/refresh', undefined, { refreshToken: first.refreshToken })).json()
  assert.notEqual(second.refreshToken, first.refreshToken)
  assert.equal((await call('GET', '/people', second.accessToken)).statusCode, 200)
  assert.equal(
    (await call('POST', '/sessions/refresh', undefined, { refreshToken: first.refreshToken })).json().code,
    'identity.refresh_invalid',
  )
  assert.equal((await call('POST', '/sessions/refresh', undefined, { refreshToken: second.refreshToken })).statusCode, 401)
  assert.equal((await call('GET', '/people', second.accessToken)).json().code, 'identity.session_ended')
})

test('signing out ends the session at once', async () => {
  const token = await tokenOf('Ravi')
  assert.equal((await call('DELETE', '/sessions/current', token)).statusCode, 200)
  assert.equal((await call('GET', '/sessions/current', token)).json().code, 'identity.session_ended')
})

test('the console gets cookies that scripts cannot read, refreshes with them, and is safe from other sites', async () => {
  const reply = await signIn('ravi', secret, { 'x-holdfast-console': '1' })
  const cookies = reply.cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite])
  assert.deepEqual(cookies, [
    ['hf_access', true, 'Strict'],
    ['hf_refresh', true, 'Strict'],
  ])
  const cookie = reply.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  assert.equal((await call('GET', '/sessions/current', undefined, undefined, { cookie })).statusCode, 200)
  assert.equal((await call('POST', '/people', undefined, { name: 'X', phone: '+919999999999' }, { cookie })).json().code, 'http.cross_site')
  const refreshed = await call('POST', '/sessions/refresh', undefined, undefined, {
    cookie: cookie.replace(/hf_access=[^;]+; /, ''),
    'x-holdfast-console': '1',
  })
  assert.equal(refreshed.statusCode, 201)
  assert.equal(refreshed.cookies.length, 2)
  assert.deepEqual((await signIn('ravi', 'not it at all', { 'x-holdfast-console': '1' })).cookies, [])
  const left = await call('DELETE', '/sessions/current', undefined, undefined, { cookie, 'x-holdfast-console': '1' })
  assert.deepEqual(
    left.cookies.map(({ name, value, path }) => [name, value, path]),
    [
      ['hf_access', '', '/'],
      ['hf_refresh', '', '/api/v1/sessions'],
    ],
  )
})

test('people page by page: each once, newest first', async () => {
  const token = await tokenOf('Asha')
  const seen: string[] = []
  for (let next = ''; ;) {
    const page = (await call('GET', `/people?limit=2${next && `&after=${encodeURIComponent(next)}`}`, token)).json()
    seen.push(...page.items.map(({ id }: { id: string }) => id))
    if (page.next === null) break
    next = page.next
  }
  const kept = await db.pool.query<{ id: string }>(sql`select id from identity.person order by id desc`)
  assert.deepEqual(
    seen,
    kept.map(({ id }) => id),
  )
})

test('a cookie whose session has ended does not stand in the way of signing in again; a bearer token does', async () => {
  const reply = await signIn('ravi', secret, { 'x-holdfast-console': '1' })
  const cookie = reply.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const { accessToken } = reply.json<{ accessToken: string }>()
  const changed = { currentPassword: secret, newPassword: secret }
  assert.equal((await call('PUT', `/people/${ravi}/password`, accessToken, changed)).statusCode, 200)
  assert.equal((await call('GET', '/sessions/current', undefined, undefined, { cookie })).json().code, 'identity.session_ended')
  for (const stale of [cookie, 'hf_access=a.b.c'])
    assert.equal((await signIn('ravi', secret, { 'x-holdfast-console': '1', cookie: stale })).statusCode, 201)
  assert.equal((await call('POST', '/sessions', accessToken, { login: 'ravi', password: secret })).statusCode, 401)
})

test('a borrower sees themself, and another person as absent', async () => {
  const token = await tokenOf('Meera')
  assert.equal((await call('GET', `/people/${meera}`, token)).statusCode, 200)
  assert.equal((await call('GET', `/people/${ravi}`, token)).json().code, 'identity.person_unknown')
  assert.equal((await call('GET', '/people', token)).statusCode, 403)
})

test('a password is changed by its owner alone, judged, and ends the sessions', async () => {
  const token = await tokenOf('Meera')
  const change = (currentPassword: string, newPassword: string, person = meera) =>
    call('PUT', `/people/${person}/password`, token, { currentPassword, newPassword })
  assert.equal((await change('not it', 'A much better secret')).json().code, 'identity.credentials_wrong')
  assert.equal((await change(secret, 'meera12345')).json().code, 'identity.password_weak')
  assert.equal((await change(secret, 'A much better secret', ravi)).json().code, 'identity.person_unknown')
  assert.equal((await change(secret, 'A much better secret')).statusCode, 200)
  assert.equal((await call('GET', '/sessions/current', token)).statusCode, 401)
  assert.equal((await signIn('meera', 'A much better secret')).statusCode, 201)
})

test('whoever holds a session cannot guess its password without end', async () => {
  const guess = await personWith('Guess', 'guess', ['cashier'])
  const { accessToken } = (await signIn('guess', secret)).json()
  const change = (currentPassword: string) =>
    call('PUT', `/people/${guess}/password`, accessToken, { currentPassword, newPassword: 'A much better secret' })
  const codes = []
  for (let at = 0; at < 6; at++) codes.push((await change('not it')).statusCode)
  assert.deepEqual(codes, [401, 401, 401, 401, 401, 429])
  assert.equal((await change(secret)).statusCode, 429)
})

test('the last administrator can be neither removed nor deactivated, also by two at once', async () => {
  const token = await tokenOf('Asha')
  assert.equal((await call('PUT', `/people/${asha}/roles`, token, { roles: ['auditor'] })).json().code, 'identity.last_admin')
  assert.equal((await call('POST', `/people/${asha}/deactivation`, token, { reason: 'leaving' })).json().code, 'identity.last_admin')
  const bela = await personWith('Bela', 'bela', ['admin'])
  const replies = await Promise.all([asha, bela].map((person) => call('PUT', `/people/${person}/roles`, token, { roles: ['auditor'] })))
  const [done, refused] = replies.map((reply) => reply.statusCode).sort((a, b) => a - b)
  assert.equal(done, 200)
  // 403 if the caller's own role was gone before the second call was looked at.
  assert.ok(refused === 409 || refused === 403, `${refused}`)
  const [count] = await db.pool.query<{ n: number }>(
    sql`select count(*)::int as n from identity.person where roles @> '{admin}' and state = 'active'`,
  )
  assert.equal(count?.n, 1)
})

test('neither password nor token stands in audit, answers kept or log of changes', async () => {
  await executor.drain()
  const [found] = await db.pool.query<{ n: number }>(sql`
    select count(*)::int as n from (select body from audit.record union all select body from operations.answer union all select body from events.event) as texts(body)
    where body like '%Monsoon%' or body like '%much better%' or body like '%eyJ%'`)
  assert.equal(found?.n, 0)
})

test('an empty installation invites its first administrator once', async () => {
  const empty = await database()
  const token = await invite(empty.pool, clock.now())
  assert.equal(typeof token, 'string')
  assert.equal(await invite(db.pool, clock.now()), undefined)
})
