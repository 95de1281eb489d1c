import assert from 'node:assert/strict'
import { test } from 'node:test'
import { database } from '#test/database'
import { password, wholeProgram } from '#test/whole-program'

const db = await database()
const whole = await wholeProgram(db, { HOLDFAST_TRUSTED_PROXIES: '127.0.0.1' })
const ofConsole = { 'x-holdfast-console': '1' }
const cookiesOf = ({ headers }: { headers: Readonly<Record<string, unknown>> }): readonly string[] =>
  [headers['set-cookie'] ?? []].flat().map(String)
const kept = (cookies: readonly string[]): string => cookies.map((one) => one.split(';')[0] ?? '').join('; ')
const signIn = (key?: string) =>
  whole.ask(null, 'POST /api/v1/sessions', {
    body: { login: 'auditor', password },
    headers: ofConsole,
    ...(key === undefined ? {} : { key }),
  })

test('a page on another port of this host, to which the cookie goes too, cannot rotate the token', async () => {
  const cookies = cookiesOf(await signIn())
  const [, refresh = ''] = kept(cookies).split('; ')
  const ask = (headers: Readonly<Record<string, string>>) =>
    whole.ask(null, 'POST /api/v1/sessions/refresh', { headers: { cookie: refresh, ...headers } })
  assert.equal((await ask({ 'sec-fetch-site': 'same-site' })).status, 400)
  assert.equal((await ask(ofConsole)).status, 201)
})

test('an answer that is replayed takes no cookie away', async () => {
  assert.equal(cookiesOf(await signIn('again')).length, 2)
  const replayed = await signIn('again')
  assert.deepEqual([replayed.headers['idempotency-replayed'], cookiesOf(replayed)], ['true', []])
})

test('what a call in a batch sets is marked as the batch came: by HTTPS, behind a trusted proxy', async () => {
  const cookie = kept(cookiesOf(await signIn()))
  const ask = (headers: Readonly<Record<string, string>>) =>
    whole.ask(null, 'POST /api/v1/batch', {
      body: { calls: [{ id: 'in', method: 'POST', path: '/api/v1/sessions', body: { login: 'auditor', password } }] },
      headers: { cookie, ...ofConsole, ...headers },
    })
  const [plain, secure] = [await ask({}), await ask({ 'x-forwarded-proto': 'https' })].map(cookiesOf)
  assert.deepEqual(
    plain?.map((one) => one.includes('Secure')),
    [false, false],
  )
  assert.deepEqual(
    secure?.map((one) => one.includes('Secure')),
    [true, true],
  )
})
