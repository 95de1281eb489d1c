import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { connect } from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { Tokens } from '#kernel/identity'
import { database } from '#test/database'
import { isProblem } from '#test/problem'
import { footprint } from '#test/stage'
import { password, wholeProgram } from '#test/whole-program'

const db = await database()
const whole = await wholeProgram(db)
const { ask, players, running } = whole
const target = 'POST /api/v1/ledger/transfers'

const tokens = await Tokens.fromFile(path.join(running.settings.data, 'keys', 'session.pem'))
const strangers = new Tokens(generateKeyPairSync('ed25519').privateKey)
const session = (await ask('admin', 'GET /api/v1/sessions/current')).body['id'] as string
const claims = { person: players.admin.id, session }
const [head = '', payload = '', signature = ''] = players.cashier.token.split('.')
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const asAdmin = { ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object), sub: players.admin.id }

const forgeries: readonly (readonly [what: string, authorization: string, code: string])[] = [
  ['expired', `Bearer ${await tokens.sign(claims, Date.now() - 901_000)}`, 'identity.token_expired'],
  ['signed by a stranger', `Bearer ${await strangers.sign(claims, Date.now())}`, 'identity.token_invalid'],
  ['of another role, payload changed', `Bearer ${head}.${encoded(asAdmin)}.${signature}`, 'identity.token_invalid'],
  ['without a signature', `Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(asAdmin)}.`, 'identity.token_invalid'],
  ['of another algorithm', `Bearer ${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(asAdmin)}.${signature}`, 'identity.token_invalid'],
  [
    'of a session of somebody else',
    `Bearer ${await tokens.sign({ person: players.admin.id, session: 'session_none' }, Date.now())}`,
    'identity.session_ended',
  ],
  ['of nobody', `Bearer ${await tokens.sign({ person: `person_${'0'.repeat(26)}`, session }, Date.now())}`, 'identity.session_ended'],
  ['cut short', `Bearer ${players.admin.token.slice(0, -9)}`, 'identity.token_invalid'],
  ['no bearer', 'Basic YWRtaW46YWRtaW4=', 'identity.token_invalid'],
  ['nothing', 'Bearer', 'identity.token_invalid'],
  ['without end', `Bearer ${'a.'.repeat(4_000)}`, 'identity.token_invalid'],
]

test('a token that is expired, forged or of another is no session, and nothing changes', async () => {
  const before = await footprint(db)
  for (const [what, authorization, code] of forgeries) {
    const heard = await ask('admin', target, { body: {}, headers: { authorization } })
    assert.deepEqual([heard.status, heard.code, heard.headers['www-authenticate']], [401, code, 'Bearer'], what)
    isProblem(heard)
  }
  assert.equal(await footprint(db), before)
})

test('a token of a lesser role is refused by role; a refresh token is no access token', async () => {
  for (const who of ['cashier', 'auditor', 'borrower'] as const)
    assert.equal((await ask(who, target, { body: {} })).code, 'operations.forbidden', who)
  const signedIn = await ask(null, 'POST /api/v1/sessions', { body: { login: 'dev', password } })
  const { refreshToken, accessToken } = signedIn.body
  assert.equal(
    (await ask('admin', target, { body: {}, headers: { authorization: `Bearer ${String(refreshToken)}` } })).code,
    'identity.token_invalid',
  )
  assert.equal((await ask(null, 'POST /api/v1/sessions/refresh', { body: { refreshToken: accessToken } })).code, 'operations.input_invalid')
  const made = String(refreshToken).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
  assert.equal((await ask(null, 'POST /api/v1/sessions/refresh', { body: { refreshToken: made } })).code, 'identity.refresh_invalid')
})

/** What the server says to bytes on a socket of their own. */
async function said(bytes: string): Promise<{ readonly status: number; readonly body: Record<string, unknown>; readonly type: string }> {
  const address = running.app.server.address()
  const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  socket.write(bytes)
  await new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => resolve()))
  const [top = '', body = ''] = text.split('\r\n\r\n')
  return {
    status: Number(top.split(' ')[1]),
    body: JSON.parse(body || '{}') as Record<string, unknown>,
    type: /content-type: (\S+);/i.exec(top)?.[1] ?? '',
  }
}

const noise: readonly (readonly [what: string, bytes: string, status: number, code: string])[] = [
  ['a header of 20 kB', `GET /api/v1/people HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'http.headers_too_large'],
  [
    'two thousand headers',
    `GET /api/v1/people HTTP/1.1\r\nHost: a\r\n${'X-A: aaaaaaaaaa\r\n'.repeat(2_000)}\r\n`,
    431,
    'http.headers_too_large',
  ],
  ['an address of 20 kB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431, 'http.headers_too_large'],
  ['no HTTP', 'hello\r\n\r\n', 400, 'http.request_malformed'],
  ['a method nobody knows', 'BREW /api/v1/people HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'http.request_malformed'],
  ['a line feed in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\nb: c\r\n\r\n', 400, 'http.request_malformed'],
  [
    'two lengths',
    'POST /api/v1/people HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    400,
    'http.request_malformed',
  ],
  [
    'a length and chunks',
    'POST /api/v1/people HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    'http.request_malformed',
  ],
]

test('what is no request is told so on its connection, which is closed; the next caller is served', async () => {
  await running.app.listen({ host: '127.0.0.1', port: 0 })
  for (const [what, bytes, status, code] of noise) {
    const { status: got, body, type } = await said(bytes)
    assert.deepEqual([got, body['code'], type], [status, code, 'application/problem+json'], what)
    assert.deepEqual(Object.keys(body).toSorted(), ['code', 'detail', 'facts', 'requestId', 'status', 'title', 'type'])
  }
  const { status } = await said('GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  assert.equal(status, 200)
})
