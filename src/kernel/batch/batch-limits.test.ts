import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { realClock } from '#kernel/clock'
import { makeServer, type RawRoute, type Route, route } from '#kernel/http'
import { Executor, view } from '#kernel/operations'
import { makeLog, Metrics } from '#kernel/telemetry'
import { database } from '#test/database'
import { z } from 'zod'
import { type Answered, echo, echoed, sender, statuses } from './batch.sample.ts'
import { batchRoute } from './index.ts'

const db = await database()
const clock = realClock()
const executor = new Executor({ pool: db.pool, clock })
const huge = view(
  'sample.huge',
  { summary: 'A long text', input: z.strictObject({ length: z.coerce.number() }), answer: z.unknown(), may: ['admin', 'borrower'] },
  (_, { length }) => ({ text: 'x'.repeat(length) }),
)
let streamed = 0
const endless: RawRoute = { method: 'GET', path: '/api/v1/endless', summary: 'Never ends', may: ['admin'], handle: () => ++streamed }

const serve = (routes: readonly Route[], rate = 100_000) =>
  makeServer({
    routes,
    raw: [batchRoute(), endless],
    executor,
    pool: db.pool,
    clock,
    log: makeLog('silent'),
    metrics: new Metrics(),
    version: 'test',
    limits: { signedIn: rate, anonymous: 1 },
    authenticate: async () => ({ id: 'person_asha', name: 'Asha', kind: 'person', roles: ['admin'] }),
  })
const app = await serve([route('GET /api/v1/huge', huge), route('POST /api/v1/echo', echo)])
db.closing(async () => {
  await app.close()
  await executor.drain()
})

const send = sender(app)

test('huge answers are left out and said to be; a call filled with them is refused; the text of others is kept to the byte', async () => {
  const calls = Array.from({ length: 5 }, (_, i) => ({ id: `h${i}`, path: '/api/v1/huge?length=1000000' }))
  const { answers, text } = await send('asha', {
    calls: [...calls, echoed('small', 1), echoed('filled', [{ $from: 'h0' }, { $from: 'h4' }])],
  })
  assert.ok(text.length < 4.3 * 1024 * 1024)
  assert.deepEqual(
    answers.map(({ id, status, omitted }) => [id, status, omitted]),
    [
      ['h0', 200, undefined],
      ['h1', 200, undefined],
      ['h2', 200, undefined],
      ['h3', 200, undefined],
      ['h4', 200, 'too_large'],
      ['small', 200, undefined],
      ['filled', 413, undefined],
    ],
  )
  assert.deepEqual([answers[4]?.body, answers[6]?.body.code], [null, 'batch.too_large_filled'])
})

test('a stream, and a batch by another spelling, are not for batches', async () => {
  const { answers } = await send('asha', {
    calls: [
      { id: 'stream', path: '/api/v1/endless' },
      { id: 'inner', method: 'POST', path: '/api/v1/b%61tch', body: { calls: [{ id: 'x', path: '/api/v1/loans' }] } },
    ],
  })
  assert.deepEqual(statuses(answers), [
    ['stream', 422, 'http.not_in_batch'],
    ['inner', 422, 'http.not_in_batch'],
  ])
  assert.equal(streamed, 0)
})

test('every call counts against the caller’s rate', async () => {
  const slow = await serve([route('GET /api/v1/huge', huge)], 2)
  const calls = Array.from({ length: 6 }, (_, i) => ({ id: `a${i}`, path: '/api/v1/huge?length=1' }))
  const reply = await slow.inject({ method: 'POST', url: '/api/v1/batch', headers: { authorization: 'Bearer asha' }, payload: { calls } })
  const answers = reply.json<{ answers: Answered[] }>().answers
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 429, 429, 429],
  )
  assert.equal(answers[5]?.headers['retry-after'], '1')
  await slow.close()
})

test('a client that goes away leaves calls unmade', async () => {
  let made = 0
  const slowly = view(
    'sample.slowly',
    { summary: 'Takes its time', input: z.strictObject({}), answer: z.unknown(), may: ['admin'] },
    async () => {
      made++
      await new Promise((resolve) => setTimeout(resolve, 50))
      return {}
    },
  )
  const far = await serve([route('GET /api/v1/slowly', slowly)])
  await far.listen({ port: 0, host: '127.0.0.1' })
  const { port } = far.server.address() as { port: number }
  const body = JSON.stringify({ calls: Array.from({ length: 40 }, (_, i) => ({ id: `a${i}`, path: '/api/v1/slowly' })) })
  const socket = connect(port, '127.0.0.1')
  socket.write(
    `POST /api/v1/batch HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer asha\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  while (made === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  socket.destroy()
  await once(socket, 'close')
  await new Promise((resolve) => setTimeout(resolve, 200))
  assert.ok(made <= 16, `${made} of 40 were made`)
  await far.close()
})
