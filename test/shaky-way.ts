import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ConnectionSettings, sql } from '#kernel/db'

/** A way to a database that a test makes bad: for what becomes of those who were on it. */
export interface ShakyWay {
  /** The database as it is reached by this way. */
  readonly settings: ConnectionSettings
  /** So many commits go there, and nothing of their answers comes back. */
  lose(times: number): void
  /** Ends every session that is on its way; new ones take so long until they get through. */
  cut(then_ms: number): void
  close(): Promise<void>
}

export async function shakyWay(server: ConnectionSettings): Promise<ShakyWay> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hf-way-'))
  const name = `.s.PGSQL.${server.port}`
  const open = new Set<Socket>()
  let left = 0
  let late_ms = 0
  const way = createServer((client) => {
    const there = connect(path.join(server.host, name))
    let losing = false
    for (const socket of [client, there]) open.add(socket.on('error', () => undefined))
    client.on('data', (sent) => {
      // The name under which every session prepares it, or its text the first time.
      if (left > 0 && (sent.includes('commit') || sent.includes(sql`commit`.name ?? ''))) {
        left -= 1
        losing = true
      }
      there.write(sent)
    })
    there.on('data', (answer) => (losing ? client.destroy() : client.write(answer)))
    client.on('close', () => there.end())
    there.on('close', () => client.destroy())
    client.pause()
    setTimeout(() => client.resume(), late_ms)
  })
  await new Promise<void>((resolve) => way.listen(path.join(folder, name), resolve))
  const end = (): void => {
    for (const socket of open) socket.destroy()
    open.clear()
  }
  return {
    settings: { ...server, host: folder },
    lose: (times) => void (left = times),
    cut(then_ms) {
      late_ms = then_ms
      end()
    },
    async close() {
      end()
      await new Promise((resolve) => way.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}
