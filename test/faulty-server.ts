import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'

/** A real local server that answers as its paths say: for tests of whoever calls out. */
export interface FaultyServer {
  readonly origin: string
  readonly seen: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[]
  /** What the next calls of a path are answered, in turn; the last for all that follow. */
  script(path: string, ...answers: ((response: ServerResponse) => void)[]): void
  close(): Promise<void>
}

export async function faultyServer(): Promise<FaultyServer> {
  const seen: FaultyServer['seen'] = []
  const scripts = new Map<string, ((response: ServerResponse) => void)[]>()
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const url = request.url ?? ''
      seen.push({ method: request.method ?? '', url, headers: request.headers, body })
      const answers = scripts.get(url.split('?')[0] ?? '')
      const answer = answers !== undefined && answers.length > 1 ? answers.shift() : answers?.[0]
      if (answer === undefined) response.end('{"ok":true}')
      else answer(response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a port was expected')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    seen,
    script: (path, ...answers) => void scripts.set(path, answers),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
