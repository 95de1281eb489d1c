// The product as it is started, in a process of its own: tells its parent where it listens and which loans can be repaid.
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ConnectionSettings } from '#kernel/db'
import { settingsFrom, start, tuneCollector } from '#main'
import { postmasterOf } from './cpu-time.ts'
import { makeBook, opensAt } from './repay-book.ts'

/** What the parent needs: the address, a token, the loans, and the database for the yardstick beside it. */
export interface RepayServer {
  readonly url: string
  readonly token: string
  readonly loans: readonly string[]
  readonly owner: ConnectionSettings
  /** PostgreSQL's first process. */
  readonly postmaster: number
}

tuneCollector()
const folder = await mkdtemp(path.join(tmpdir(), 'hf-bench-'))
await chmod(folder, 0o755)
const settings = settingsFrom({ HOLDFAST_DATA: path.join(folder, 'data'), HOLDFAST_RATE_SIGNED_IN: '1000000', PORT: '0' })
const running = await start(settings, { sandboxFrom: { at: opensAt } })
const url = await running.app.listen({ host: '127.0.0.1', port: 0 })
const book = await makeBook(running, url, Number(process.argv[2]))
process.send?.({ url, ...book, owner: running.database.owner, postmaster: postmasterOf(settings.data) } satisfies RepayServer)
await once(process, 'disconnect')
await running.stop()
await rm(folder, { recursive: true, force: true })
