import { connect, createServer, type Server, type Socket } from 'node:net'

/** A line between a browser and the server that can be cut and mended, always at the same address. */
export interface Wire {
  readonly base: string
  cut(): Promise<void>
  mend(): Promise<void>
}

export async function openWire(base: string): Promise<Wire> {
  const far = new URL(base)
  const ends = new Set<Socket>()
  const server: Server = createServer((near) => {
    const other = connect(Number(far.port), far.hostname)
    for (const end of [near, other]) {
      ends.add(end)
      end.on('close', () => ends.delete(end))
      // What breaks here breaks on purpose.
      end.on('error', () => end.destroy())
    }
    near.pipe(other).pipe(near)
  })
  const listen = (port: number): Promise<void> => new Promise((done) => void server.listen(port, far.hostname, done))
  await listen(0)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const cut = async (): Promise<void> => {
    const closed = new Promise<void>((done) => void server.close(() => done()))
    for (const end of ends) end.destroy()
    await closed
  }
  return { base: `http://${far.hostname}:${port}`, cut, mend: () => listen(port) }
}
