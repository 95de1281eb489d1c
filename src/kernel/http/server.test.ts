import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { Fault } from '#kernel/faults'
import { openAccount, transfer } from '#kernel/ledger'
import { Executor, view } from '#kernel/operations'
import { database } from '#test/database'
import { z } from 'zod'
import { fieldErrors } from './input.ts'
import { cursorOf, makeServer, pageFields, readCursor, route } from './index.ts'
import { quietServer } from '#test/quiet-server'

const db = await database()
const clock = realClock()
const executor = new Executor({ pool: db.pool, clock })
const listed = view(
  'sample.listed',
  { summary: 'A list', input: z.strictObject({ ...pageFields, q: z.string().optional() }), answer: z.unknown(), may: ['auditor'] },
  (_, { limit, after: cursor }) => ({ limit, from: readCursor(cursor, 1), next: cursorOf(['a']) }),
)
const otherwise = view('sample.otherwise', listed.spec, (context, input) => listed.body(context, input))
const app = await makeServer({
  routes: [
    route('POST /api/v1/ledger/accounts', openAccount),
    route('POST /api/v1/ledger/transfers', transfer),
    route('GET /api/v1/sample', listed),
    route('GET /api/v1/sample/otherwise', otherwise),
  ],
  raw: [{ method: 'GET', path: '/api/v1/endless', summary: 'Never ends', may: ['auditor'], handle: (_, reply) => reply.hijack() }],
  executor,
  pool: db.pool,
  clock,
  ...quietServer(),
  authenticate: async ({ authorization }) => {
    if (authorization === undefined) return null
    const [role] = authorization.split(' ').slice(1)
    if (role !== 'admin' && role !== 'auditor' && role !== 'cashier') throw new Fault('http.not_authenticated')
    return { id: `person_${role}`, name: role, kind: 'person', roles: [role] }
  },
})
db.closing(() => app.close())

const url = '/api/v1/ledger/transfers'
const body = {
  key: 't1',
  legs: [
    { account: 'cash', amount: 5, unit: 'INR' },
    { account: 'bank', amount: -5, unit: 'INR' },
  ],
}
const json = { 'content-type': 'application/json' }
const as = (role: string, more: Record<string, string> = {}): Record<string, string> => ({
  authorization: `Bearer ${role}`,
  ...json,
  ...more,
})

for (const id of ['cash', 'bank']) {
  await app.inject({
    method: 'POST',
    url: '/api/v1/ledger/accounts',
    headers: as('admin'),
    payload: { id, code: 'c', unit: 'INR', side: 'debit', min: null },
  })
}

const refusals: readonly (readonly [what: string, headers: Record<string, string>, payload: string, status: number, code: string])[] = [
  ['no session before everything', json, '{', 401, 'http.not_authenticated'],
  ['a forged session', as('root'), '{', 401, 'http.not_authenticated'],
  ['the role before the body', as('cashier'), '{', 403, 'operations.forbidden'],
  ['too large before malformed', as('admin'), `{${'x'.repeat(1_048_600)}`, 413, 'http.body_too_large'],
  ['another type', { ...as('admin'), 'content-type': 'text/plain' }, '{}', 415, 'http.type_unsupported'],
  ['an unknown encoding', { ...as('admin'), 'content-encoding': 'x' }, '{}', 415, 'http.type_unsupported'],
  ['another encoding than it says', { ...as('admin'), 'content-encoding': 'gzip' }, '{}', 400, 'http.body_malformed'],
  ['not JSON', as('admin'), '{"key":', 400, 'http.body_malformed'],
  ['not an object', as('admin'), '[]', 400, 'operations.input_invalid'],
  ['shape before the key', as('admin'), '{}', 400, 'operations.input_invalid'],
  ['no key', as('admin'), JSON.stringify(body), 400, 'operations.key_missing'],
  ['a malformed key', as('admin', { 'idempotency-key': 'ä' }), JSON.stringify(body), 400, 'operations.key_malformed'],
  [
    'an unknown account',
    as('admin', { 'idempotency-key': 'k-unknown' }),
    JSON.stringify({ ...body, legs: [body.legs[0], { account: 'no', amount: -5, unit: 'INR' }] }),
    404,
    'ledger.account_unknown',
  ],
  [
    'unbalanced',
    as('admin', { 'idempotency-key': 'k-unbalanced' }),
    JSON.stringify({ ...body, legs: [body.legs[0], { account: 'bank', amount: -6, unit: 'INR' }] }),
    422,
    'ledger.unbalanced',
  ],
]

for (const [what, headers, payload, status, code] of refusals) {
  test(`refuses in order: ${what}`, async () => {
    const reply = await app.inject({ method: 'POST', url, headers, payload })
    assert.deepEqual([reply.statusCode, reply.json().code], [status, code])
    assert.match(String(reply.headers['content-type']), /application\/problem\+json/)
    assert.equal(reply.json().requestId, reply.headers['x-request-id'])
  })
}

test('all wrong fields are told at once, with pointers, and nothing is coerced', async () => {
  const payload = {
    key: 'a\u0001',
    legs: [
      { account: 'cash', amount: '5', unit: 'INR', extra: 1 },
      { account: 'bank', amount: true, unit: 'INR' },
    ],
    more: {},
  }
  const reply = await app.inject({ method: 'POST', url, headers: as('admin'), payload })
  const found = reply
    .json()
    .errors.map((error: { pointer: string; code: string }) => `${error.pointer} ${error.code}`)
    .sort()
  assert.deepEqual(found, [
    '/key invalid_format',
    '/legs/0/amount not_number',
    '/legs/0/extra unknown_field',
    '/legs/1/amount not_number',
    '/more unknown_field',
  ])
})

test('a null character is told by its place; a prototype name is an unknown field', async () => {
  const nul = await app.inject({ method: 'POST', url, headers: as('admin'), payload: { ...body, key: 'a\u0000b' } })
  assert.deepEqual(nul.json().errors[0].pointer, '/key')
  const proto = await app.inject({ method: 'POST', url, headers: as('admin'), payload: '{"__proto__":{"admin":true}}' })
  assert.ok(
    proto
      .json()
      .errors.some((error: { pointer: string; code: string }) => error.pointer === '/__proto__' && error.code === 'unknown_field'),
  )
})

test('a repetition with the same key answers the same bytes and says so', async () => {
  const headers = as('admin', { 'idempotency-key': 'k-same' })
  const first = await app.inject({ method: 'POST', url, headers, payload: body })
  const second = await app.inject({ method: 'POST', url, headers, payload: body })
  assert.deepEqual([first.statusCode, second.statusCode, second.headers['idempotency-replayed']], [201, 201, 'true'])
  assert.equal(first.body, second.body)
})

test('lists: limits are judged, a cursor that was tampered with is refused', async () => {
  const get = (query: string) => app.inject({ method: 'GET', url: `/api/v1/sample${query}`, headers: as('auditor') })
  const { next: cursor, ...first } = (await get('?limit=200')).json()
  assert.deepEqual(first, { limit: 200, from: null })
  assert.equal((await get('?limit=201')).statusCode, 400)
  assert.equal((await get('?limit=x')).statusCode, 400)
  assert.deepEqual((await get(`?limit=3&after=${cursor}`)).json().from, ['a'])
  // Another list's, the same one's asked for otherwise, one bound to no list, and what is none.
  const { next: searched } = (await get('?q=x')).json()
  assert.deepEqual((await get(`?q=x&after=${searched}`)).json().from, ['a'])
  for (const query of [
    `/otherwise?after=${cursor}`,
    `?q=x&after=${cursor}`,
    `?after=${searched}`,
    `?after=${cursorOf(['a'])}`,
    '?after=bm9u',
  ])
    assert.deepEqual([(await get(query)).statusCode, (await get(query)).json().code], [400, 'http.cursor_invalid'], query)
  for (let at = 0; at < cursor.length; at++) {
    const changed = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`
    assert.equal((await get(`?after=${changed}`)).json().code, 'http.cursor_invalid', changed)
  }
  assert.equal((await get(`?after=${cursor.slice(0, -1)}`)).statusCode, 400)
  assert.equal((await get('?surprise=1')).statusCode, 400)
})

test('health, metrics, description and page are there; an unknown address says so', async () => {
  for (const address of ['/health/live', '/health/ready', '/metrics', '/info', '/openapi.json', '/docs']) {
    assert.equal((await app.inject({ method: 'GET', url: address })).statusCode, 200, address)
  }
  const { paths } = (await app.inject({ method: 'GET', url: '/openapi.json' })).json()
  assert.equal(paths['/api/v1/ledger/transfers'].post.operationId, 'ledger.transfer')
  assert.equal((await app.inject({ method: 'GET', url: '/api/v1/nothing' })).json().code, 'http.route_unknown')
})

test('a HEAD of a stream is refused instead of waiting for its end', async () => {
  const reply = await app.inject({ method: 'HEAD', url: '/api/v1/endless', headers: as('auditor') })
  assert.equal(reply.statusCode, 405)
})

test('whoever is still writing a body that is too large reads the refusal, and may call again', async () => {
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const large = JSON.stringify({ key: 'x'.repeat(5 * 1024 * 1024) })
  const statuses = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const reply = await fetch(`${address}${url}`, { method: 'POST', headers: as('admin'), body: large })
      return `${reply.status} ${((await reply.json()) as { code: string }).code}`
    }),
  )
  assert.deepEqual([...new Set(statuses)], ['413 http.body_too_large'])
})

test('every address tells its methods, and what a method is not for', async () => {
  const asked = (method: 'OPTIONS' | 'POST', at: string) => app.inject({ method, url: at, headers: as('auditor'), payload: '{}' })
  const options = await asked('OPTIONS', '/api/v1/sample')
  assert.deepEqual([options.statusCode, options.headers.allow], [204, 'GET, HEAD'])
  const health = await asked('POST', '/health/live')
  assert.deepEqual([health.statusCode, health.headers.allow, health.json().code], [405, 'GET, HEAD', 'http.method_unknown'])
  assert.equal((await asked('OPTIONS', '/nothing')).statusCode, 404)
})

test('a choice that is left out is required, as any other field', () => {
  const chosen = z.strictObject({ side: z.enum(['debit', 'credit']), sort: z.union([z.literal('up'), z.literal('down')]) })
  const { error } = chosen.safeParse({}, { reportInput: true })
  assert.deepEqual(error && fieldErrors(error).map(({ pointer, code }) => [pointer, code]), [
    ['/side', 'required'],
    ['/sort', 'required'],
  ])
})

test('no answer and no refusal of a call is kept by a cache', async () => {
  for (const asked of [
    { url: '/api/v1/sample', headers: as('auditor') },
    { url: '/api/v1/sample' },
    { url: '/api/v1/nowhere' },
    { method: 'POST', url, headers: { ...json, ...as('admin'), 'idempotency-key': 'uncached' }, payload: JSON.stringify(body) },
    { method: 'POST', url, headers: json, payload: '{' },
  ] as const)
    assert.equal((await app.inject(asked)).headers['cache-control'], 'no-store', asked.url)
})

test('whatever is answered, a browser is told to trust nothing but ourselves', async () => {
  for (const asked of [
    { url: '/health/live' },
    { url: '/nowhere' },
    { url: '/docs' },
    { url: '/api/v1/sample', headers: as('auditor') },
    { method: 'POST', url, headers: json, payload: '{' },
    { method: 'DELETE', url: '/health/live' },
  ] as const) {
    const { headers } = await app.inject(asked)
    assert.match(String(headers['content-security-policy']), /^default-src 'self';script-src 'self';.*frame-ancestors 'none'/, asked.url)
    assert.deepEqual(
      [headers['x-content-type-options'], headers['x-frame-options'], headers['referrer-policy']],
      ['nosniff', 'DENY', 'no-referrer'],
    )
  }
})
