import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { CannotStart } from '#kernel/db'
import { SignJWT, UnsecuredJWT } from 'jose'
import { Tokens } from './index.ts'
import { accessSeconds, newRefresh, readRefresh } from './token.ts'

test('the key is made once, whole, for its owner alone; of starts at once all have the one that stays', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-keys-'))
  try {
    const file = path.join(folder, 'keys', 'session.pem')
    const [first, ...others] = await Promise.all([Tokens.fromFile(file), Tokens.fromFile(file)])
    const again = await Tokens.fromFile(file)
    for (const one of [...others, again]) assert.deepEqual(one.keyFor('test'), first?.keyFor('test'))
    assert.notDeepEqual(again.keyFor('another'), again.keyFor('test'))
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(path.dirname(file)), ['session.pem'])
    for (const text of ['', 'nonsense']) {
      await writeFile(file, text)
      await assert.rejects(Tokens.fromFile(file), (error) => error instanceof CannotStart && error.message.includes(file))
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

const key = generateKeyPairSync('ed25519').privateKey
const tokens = new Tokens(key)
const now = Date.parse('2026-03-10T06:00:00.250Z')
const second = Math.floor(now / 1000)

test('a token tells whose session it is until its time is over, to the second', async () => {
  const token = await tokens.sign({ person: 'person_x', session: 'session_y' }, now)
  const expires = (second + accessSeconds) * 1000
  for (const at of [now, expires - 1])
    assert.deepEqual(await tokens.verify(token, at), { person: 'person_x', session: 'session_y', expires })
  for (const at of [expires, expires + 1]) await assert.rejects(tokens.verify(token, at), { code: 'identity.token_expired' })
})

test('no other token is believed', async () => {
  const whole = { iss: 'holdfast', aud: 'holdfast', sub: 'person_x', sid: 'session_y', iat: second, exp: second + 60 }
  const signed = (change: object, by = key): Promise<string> =>
    new SignJWT({ ...whole, ...change }).setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' }).sign(by)
  assert.equal((await tokens.verify(await signed({}), now)).person, 'person_x')
  const publicPem = new TextEncoder().encode(String(createPublicKey(key).export({ type: 'spki', format: 'pem' })))
  const [head = '', body = '', signature = ''] = (await signed({})).split('.')
  const wrong = {
    'of another key': await signed({}, generateKeyPairSync('ed25519').privateKey),
    'of another issuer': await signed({ iss: 'other' }),
    'without an issuer': await signed({ iss: undefined }),
    'for another audience': await signed({ aud: 'other' }),
    'without an audience': await signed({ aud: undefined }),
    'of nobody': await signed({ sub: undefined }),
    'of no session': await signed({ sid: undefined }),
    'of a session that is no text': await signed({ sid: 7 }),
    'without an end': await signed({ exp: undefined }),
    unsigned: new UnsecuredJWT(whole).encode(),
    'signed with the public key as a password': await new SignJWT(whole).setProtectedHeader({ alg: 'HS256' }).sign(publicPem),
    'with the claims of another': [head, Buffer.from(JSON.stringify({ ...whole, sub: 'person_z' })).toString('base64url'), signature].join(
      '.',
    ),
    'without its signature': `${head}.${body}.`,
    'no token': 'x.y.z',
    empty: '',
  }
  for (const [what, token] of Object.entries(wrong))
    await assert.rejects(tokens.verify(token, now), { code: 'identity.token_invalid' }, what)
})

test('of a refresh token there is one successor, which only this key can tell', () => {
  const session = `session_${'0'.repeat(26)}`
  const { token, secret } = newRefresh(session)
  assert.deepEqual(readRefresh(token), { session, secret })
  assert.notEqual(newRefresh(session).secret, secret)
  const next = tokens.successor({ session, secret })
  assert.deepEqual(readRefresh(next.token), { session, secret: next.secret })
  assert.deepEqual(tokens.successor({ session, secret }), next)
  const others = [
    tokens.successor({ session: `session_${'1'.repeat(26)}`, secret }),
    tokens.successor(readRefresh(next.token)),
    new Tokens(generateKeyPairSync('ed25519').privateKey).successor({ session, secret }),
  ]
  assert.equal(new Set([secret, next.secret, ...others.map((one) => one.secret)]).size, 5)
  for (const text of [
    '',
    session,
    `${session}.`,
    `${token}x`,
    ` ${token}`,
    `${token}\n`,
    token.replace('session_', 'person_'),
    token.slice(0, -1),
  ])
    assert.throws(() => readRefresh(text), { code: 'identity.refresh_invalid' }, text)
})
