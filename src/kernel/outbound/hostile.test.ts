import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inspect } from 'node:util'
import { faultyServer, type FaultyServer } from '#test/faulty-server'
import { Outbound, type Target, type TargetOptions } from './outbound.ts'
import { outboundResilience } from './outbound-resilience.ts'

let server: FaultyServer
before(async () => {
  server = await faultyServer()
})
after(() => server.close())

async function withTarget(use: (target: Target) => Promise<void>, options: Partial<TargetOptions> = {}): Promise<number> {
  const all = outboundResilience({}, { random: () => 0.5 })
  const outbound = new Outbound(all)
  try {
    await use(outbound.to('bureau', { origin: `${server.origin}/base`, ...options }))
    return all.circuitBreaker.get('bureau').metrics().bufferedCalls
  } finally {
    await outbound.close()
  }
}

const paths = [
  '//other.example/x',
  'http://other.example/x',
  '/\\other.example',
  '@other.example',
  '/x#y',
  '',
  'x',
  '/\t/other.example',
  '/x\r\nHost: y',
  '/\0',
]
const climbing = ['/..', '/../admin', '/a/../../admin', '/%2e%2e/admin', '/%2E./admin', '/.%2e/admin', '/./admin', '/a/..', '/../admin?x=1']

test('no path leaves its target, nor the base that its paths share', async () => {
  const counted = await withTarget(async (target) => {
    for (const path of [...paths, ...climbing]) await assert.rejects(target.call({ path }), RangeError, JSON.stringify(path))
    assert.equal(server.seen.length, 0)
    for (const [path, sent] of [
      ['/a..b/c', '/base/a..b/c'],
      ['/a/...', '/base/a/...'],
      ['/x?y=../z', '/base/x?y=../z'],
      ['/%2f%2fother.example', '/base/%2f%2fother.example'],
    ] as const) {
      await target.call({ path })
      assert.equal(server.seen.at(-1)?.url, sent)
    }
  })
  assert.equal(counted, 4)
})

test('a header that cannot be sent, or is not the caller’s to set, is the caller’s mistake, and its value is shown nowhere', async () => {
  const hidden = 'value-7f3a'
  const wrong: readonly Record<string, string>[] = [
    { 'x-note': `${hidden}\r\nx-more: 1` },
    { 'x-note': `${hidden}\n` },
    { 'x-note': `${hidden}\0` },
    { 'x-note': `${hidden} \u20b9` },
    { 'x-note\r\nx-more': hidden },
    { 'x note': hidden },
    { '': hidden },
    { Host: hidden },
    { 'Content-Length': '1' },
    { 'transfer-encoding': 'chunked' },
    { Connection: hidden },
    { 'accept-encoding': 'gzip' },
  ]
  const before = server.seen.length
  const counted = await withTarget(async (target) => {
    for (const headers of wrong)
      await assert.rejects(target.call({ path: '/x', headers }), (error) => {
        assert.ok(error instanceof RangeError, inspect(headers))
        assert.ok(!inspect(error, { depth: 9 }).includes(hidden), inspect(error))
        return true
      })
  })
  // Nothing was sent, and nothing is held against the target.
  assert.deepEqual([server.seen.length, counted], [before, 0])
})

test('of a header that is given twice in two spellings one is sent, the call’s', async () => {
  await withTarget(
    async (target) => {
      await target.call({ path: '/x', headers: { authorization: 'Bearer call', 'X-Empty': '' } })
      const { headers } = server.seen.at(-1) ?? {}
      assert.deepEqual([headers?.authorization, headers?.['x-empty'], headers?.['accept-encoding']], ['Bearer call', '', 'identity'])
    },
    { headers: () => ({ Authorization: 'Bearer target' }) },
  )
})

test('an address with a user, query or fragment, or of another kind than http, makes no target, and is not shown', async () => {
  const outbound = new Outbound(outboundResilience({}, { random: () => 0.5 }))
  const hidden = 'word-7f3a'
  for (const origin of [
    `https://user:${hidden}@bureau.example`,
    `https://${hidden}@bureau.example`,
    `https://bureau.example/?key=${hidden}`,
    `https://bureau.example/#${hidden}`,
    `ftp://bureau.example/${hidden}`,
    `file:///${hidden}`,
    `http://[${hidden}`,
    hidden,
  ])
    assert.throws(
      () => outbound.to('bureau', { origin }),
      (error) => error instanceof RangeError && !inspect(error, { depth: 9 }).includes(hidden),
      origin,
    )
  await outbound.close()
})

test('a redirect is an answer: nobody is sent elsewhere', async () => {
  const before = server.seen.length
  server.script('/base/moved', (response) => void response.writeHead(307, { location: `${server.origin}/elsewhere` }).end())
  await withTarget(async (target) => assert.equal((await target.call({ method: 'POST', path: '/moved', body: { pan: 'x' } })).status, 307))
  assert.equal(server.seen.length, before + 1)
})

test('endless headers and early hints come to an end', async () => {
  const resilience = outboundResilience(
    { timeLimiter: { configs: { default: { timeoutDurationMs: 300 } } }, retry: { configs: { default: { maxAttempts: 1 } } } },
    { random: () => 0.5 },
  )
  const outbound = new Outbound(resilience)
  const target = outbound.to('bureau', { origin: server.origin })
  server.script('/headers', (response) => void response.socket?.end(`HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(20_000)}\r\n`))
  await assert.rejects(target.call({ path: '/headers' }), { name: 'OutboundError', kind: 'broken' })
  server.script('/hints', (response) => {
    const hint = setInterval(() => response.socket?.write('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'), 20)
    response.on('close', () => clearInterval(hint))
  })
  await assert.rejects(target.call({ path: '/hints' }), { name: 'OutboundError', kind: 'timed_out' })
  await outbound.close()
})
