import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#kernel/db'
import { ledgerRoutes } from '#kernel/ledger'
import { makeServer, route } from '#kernel/http'
import { database } from '#test/database'
import { world } from '#test/world'
import { type Answered, echo, echoed, sender, statuses } from './batch.sample.ts'
import { batchRoute } from './index.ts'
import { quietServer } from '#test/quiet-server'

const db = await database()
const { who, product, activeLoan, paidIn, executor, clock, parts } = await world(db)

const app = await makeServer({
  routes: [...parts.routes, ...ledgerRoutes, route('POST /api/v1/echo', echo)],
  raw: [batchRoute()],
  executor,
  pool: db.pool,
  clock,
  ...quietServer(),
  authenticate: async ({ authorization }) => who[(authorization?.split(' ')[1] ?? '') as keyof typeof who] ?? null,
})
db.closing(() => app.close())

const send = sender(app)

const terms = await product()
const loan = await activeLoan('meera', terms.body.id)
await paidIn('meera', 5_000_000)

test('calls refer to earlier answers in path and body, and each has a status of its own', async () => {
  const { status, answers } = await send('meera', {
    calls: [
      { id: 'schedule', path: '/api/v1/loans/{loan#/id}/schedule' },
      { id: 'loan', path: `/api/v1/loans/${loan}` },
      {
        id: 'repay',
        method: 'POST',
        path: '/api/v1/loans/{loan#/id}/repayments',
        headers: { 'Idempotency-Key': 'batch-1' },
        body: { payment: 'b-1', amount: 100_000, currency: { $from: 'loan', pointer: '/currency' }, from: 'wallet' },
      },
      { id: 'after', path: `/api/v1/loans/${loan}`, dependsOn: ['repay'] },
    ],
  })
  assert.equal(status, 200)
  assert.deepEqual(statuses(answers), [
    ['schedule', 200, undefined],
    ['loan', 200, undefined],
    ['repay', 201, undefined],
    ['after', 200, undefined],
  ])
  const alone = await app.inject({ method: 'GET', url: `/api/v1/loans/${loan}`, headers: { authorization: 'Bearer meera' } })
  assert.deepEqual(answers[3]?.body, alone.json())
  assert.notDeepEqual(answers[1]?.body, answers[3]?.body)
  assert.match(answers[2]?.headers['x-request-id'] ?? '', /^req_/)
})

test('permissions are as if called alone: another’s loan is absent, a role that may not is refused, and what waits for them is not done', async () => {
  const other = await activeLoan('dev', terms.body.id)
  const { answers } = await send('meera', {
    calls: [
      { id: 'theirs', path: `/api/v1/loans/${other}` },
      { id: 'staff', path: '/api/v1/reports/overview' },
      { id: 'own', path: `/api/v1/loans/${loan}` },
      { id: 'waits', path: `/api/v1/loans/${loan}`, dependsOn: ['own', 'theirs'] },
      { id: 'further', path: '/api/v1/loans/{waits#/id}' },
      { id: 'nothing', path: '/api/v1/nothing-here' },
    ],
  })
  assert.deepEqual(statuses(answers), [
    ['theirs', 404, 'lending.loan_unknown'],
    ['staff', 403, 'operations.forbidden'],
    ['own', 200, undefined],
    ['waits', 424, 'batch.dependency_failed'],
    ['further', 424, 'batch.dependency_failed'],
    ['nothing', 404, 'http.route_unknown'],
  ])
  assert.deepEqual(answers[3]?.body['facts'], { dependency: 'theirs' })
})

test('credentials come first, and are the batch’s own', async () => {
  assert.deepEqual([(await send(undefined, '{')).body.code, (await send(undefined, {})).status], ['http.not_authenticated', 401])
  for (const header of ['authorization', 'Cookie', 'x-forwarded-for', 'host']) {
    const { status, body } = await send('meera', { calls: [{ id: 'a', path: '/api/v1/loans', headers: { [header]: 'Bearer asha' } }] })
    assert.deepEqual([status, body.errors?.[0]], [400, { ...body.errors?.[0], pointer: '/calls/0/headers', code: 'header_refused' }])
  }
})

test('a batch that cannot be run is refused whole, and nothing of it is done', async () => {
  const a = { id: 'a', path: '/api/v1/loans' }
  const pay = { id: 'pay', method: 'POST', path: '/api/v1/echo', body: {} }
  const cases: readonly (readonly [unknown, string, string])[] = [
    [{}, '/calls', 'calls_count'],
    [[], '/calls', 'calls_count'],
    [{ calls: [a], atomic: true }, '/atomic', 'unknown_field'],
    [{ calls: [a], 'a/b~c': 1 }, '/a~1b~0c', 'unknown_field'],
    [{ calls: [pay, { ...a, headers: { 'Idempotency-Key': '1', 'idempotency-key': '2' } }] }, '/calls/1/headers', 'headers_malformed'],
    [{ calls: [pay, { ...pay, id: 'b', headers: { 'content-type': 'text/plain' } }] }, '/calls/1/headers', 'header_refused'],
    [{ calls: [pay, { ...pay, id: 'b', headers: { 'content-type': 'application/jsonp' } }] }, '/calls/1/headers', 'header_refused'],
    [{ calls: Array.from({ length: 51 }, (_, i) => ({ ...a, id: `a${i}` })) }, '/calls', 'calls_count'],
    [{ calls: [pay, { ...a, dependsOn: ['b'] }, { ...a, id: 'b', path: '/api/v1/loans/{a#/id}' }] }, '/calls/1/dependsOn', 'cycle'],
    [{ calls: [pay, { ...a, dependsOn: ['a'] }] }, '/calls/1/dependsOn', 'cycle'],
    [{ calls: [pay, { ...a, dependsOn: ['__proto__'] }] }, '/calls/1/dependsOn', 'dependency_unknown'],
    [{ calls: [pay, { ...pay, id: 'b', body: { $from: 'nobody' } }] }, '/calls/1/dependsOn', 'dependency_unknown'],
    [{ calls: [pay, { ...pay, id: 'b', body: { $from: 'pay', pointer: 'no-slash' } }] }, '/calls/1', 'reference_malformed'],
    [{ calls: [pay, { ...a, path: '/api/v1/batch' }] }, '/calls/1/path', 'batch_nested'],
    [{ calls: [pay, { ...a, path: '/metrics' }] }, '/calls/1/path', 'path_malformed'],
    [{ calls: [pay, { ...a, path: '/api/../metrics' }] }, '/calls/1/path', 'path_malformed'],
    [{ calls: [pay, { ...a, path: 'http://elsewhere/api/' }] }, '/calls/1/path', 'path_malformed'],
    [{ calls: [pay, { ...a, url: '/api' }] }, '/calls/1', 'unknown_field'],
  ]
  for (const [body, pointer, code] of cases) {
    const reply = await send('asha', body)
    assert.deepEqual([reply.status, reply.body.code], [400, 'operations.input_invalid'], JSON.stringify(body).slice(0, 200))
    assert.deepEqual([reply.body.errors?.[0]?.pointer, reply.body.errors?.[0]?.code], [pointer, code])
  }
  const done = await db.pool.query(sql`select 1 from audit.record where operation = 'sample.echo'`)
  assert.equal(done.length, 0)
})

test('the batch itself takes no query, as no operation takes one that it does not know', async () => {
  const headers = { authorization: 'Bearer asha', 'content-type': 'application/json' }
  const payload = JSON.stringify({ calls: [echoed('a', 1)] })
  for (const [query, pointer] of [
    ['?atomic=true', '/atomic'],
    ['?calls=1', '/calls'],
    ['?a%2Fb~=1', '/a~1b~0'],
  ]) {
    const reply = await app.inject({ method: 'POST', url: `/api/v1/batch${query}`, headers, payload })
    const { code, errors } = reply.json<{ code: string; errors: unknown }>()
    assert.deepEqual([reply.statusCode, code, errors], [400, 'operations.input_invalid', [{ pointer, code: 'unknown_field' }]])
  }
  const posted = { ...echoed('a', 1), path: '/api/v1/echo?more=1' }
  assert.deepEqual(statuses((await send('asha', { calls: [posted] })).answers), [['a', 400, 'operations.input_invalid']])
})

test('hostile references name nothing, and stay what they are', async () => {
  const { answers } = await send('asha', {
    calls: [
      echoed('a', { name: '../x?y#z', list: [1], empty: '', __proto__: null }),
      ...['/__proto__', '/constructor/name', '/said/name', '/list/length', '/list/00', '/name/0'].map((pointer, i) =>
        echoed(`p${i}`, { $from: 'a', pointer }),
      ),
      { id: 'segment', path: '/api/v1/loans/{a#/name}' },
      { id: 'list', path: '/api/v1/loans/{a#/list}' },
      { id: 'empty', path: '/api/v1/loans/{a#/empty}' },
    ],
  })
  const [first, ...rest] = statuses(answers)
  assert.deepEqual(first, ['a', 200, undefined])
  for (const [id, status, code] of rest) {
    if (id === 'segment') assert.ok(status === 404 || status === 400, String(code))
    else assert.deepEqual([id, status, code], [id, 424, 'batch.reference_unresolved'])
  }
  const poisoned = await app.inject({
    method: 'POST',
    url: '/api/v1/batch',
    headers: { authorization: 'Bearer asha', 'content-type': 'application/json' },
    payload: '{"calls":[{"id":"a","method":"POST","path":"/api/v1/echo","body":{"said":1,"__proto__":{"admin":true}}}]}',
  })
  assert.deepEqual(statuses(poisoned.json<{ answers: Answered[] }>().answers), [['a', 400, 'operations.input_invalid']])
})

test('twins of one key are done once; without a key what moves value is refused as alone', async () => {
  const call = (id: string, key?: string, amount = 50_000) => ({
    id,
    method: 'POST',
    path: `/api/v1/loans/${loan}/repayments`,
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    body: { payment: 'b-twin', amount, currency: 'INR', from: 'wallet' },
  })
  const { answers } = await send('meera', { calls: [call('a', 'twin'), call('b', 'twin'), call('c'), call('d', 'twin', 50_001)] })
  assert.deepEqual(statuses(answers), [
    ['a', 201, undefined],
    ['b', 201, undefined],
    ['c', 400, 'operations.key_missing'],
    ['d', 422, 'operations.key_reused'],
  ])
  assert.deepEqual(answers[0]?.body, answers[1]?.body)
  assert.deepEqual(
    answers.slice(0, 2).map(({ headers }) => headers['idempotency-replayed']),
    [undefined, 'true'],
  )
  const again = await send('meera', { calls: [call('a', 'twin')] })
  assert.deepEqual([again.answers[0]?.headers['idempotency-replayed'], again.answers[0]?.body], ['true', answers[0]?.body])
})

test('in a batch as alone: for everybody, every call has the same status and the same words', async () => {
  const repayment = { method: 'POST', path: `/api/v1/loans/${loan}/repayments` }
  const calls = [
    { path: `/api/v1/loans/${loan}` },
    { path: `/api/v1/loans/${loan}/schedule?limit=3` },
    { path: '/api/v1/loans?limit=1000' },
    { path: '/api/v1/loans?surprise=1' },
    { path: `/api/v1/loans/${loan.slice(0, -1)}0` },
    { path: '/api/v1/ledger/accounts?limit=2' },
    { path: `/api/v1/people/${who.dev.id}/wallet` },
    { path: '/api/v1/loan%2Dproducts' },
    { ...repayment, body: { payment: 'p', amount: '5' } },
    { ...repayment, body: { payment: 'p', amount: 5, currency: 'INR', from: 'wallet' } },
    { ...repayment, headers: { 'idempotency-key': 'x'.repeat(201) } },
    { method: 'POST', path: `/api/v1/loans/${loan}/approval`, body: {} },
    { method: 'DELETE', path: `/api/v1/loans/${loan}` },
    { method: 'PATCH', path: `/api/v1/loans/${loan}`, body: { state: 'closed' } },
  ]
  const told = (status: number, body: Record<string, unknown>) => [status, { ...body, requestId: '' }]
  for (const name of ['asha', 'kiran', 'ravi', 'anil', 'meera', 'dev'] as const) {
    const alone: unknown[] = []
    for (const { path: url, method = 'GET', headers, body } of calls as {
      path: string
      method?: 'GET'
      headers?: object
      body?: object
    }[]) {
      const all = { authorization: `Bearer ${name}`, ...headers }
      const reply = await app.inject({ method, url, headers: all, ...(body === undefined ? {} : { payload: body }) })
      alone.push(told(reply.statusCode, reply.json()))
    }
    const { answers } = await send(name, { calls: calls.map((call, i) => ({ id: `c${i}`, ...call })) })
    assert.deepEqual(
      answers.map(({ status, body }) => told(status, body)),
      alone,
      name,
    )
  }
})

test('the description tells of it', async () => {
  const { paths } = (await app.inject({ method: 'GET', url: '/openapi.json' })).json()
  const { operationId, requestBody, responses } = paths['/api/v1/batch'].post
  assert.equal(operationId, 'batch.run')
  assert.equal(requestBody.content['application/json'].schema.properties.calls.maxItems, 50)
  assert.deepEqual(Object.keys(responses), ['200', '400', '401', '403', '429'])
})
