import { createServer, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { json } from 'node:stream/consumers'
import { sandboxBureau, type SandboxBureauOptions } from './sandbox.ts'

const BODY_MAX_BYTES = 10_000

export interface SandboxBureauServer {
  readonly origin: string
  close(): Promise<void>
}

/** The sandbox bureau behind HTTP on a free port of this machine alone, so that its client meets a real wire with real faults. */
export async function sandboxBureauServer(options: SandboxBureauOptions = {}): Promise<SandboxBureauServer> {
  const bureau = sandboxBureau(options)
  const server = createServer((request, response) => {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const say = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    enquiryOf(request).then(
      (enquiry) => {
        if (enquiry === undefined) return say(422, { message: 'an enquiry is { pan, name }' })
        return bureau.report(enquiry, { signal: gone.signal }).then(
          (report) =>
            say(200, { ...report, monthlyObligations: report.monthlyObligations === null ? null : Number(report.monthlyObligations) }),
          () => say(503, { message: 'the bureau is down' }),
        )
      },
      () => say(400, { message: 'not an enquiry' }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  server.unref()
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a port was expected')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function enquiryOf(request: IncomingMessage): Promise<{ readonly pan: string; readonly name: string } | undefined> {
  if (request.method !== 'POST' || request.url !== '/v1/reports') return undefined
  if (Number(request.headers['content-length'] ?? Infinity) > BODY_MAX_BYTES) return undefined
  const body = (await json(request)) as Readonly<Record<string, unknown>> | null
  const { pan, name } = body ?? {}
  return typeof pan === 'string' && typeof name === 'string' ? { pan, name } : undefined
}
