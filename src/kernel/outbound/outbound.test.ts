import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import type { ResilienceConfig } from '#kernel/resilience'
import { faultyServer, type FaultyServer } from '#test/faulty-server'
import { Outbound, type OutboundCall, type Target } from './outbound.ts'
import { OutboundError, type OutboundErrorKind } from './outbound-error.ts'
import { outboundResilience } from './outbound-resilience.ts'
import { Subjects } from './subjects.ts'

let server: FaultyServer
before(async () => {
  server = await faultyServer()
})
after(() => server.close())

const SECRET = 'key-123/456+789'
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end('{}')
const hang = (): void => {}
const quick = { maxAttempts: 3, waitDurationMs: 1, intervalBiFunction: undefined }

async function withTarget<T>(
  use: (target: Target, all: ReturnType<typeof outboundResilience>) => Promise<T>,
  config: ResilienceConfig = {},
  origin = server.origin,
): Promise<T> {
  const all = outboundResilience({ retry: { configs: { default: quick } }, ...config }, { random: () => 0.5 })
  const outbound = new Outbound(all)
  const headers = (): Record<string, string> => ({ authorization: `Bearer ${SECRET}` })
  try {
    return await use(outbound.to('bureau', { origin, headers, secrets: [SECRET], maxBodyBytes: 1000 }), all)
  } finally {
    await outbound.close()
  }
}

async function refused(target: Target, call: OutboundCall, kind: OutboundErrorKind): Promise<OutboundError> {
  const error: unknown = await target.call(call).then(
    () => assert.fail('an answer came'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof OutboundError, String(error))
  assert.equal(error.kind, kind, error.message)
  return error
}

const calls = (path: string): number => server.seen.filter(({ url }) => url.split('?')[0] === path).length

test('sends what it was given, and answers status, headers and body; a 4xx is an answer', async () => {
  server.script('/base/echo', status(404, { 'X-Trace': 'a' }))
  const answer = await withTarget(
    (target) => target.call({ method: 'POST', path: '/echo?a=1', query: { b: 'x y', c: undefined }, body: { n: 1 } }),
    {},
    `${server.origin}/base/`,
  )
  assert.deepEqual([answer.status, answer.headers['x-trace'], answer.json()], [404, 'a', {}])
  const sent = server.seen.at(-1)
  assert.deepEqual([sent?.method, sent?.url, sent?.body], ['POST', '/base/echo?a=1&b=x+y', '{"n":1}'])
  assert.deepEqual([sent?.headers.authorization, sent?.headers['content-type']], [`Bearer ${SECRET}`, 'application/json'])
})

test('what passes is tried again, if the call may be repeated', async () => {
  await withTarget(async (target, all) => {
    server.script('/flaky', status(503), status(502), status(200))
    assert.equal((await target.call({ path: '/flaky' })).status, 200)
    assert.equal(calls('/flaky'), 3)
    server.script('/post', status(503))
    await refused(target, { method: 'POST', path: '/post' }, 'status')
    assert.equal(calls('/post'), 1)
    server.script('/keyed', status(503), status(200))
    assert.equal((await target.call({ method: 'POST', path: '/keyed', repeatable: true })).status, 200)
    server.script('/wrong', status(500))
    const error = await refused(target, { path: '/wrong' }, 'status')
    assert.deepEqual([error.status, calls('/wrong'), error.text], [500, 1, '{}'])
    assert.equal(all.retry.get('bureau').metrics().successfulWithRetry, 2)
  })
})

test('waits as long as a 429 asks, and does not hold it against the target', async () => {
  const waits: number[] = []
  await withTarget(
    async (target, all) => {
      all.retry.get('bureau').on('retry', ({ waitMs }) => waits.push(waitMs ?? 0))
      server.script('/limited', status(429, { 'retry-after': '1' }), status(200))
      const start = performance.now()
      assert.equal((await target.call({ path: '/limited' })).status, 200)
      assert.ok(performance.now() - start >= 990)
      assert.equal(all.circuitBreaker.get('bureau').metrics().failedCalls, 0)
    },
    { retry: { configs: {} } },
  )
  assert.deepEqual(waits, [1000])
})

test('faults of the wire: refused, slow, cut short, cut in the middle, too large, no JSON', async () => {
  const cut = (head: string) => (response: ServerResponse) => {
    response.socket?.write(head)
    setTimeout(() => response.socket?.destroy(), 5)
  }
  const cases: [string, OutboundErrorKind, number, (response: ServerResponse) => void][] = [
    ['/hang', 'timed_out', 2, hang],
    ['/drip', 'timed_out', 2, (response) => void response.writeHead(200).write('{')],
    ['/reset', 'broken', 2, (response) => void response.socket?.destroy()],
    ['/short', 'broken', 2, cut('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half":')],
    ['/chunk', 'broken', 2, cut('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\n{"half":')],
    ['/noise', 'broken', 2, cut('this is no HTTP\r\n\r\n')],
    ['/large', 'too_large', 1, (response) => void response.end('x'.repeat(1001))],
    ['/endless', 'too_large', 1, (response) => void response.write('x'.repeat(2_000_000))],
  ]
  const config = {
    timeLimiter: { configs: { default: { timeoutDurationMs: 100 } } },
    circuitBreaker: { configs: { default: { minimumNumberOfCalls: 50 } } },
    retry: { configs: { default: { ...quick, maxAttempts: 2 } } },
  }
  await withTarget(async (target) => {
    for (const [path, kind, attempts, answer] of cases) {
      server.script(path, answer)
      await refused(target, { path }, kind)
      assert.equal(calls(path), attempts, path)
    }
    server.script('/text', (response) => void response.end('<html>'))
    const answer = await target.call({ path: '/text' })
    assert.throws(
      () => answer.json(),
      (error) => error instanceof OutboundError && error.kind === 'not_json' && error.text === '<html>',
    )
  }, config)
  const closed = await faultyServer()
  await closed.close()
  await withTarget(
    async (target, all) => {
      const error = await refused(target, { method: 'POST', path: '/x' }, 'refused')
      assert.equal(error.code, 'ECONNREFUSED')
      assert.equal(all.retry.get('bureau').metrics().failedWithRetry, 1) // nothing was sent, so even a POST is tried again
    },
    config,
    closed.origin,
  )
})

test('a target that fails is left alone, and its state is there for all to see', async () => {
  const config = {
    circuitBreaker: { configs: { default: { slidingWindowSize: 4, minimumNumberOfCalls: 4 } } },
    retry: { configs: { default: { maxAttempts: 1 } } },
  }
  await withTarget(async (target, all) => {
    server.script('/down', status(500))
    for (let i = 0; i < 4; i++) await refused(target, { path: '/down' }, 'status')
    const error = await refused(target, { path: '/down' }, 'not_permitted')
    assert.match(error.message, /circuit breaker is OPEN/)
    assert.equal(calls('/down'), 4)
    assert.ok(
      all
        .metrics()
        .some(({ name, labels, value }) => name === 'resilience4j_circuitbreaker_state' && labels['state'] === 'open' && value === 1),
    )
  }, config)
})

test('a record that the target stumbles over each time is held against it once; many records, and a probe, count', async () => {
  const config = {
    circuitBreaker: {
      configs: {
        default: { slidingWindowSize: 20, minimumNumberOfCalls: 4, waitDurationInOpenStateMs: 1, permittedNumberOfCallsInHalfOpenState: 1 },
      },
    },
  }
  await withTarget(async (target, all) => {
    const breaker = all.circuitBreaker.get('bureau')
    server.script('/report', (response) => void response.writeHead(200).end('{}'))
    server.script('/poison', status(503))
    const fail = (about: string) => refused(target, { method: 'POST', path: '/poison', about }, 'status')
    for (let i = 0; i < 3; i++) await target.call({ path: '/report', about: `good ${i}` })
    for (let i = 0; i < 12; i++) assert.equal((await fail('one')).unhealthy, i === 0)
    assert.deepEqual([breaker.state, breaker.metrics().failedCalls], ['CLOSED', 1])
    // What it could read in between, it stumbles over anew.
    await target.call({ path: '/report', about: 'one' })
    await fail('one')
    assert.deepEqual([breaker.state, breaker.metrics().failedCalls], ['CLOSED', 2])
    for (const other of ['two', 'three']) await fail(other)
    assert.equal(breaker.state, 'OPEN')
    await sleep(5)
    await fail('one')
    assert.equal(breaker.state, 'OPEN', 'a probe of a half-open breaker counts, whomever it is about')
  }, config)
})

test('of many records that failed the longest unasked is forgotten', () => {
  const subjects = new Subjects()
  for (let i = 0; i <= 1000; i++) assert.equal(subjects.failsAgain(`s${i}`, true), false)
  assert.deepEqual([subjects.failsAgain('s1', true), subjects.failsAgain('s0', true), subjects.failsAgain('s1', true)], [true, false, true])
})

test('bulkhead and rate limit refuse without a call, and speak not against the target', async () => {
  const config = {
    bulkhead: { configs: { default: { maxConcurrentCalls: 1, maxWaitDurationMs: 0 } } },
    rateLimiter: { instances: { bureau: { limitForPeriod: 2, limitRefreshPeriodMs: 60_000, timeoutDurationMs: 0 } } },
  }
  await withTarget(async (target, all) => {
    server.script('/slow', (response) => void setTimeout(() => response.end('{}'), 30))
    const first = target.call({ path: '/slow' })
    assert.match((await refused(target, { path: '/slow' }, 'not_permitted')).message, /too many calls/)
    assert.equal((await first).status, 200)
    assert.match((await refused(target, { path: '/slow' }, 'not_permitted')).message, /rate limit/)
    assert.equal(all.circuitBreaker.get('bureau').metrics().failedCalls, 0)
  }, config)
})

test('a caller who gives up ends the call for real', async () => {
  await withTarget(async (target, all) => {
    let ended: Promise<unknown> | undefined
    server.script('/given-up', (response) => {
      ended = new Promise((resolve) => response.on('close', resolve))
    })
    const giveUp = new AbortController()
    const answer = refused(target, { path: '/given-up', signal: giveUp.signal }, 'cancelled')
    while (ended === undefined) await new Promise((resolve) => setTimeout(resolve, 1))
    giveUp.abort(new Error('left'))
    await answer
    await ended
    assert.equal(all.circuitBreaker.get('bureau').metrics().bufferedCalls, 0)
  })
})

test('an error tells no secret, no query, no body, however it is shown', async () => {
  await withTarget(async (target) => {
    server.script(`/score/${SECRET}`, (response) => void response.writeHead(500).end(`you sent ${SECRET}`))
    const call = { method: 'POST', path: `/score/${SECRET}`, query: { pan: 'ABCDE1234F' }, body: { phone: '9876543210' } } as const
    const error = await refused(target, call, 'status')
    const shown = [inspect(error, { depth: 9, showHidden: false }), JSON.stringify(error), error.stack, error.message].join('\n')
    for (const hidden of [SECRET, encodeURIComponent(SECRET), 'ABCDE1234F', '9876543210', 'you sent'])
      assert.ok(!shown.includes(hidden), hidden)
    assert.ok(error.text?.includes('you sent'))
    assert.match((await refused(target, { ...call, route: '/score/:pan' }, 'status')).message, /POST \/score\/:pan/)
  })
})
