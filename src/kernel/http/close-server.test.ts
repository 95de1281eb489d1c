import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fastify } from 'fastify'
import { closeServer } from './close-server.ts'

const patience_ms = 5_000

test('whoever takes no answer keeps nobody from ending; whoever waits for one gets it', async () => {
  const app = fastify()
  app.get('/large', () => 'x'.repeat(8_000_000))
  const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>()
  app.get('/slow', async () => {
    isAsked()
    await sleep(200)
    return 'slow'
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const deaf = connect(address.port, '127.0.0.1')
  deaf.on('error', () => undefined)
  await once(deaf, 'connect')
  deaf.pause()
  deaf.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(4))
  const slow = fetch(`http://127.0.0.1:${address.port}/slow`).then((reply) => reply.text())
  await asked
  const closed = closeServer(app, 1_000).then(() => 'closed')
  try {
    assert.equal(await Promise.race([closed, sleep(patience_ms, 'still open', { ref: false })]), 'closed')
    assert.equal(await slow, 'slow')
  } finally {
    deaf.destroy()
    await closed
  }
})
