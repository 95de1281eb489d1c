import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sealedAudit } from '#kernel/audit'
import { realClock } from '#kernel/clock'
import { Connection, sql } from '#kernel/db'
import type { ConnectionSettings, Pool } from '#kernel/db'
import { sealedEvents } from '#kernel/events'
import { openAccount, sealedTransfers, transfer } from '#kernel/ledger'
import { Executor } from '#kernel/operations'
import type { Operation, Principal } from '#kernel/operations'
import { exportLog, sealKey, Sealer } from '#kernel/seal'

export const STREAMS = [sealedAudit, sealedEvents, sealedTransfers]

/** A folder of a test's own, removed by `end`, with the places a sealer needs, and sealers that are stopped by it. */
export interface Workshop {
  readonly folder: string
  readonly keyFile: string
  readonly warnings: string[]
  sealer(database: ConnectionSettings): Sealer
  bytes(name: string): Promise<Buffer>
  end(): Promise<void>
}

export async function workshop(): Promise<Workshop> {
  const root = await mkdtemp(path.join(tmpdir(), 'hf-seal-'))
  const folder = path.join(root, 'seal')
  const keyFile = path.join(root, 'keys', 'seal.pem')
  const warnings: string[] = []
  const made: Sealer[] = []
  return {
    folder,
    keyFile,
    warnings,
    sealer(database) {
      const sealer = new Sealer({ database, streams: STREAMS, clock: realClock(), folder, keyFile, warn: (text) => warnings.push(text) })
      made.push(sealer)
      return sealer
    },
    bytes: (name) => readFile(path.join(folder, name)),
    async end() {
      for (const sealer of made) await sealer.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}

const ADMIN: Principal = { id: 'person_admin', name: 'Admin', kind: 'person', roles: ['admin'] }

/** A ledger at work: accounts to move between, each movement by the real operation. */
export async function bank(pool: Pool): Promise<{ move: (key: string, amount?: number) => Promise<number>; stop: () => Promise<void> }> {
  const executor = new Executor({ pool, clock: realClock() })
  let calls = 0
  const submit = <I, A>(operation: Operation<I, A>, input: I): ReturnType<Executor['submit']> =>
    executor.submit({ operation, input, principal: ADMIN, key: `call-${++calls}`, requestId: `req_${calls}` })
  for (const id of ['cash', 'wallet', 'income']) await submit(openAccount, { id, code: 'test', unit: 'INR', side: 'debit', min: null })
  return {
    async move(key, amount = 100) {
      const legs = [
        { account: 'cash', amount: -amount, unit: 'INR' },
        { account: calls % 2 === 0 ? 'wallet' : 'income', amount, unit: 'INR' },
      ]
      return (await submit(transfer, { key, legs })).status
    },
    stop: async () => await executor.drain(),
  }
}

/** Waits until `done` says so; fails after `most_ms`. */
export async function until(done: () => boolean | Promise<boolean>, most_ms = 5_000): Promise<void> {
  const deadline = performance.now() + most_ms
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`still waiting after ${most_ms} ms`)
    await sleep(20)
  }
}

/** A bank that moved money `transfers` times, sealed and exported: its folders, gone after `end`. */
export async function exportedBank(
  db: { readonly pool: Pool; readonly server: ConnectionSettings },
  transfers: number,
): Promise<{ root: string; folder: string; export: string; publicPem: string; end: () => Promise<void> }> {
  const shop = await workshop()
  const { move, stop } = await bank(db.pool)
  const sealer = shop.sealer(db.server)
  sealer.start()
  // In slices, so that there are several checkpoints.
  for (let done = 0; done < transfers; done += 20) {
    await Promise.all(Array.from({ length: Math.min(20, transfers - done) }, (_, i) => move(`move-${done + i}`, 100 + i)))
    await until(async () => (await unsealedRows(db.pool)) === 0)
  }
  await sealer.stop()
  await stop()
  const target = path.join(path.dirname(shop.folder), 'export')
  const connection = await Connection.open(db.server)
  const { publicPem } = await sealKey(shop.keyFile, false)
  await exportLog({ connection, streams: STREAMS, folder: target, publicPem, at: '2026-11-21T00:00:00.000Z' })
  await connection.close()
  return { root: path.dirname(shop.folder), folder: shop.folder, export: target, publicPem, end: () => shop.end() }
}

export async function unsealedRows(pool: Pool): Promise<number> {
  const [row] = await pool.query<{ n: number }>(sql`
    select ((select count(*) from audit.record) + (select count(*) from events.event) + (select count(*) from ledger.transfer)
      - (select count(*) from seal.leaf))::int as n`)
  return row?.n ?? -1
}
