import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { faultyServer } from '#test/faulty-server'
import { Outbound, OutboundError, outboundResilience } from '#kernel/outbound'
import { bureauAt } from './bureau.ts'
import { sandboxBureau } from './sandbox.ts'
import { sandboxBureauServer, type SandboxBureauServer } from './sandbox-server.ts'

const about = (pan: string): { pan: string; name: string } => ({ pan, name: 'Meera Iyer' })
const within = (ms: number): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(ms) })

describe('the bureau over HTTP', () => {
  let server: SandboxBureauServer
  const outbound = new Outbound(outboundResilience({}, { random: () => 0.5 }))
  before(async () => void (server = await sandboxBureauServer({ latencyMs: 1 })))
  after(async () => {
    await outbound.close()
    await server.close()
  })
  const remote = (): ReturnType<typeof bureauAt> => bureauAt(outbound.to('bureau', { origin: server.origin }))

  for (const pan of ['ABCPM0001K', 'ABCPM0002K', 'ABCPM0003K', 'ABCPM0006K', 'ABCPM7421K', 'ZZZPM3333K']) {
    test(`${pan}: the same report as in process`, async () => {
      assert.deepEqual(
        await remote().report(about(pan), within(2000)),
        await sandboxBureau({ latencyMs: 1 }).report(about(pan), within(2000)),
      )
    })
  }

  test('a bureau that is down is told from one that stays silent', async () => {
    await assert.rejects(remote().report(about('ABCPM0005K'), within(2000)), { name: 'OutboundError', kind: 'status' })
    await assert.rejects(
      remote().report(about('ABCPM0004K'), within(50)),
      (error) => error instanceof OutboundError && error.kind === 'cancelled',
    )
  })

  test('an enquiry that was sent is not sent twice', async () => {
    const faulty = await faultyServer()
    faulty.script('/v1/reports', (response) => response.writeHead(503).end())
    await assert.rejects(bureauAt(outbound.to('faulty', { origin: faulty.origin })).report(about('ABCPM0001K'), within(2000)))
    assert.equal(faulty.seen.length, 1)
    await faulty.close()
  })

  const worthless = ['{}', '[]', 'null', '{"score":950}', '{"score":"800","writtenOff":false}', 'not json', '']
  for (const body of worthless) {
    test(`a report of ${JSON.stringify(body)} is no report`, async () => {
      const faulty = await faultyServer()
      faulty.script('/v1/reports', (response) => response.end(body))
      await assert.rejects(bureauAt(outbound.to('worthless', { origin: faulty.origin })).report(about('ABCPM0001K'), within(2000)))
      await faulty.close()
    })
  }

  test('the server takes nothing but enquiries', async () => {
    const post = (body: string): Promise<Response> => fetch(`${server.origin}/v1/reports`, { method: 'POST', body })
    assert.equal((await post('{"pan":1}')).status, 422)
    assert.equal((await post('{')).status, 400)
    assert.equal((await post('x'.repeat(20_000))).status, 422)
    assert.equal((await fetch(`${server.origin}/v1/reports`)).status, 422)
  })
})

test('an applicant whom the bureau fails on, asked about again and again, closes it to nobody else', async () => {
  const server = await sandboxBureauServer({ latencyMs: 1 })
  const all = outboundResilience({}, { random: () => 0.5 })
  const own = new Outbound(all)
  const bureau = bureauAt(own.to('bureau', { origin: server.origin }))
  for (let i = 0; i < 30; i++) await assert.rejects(bureau.report(about('ABCPM0005K'), within(2000)), { kind: 'status' })
  assert.equal((await bureau.report(about('ABCPM0001K'), within(2000))).score, 820)
  assert.equal(all.circuitBreaker.get('bureau').metrics().failedCalls, 1)
  await own.close()
  await server.close()
})
