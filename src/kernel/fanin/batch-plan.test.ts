import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { BatchPlanError, planBatch } from './batch-plan.ts'
import { runBatch, type ReadyCall } from './batch-run.ts'
import { pointed } from './json-pointer.ts'
import { filledPath, UnresolvedReferenceError } from './reference.ts'

const get = (id: string, path = '/api/v1/x', more: object = {}) => ({ id, method: 'GET', path, ...more })

test('a plan knows what waits for what, by name and by reference', () => {
  const plan = planBatch({
    calls: [
      get('loan', '/api/v1/loans/42'),
      get('person', '/api/v1/people/{loan#/borrower/id}?full=1'),
      { id: 'note', method: 'POST', path: '/api/v1/notes', body: { to: { $from: 'person', pointer: '/email' } }, dependsOn: ['loan'] },
    ],
  })
  assert.deepEqual(
    plan.map(({ id, dependsOn, depth }) => [id, dependsOn, depth]),
    [
      ['loan', [], 0],
      ['person', ['loan'], 1],
      ['note', ['loan', 'person'], 2],
    ],
  )
})

test('what cannot be run is refused whole, and the fault is pointed at', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)])
  const chain = Array.from({ length: 12 }, (_, i) => get(`c${i}`, '/x', { dependsOn: i === 0 ? [] : [`c${i - 1}`] }))
  const cases: [unknown, string, RegExp][] = [
    [null, '/calls', /1 to 50/],
    [{ calls: [] }, '/calls', /1 to 50/],
    [{ calls: Array.from({ length: 51 }, (_, i) => get(`c${i}`)) }, '/calls', /1 to 50/],
    [{ calls: [7] }, '/calls/0', /object/],
    [{ calls: [get('a', '/x', { url: 'http://other' })] }, '/calls/0', /'url'/],
    [{ calls: [get('1')] }, '/calls/0/id', /letter/],
    [{ calls: [get('a'), get('a')] }, '/calls/1/id', /taken/],
    [{ calls: [get('a', '/x', { method: 'TRACE' })] }, '/calls/0/method', /one of/],
    [{ calls: [get('a', 'http://other/x')] }, '/calls/0/path', /one slash/],
    [{ calls: [get('a', '//other/x')] }, '/calls/0/path', /one slash/],
    [{ calls: [get('a', '/a\\b')] }, '/calls/0/path', /backslash/],
    [{ calls: [get('a', '/a/../b')] }, '/calls/0/path', /dot/],
    [{ calls: [get('a', '/a/%2E%2e/b')] }, '/calls/0/path', /dot/],
    [{ calls: [get('a', '/a#b')] }, '/calls/0', /fragment/],
    [{ calls: [get('a', '/x/{b#/v}#c')] }, '/calls/0', /fragment/],
    [{ calls: [get('a', '/api/v1/batch')] }, '/calls/0/path', /batch/],
    [{ calls: [get('a', '/x/{b}')] }, '/calls/0', /brace/],
    [{ calls: [get('a', '/x/{b#/~2}')] }, '/calls/0', /pointer/],
    [{ calls: [get('a', '/x', { body: {} })] }, '/calls/0/body', /GET/],
    [{ calls: [{ id: 'a', method: 'POST', path: '/x', body: deep(40) }] }, '/calls/0', /deep/],
    [{ calls: [{ id: 'a', method: 'POST', path: '/x', body: Array.from({ length: 10_001 }, () => 0) }] }, '/calls/0', /values/],
    [{ calls: [{ id: 'a', method: 'POST', path: '/x', body: { $from: 'b', x: 1 } }] }, '/calls/0', /nothing else/],
    [{ calls: [get('a', '/x', { headers: { cookie: 'a\r\nb' } })] }, '/calls/0/headers', /header/],
    [{ calls: [get('a', '/x', { dependsOn: 'b' })] }, '/calls/0/dependsOn', /list/],
    [{ calls: [get('a', '/x', { dependsOn: ['b'] })] }, '/calls/0/dependsOn', /no call 'b'/],
    [{ calls: [get('a', '/x', { dependsOn: ['a'] })] }, '/calls/0/dependsOn', /a > a/],
    [{ calls: [get('a', '/x', { dependsOn: ['b'] }), get('b', '/{a#/x}')] }, '/calls/0/dependsOn', /a > b > a/],
    [{ calls: chain }, '/calls/11/dependsOn', /10 deep/],
  ]
  for (const [input, at, message] of cases) {
    assert.throws(
      () => planBatch(input),
      (error) => error instanceof BatchPlanError && error.at === at && message.test(error.message),
      `${at} ${message}`,
    )
  }
})

test('anything at all is planned or refused, never worse', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.record({ calls: fc.array(fc.anything(), { maxLength: 5 }) })), (input) => {
      try {
        planBatch(input)
      } catch (error) {
        assert.ok(error instanceof BatchPlanError, String(error))
      }
    }),
    { numRuns: Number(process.env['HOLDFAST_ROUNDS'] ?? 300) },
  )
})

test('a reference becomes one path segment and can be nothing else', () => {
  const answer = (value: unknown) => () => ({ v: value })
  const cases: [unknown, string | undefined][] = [
    ['a/b?c#d', '/x/a%2Fb%3Fc%23d/y'],
    [42, '/x/42/y'],
    [false, '/x/false/y'],
    ['..', undefined],
    ['', undefined],
    [null, undefined],
    [{}, undefined],
    [undefined, undefined],
    ['\ud800', undefined],
  ]
  for (const [value, path] of cases) {
    if (path !== undefined) assert.equal(filledPath('/x/{a#/v}/y', answer(value)), path)
    else assert.throws(() => filledPath('/x/{a#/v}/y', answer(value)), UnresolvedReferenceError)
  }
})

test('pointers follow RFC 6901 and never reach a prototype', () => {
  const document = { a: [{ 'b/c': 1, 'd~e': 2, '': 3 }], '': 4 }
  const cases: [string, unknown][] = [
    ['', document],
    ['/', 4],
    ['/a/0/b~1c', 1],
    ['/a/0/d~0e', 2],
    ['/a/0/', 3],
    ['/a/00', undefined],
    ['/a/-', undefined],
    ['/a/length', undefined],
    ['/__proto__', undefined],
    ['/constructor/name', undefined],
    ['/a/0/b~1c/x', undefined],
  ]
  for (const [pointer, value] of cases) assert.deepEqual(pointed(document, pointer), value, pointer)
})

test('calls are made when what they wait for is answered, each with a status of its own', async () => {
  const made: ReadyCall[] = []
  let running = 0
  let most = 0
  const plan = planBatch({
    calls: [
      get('a'),
      get('b', '/b/{a#/id}'),
      get('bad'),
      get('after', '/x', { dependsOn: ['bad'] }),
      get('later', '/x', { dependsOn: ['after'] }),
      get('gone', '/x/{a#/nothing}'),
      get('broken'),
      { id: 'post', method: 'POST', path: '/p', body: { all: [{ $from: 'a' }, 'x'] } },
    ],
  })
  const answers = await runBatch(plan, {
    make: async (call) => {
      made.push(call)
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      if (call.id === 'broken') throw new Error('secret')
      return { status: call.id === 'bad' ? 404 : 200, body: { id: `${call.id}/1` } }
    },
    refuse: ({ id }, refusal) => ({ status: refusal.why === 'failed' ? 500 : 424, body: { id, why: refusal.why } }),
    parallel: 2,
  })
  assert.equal(most, 2)
  assert.deepEqual(
    answers.map(({ status, body }) => [status, Reflect.get(body, 'why')]),
    [
      [200, undefined],
      [200, undefined],
      [404, undefined],
      [424, 'dependency_failed'],
      [424, 'dependency_failed'],
      [424, 'reference_unresolved'],
      [500, 'failed'],
      [200, undefined],
    ],
  )
  assert.equal(made.find(({ id }) => id === 'b')?.path, '/b/a%2F1')
  assert.deepEqual(made.find(({ id }) => id === 'post')?.body, { all: [{ id: 'a/1' }, 'x'] })
})

test('a batch that is given up makes no further call', async () => {
  const plan = planBatch({ calls: [get('a'), get('b', '/x', { dependsOn: ['a'] }), get('c'), get('d')] })
  const gone = new AbortController()
  const made: string[] = []
  const answers = await runBatch(plan, {
    make: async ({ id }) => {
      made.push(id)
      if (id === 'c') gone.abort()
      return { status: 200, body: id }
    },
    refuse: (_, { why }) => ({ status: 499, body: why }),
    parallel: 2,
    signal: gone.signal,
  })
  assert.deepEqual(made, ['a', 'c'])
  assert.deepEqual(
    answers.map(({ body }) => body),
    ['a', 'abandoned', 'c', 'abandoned'],
  )
})
