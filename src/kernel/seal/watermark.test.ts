import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, test } from 'node:test'
import { Connection, migrate, Pool, readMigrations, sql } from '#kernel/db'
import { startEmbedded } from '#kernel/embedded'
import { salted } from '#kernel/digest'
import { until, workshop } from '#test/sealing'

// A cluster of its own: the watermark waits for the oldest writer in any database of the cluster, so other tests would hold it back.
const folder = await mkdtemp(path.join(tmpdir(), 'hf-watermark-'))
await chmod(folder, 0o755)
const cluster = await startEmbedded({ folder })
await migrate(cluster.owner, await readMigrations(path.join(import.meta.dirname, '..', '..', '..', 'db', 'migrations')))
const pool = new Pool(cluster.server)
const shop = await workshop()
after(async () => {
  await shop.end()
  await pool.close()
  await cluster.stop()
  await rm(folder, { recursive: true, force: true })
})

function audit(id: string): ReturnType<typeof sql> {
  const body = JSON.stringify({ id })
  const { salt, digest } = salted(body)
  return sql`
    insert into audit.record (id, at, operation, person, outcome, body, salt, digest)
    values (${id}, now(), 'test.write', 'person_x', 'done', ${body}, ${salt}, ${digest})`
}
const sealedIds = async (): Promise<string[]> =>
  (await pool.query<{ row_id: string }>(sql`select row_id from seal.leaf order by seq`)).map((row) => row.row_id)

test('a row written early and committed late is sealed, within a second of its commit', async () => {
  const sealer = shop.sealer(cluster.server)
  sealer.start()
  await until(() => sealer.status().state === 'sealing')
  const early = await Connection.open(cluster.server)
  await early.begin()
  await early.execute(audit('a-early'))
  await pool.execute(audit('b-late'))
  await sleep(600)
  assert.deepEqual(await sealedIds(), [], 'nothing behind an open writer is sealed, however long ago it committed')
  assert.ok(sealer.status().lag_ms >= 400, 'and the lag shows it')
  await early.commit()
  const committed = performance.now()
  await until(async () => (await sealedIds()).length === 2)
  assert.ok(performance.now() - committed < 1_000, `sealed after ${performance.now() - committed} ms`)
  assert.deepEqual(await sealedIds(), ['a-early', 'b-late'])
  await early.close()
  await until(() => sealer.status().lag_ms < 1_000)
  await sealer.stop()
})

test('a row rolled back leaves no gap, and rows of many open writers come in the order of their transactions', async () => {
  const sealer = shop.sealer(cluster.server)
  sealer.start()
  const before = (await sealedIds()).length
  const writers = await Promise.all(Array.from({ length: 6 }, () => Connection.open(cluster.server)))
  for (const [i, writer] of writers.entries()) {
    await writer.begin()
    await writer.execute(audit(`z-${9 - i}`))
  }
  for (const i of [5, 3, 0, 1, 4]) await (i === 3 ? writers[i]?.rollback() : writers[i]?.commit())
  await until(async () => (await sealedIds()).length >= before + 2)
  await sleep(400)
  assert.equal((await sealedIds()).length, before + 2, 'the first two, before the third that is still open')
  await writers[2]?.commit()
  await until(async () => (await sealedIds()).length === before + 5)
  assert.deepEqual((await sealedIds()).slice(before), ['z-9', 'z-8', 'z-7', 'z-5', 'z-4'])
  const seqs = await pool.query<{ seq: bigint }>(sql`select seq from seal.leaf order by seq`)
  assert.deepEqual(
    seqs.map(({ seq }) => Number(seq)),
    [...seqs.keys()],
  )
  for (const writer of writers) await writer.close()
  await sealer.stop()
})

test('a log sealed further than the cluster has come is refused', async () => {
  const owner = await Connection.open(cluster.owner)
  await owner.execute(sql`update seal.checkpoint set progress = '{"audit":["999999999","x"]}'`)
  const sealer = shop.sealer(cluster.server)
  sealer.start()
  await until(() => sealer.status().state === 'failing')
  assert.match(shop.warnings.join(), /younger cluster/)
  await sealer.stop()
  await owner.close()
})
