import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { realClock } from '#kernel/clock'
import { Executor } from '#kernel/operations'
import { database } from '#test/database'
import { quietServer } from '#test/quiet-server'
import { makeServer } from './index.ts'

const db = await database()
const executor = new Executor({ pool: db.pool, clock: realClock() })
db.closing(() => executor.drain())
const patience_ms = 20_000

test('who comes by an open connection while the server ends is told to come again, as a problem; what was taken is answered', async () => {
  const asked = Promise.withResolvers<void>()
  const going = Promise.withResolvers<void>()
  const slow = async (): Promise<string> => {
    asked.resolve()
    await going.promise
    return 'the slow answer'
  }
  const app = await makeServer({
    routes: [],
    raw: [{ method: 'GET', path: '/slow', summary: 'Slow', may: ['auditor'], handle: slow }],
    executor,
    pool: db.pool,
    clock: realClock(),
    ...quietServer(),
    authenticate: async () => ({ id: 'person_a', name: 'A', kind: 'person', roles: ['auditor'] }),
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const caller = connect(address.port, '127.0.0.1')
  let heard = ''
  caller.setEncoding('utf8').on('data', (text: string) => (heard += text))
  const hungUp = once(caller, 'close')
  caller.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
  await asked.promise
  const closed = app.close()
  // The hooks of the end have run, and the slow one keeps it from ending.
  await sleep(50)
  caller.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n')
  caller.write('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
  await sleep(50)
  going.resolve()
  await Promise.race([Promise.all([hungUp, closed]), sleep(patience_ms, undefined, { ref: false })])
  caller.destroy()
  const [taken = '', late = ''] = heard.split(/(?=HTTP\/1\.1 503)/)
  assert.match(taken, /^HTTP\/1.1 200 [^]*the slow answer/)
  assert.match(late, /^HTTP\/1.1 503 /)
  const [head = '', body = ''] = late.split('\r\n\r\n')
  const headers = head.toLowerCase()
  for (const line of [
    'content-type: application/problem+json',
    'retry-after: 5',
    'connection: close',
    'cache-control: no-store',
    'x-content-type-options',
  ])
    assert.ok(headers.includes(`\r\n${line}`), `${line} is missing in ${head}`)
  const { code, status, requestId } = JSON.parse(body) as { code: string; status: number; requestId: string }
  assert.deepEqual([code, status, requestId.slice(0, 4)], ['operations.draining', 503, 'req_'])
  await closed
})
