import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Connection, sql } from '#kernel/db'
import { database } from '#test/database'
import { bank, until, workshop } from '#test/sealing'
import { LEAVES_FILE } from './log-files.ts'

const db = await database()
const shop = await workshop()
const { move, stop } = await bank(db.pool)
after(async () => {
  await stop()
  await shop.end()
})

const leaves = async (): Promise<number> => (await db.pool.query<{ n: number }>(sql`select count(*)::int as n from seal.leaf`))[0]?.n ?? -1
const rows = async (): Promise<number> =>
  (
    await db.pool.query<{ n: number }>(
      sql`select ((select count(*) from audit.record) + (select count(*) from events.event) + (select count(*) from ledger.transfer))::int as n`,
    )
  )[0]?.n ?? -1

test('a batch whose checkpoint the database refuses leaves nothing, there or in the files, and is sealed once it can be', async () => {
  await move('one')
  const owner = await Connection.open(db.owner)
  try {
    await owner.execute(sql`alter table seal.checkpoint add constraint refused check (size < 0) not valid`)
    const sealer = shop.sealer(db.server)
    sealer.start()
    await until(() => sealer.status().state === 'failing', 20_000)
    assert.equal(await leaves(), 0)
    assert.equal((await shop.bytes(LEAVES_FILE).catch(() => Buffer.alloc(0))).length, 0)
    await owner.execute(sql`alter table seal.checkpoint drop constraint refused`)
    await until(async () => (await leaves()) === (await rows()), 20_000)
    await sealer.stop()
    assert.equal((await shop.bytes(LEAVES_FILE)).length, 32 * (await rows()))
  } finally {
    await owner.close()
  }
})
