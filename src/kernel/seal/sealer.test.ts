import assert from 'node:assert/strict'
import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { after, test } from 'node:test'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { sql } from '#kernel/db'
import { database } from '#test/database'
import { Frontier, openCheckpoint, splitNotes } from '#kernel/proof'
import { CHECKPOINTS_FILE, LEAVES_FILE } from './log-files.ts'
import { bank, until, workshop } from '#test/sealing'

const db = await database()
const shop = await workshop()
const { move, stop } = await bank(db.pool)
after(async () => {
  await stop()
  await shop.end()
})

const count = async (table: 'leaf' | 'rows'): Promise<number> => {
  const [row] = await db.pool.query<{ n: number }>(
    table === 'leaf'
      ? sql`select count(*)::int as n from seal.leaf`
      : sql`select ((select count(*) from audit.record) + (select count(*) from events.event) + (select count(*) from ledger.transfer))::int as n`,
  )
  return row?.n ?? -1
}
const allSealed = async (): Promise<boolean> => (await count('leaf')) === (await count('rows'))

test('everything is sealed once, without gaps, and the signed root is that of the files', async () => {
  const sealer = shop.sealer(db.server)
  sealer.start()
  await Promise.all(Array.from({ length: 40 }, (_, i) => move(`first-${i}`)))
  await until(allSealed)
  await move('later')
  await until(allSealed)
  await sealer.stop()
  const seqs = await db.pool.query<{ least: bigint; most: bigint; n: bigint }>(
    sql`select min(seq) as least, max(seq) as most, count(*) as n from seal.leaf`,
  )
  assert.deepEqual(seqs[0], { least: 0n, most: BigInt(await count('rows')) - 1n, n: BigInt(await count('rows')) })
  const publicKey = createPublicKey(await readFile(shop.keyFile))
  const leaves = await shop.bytes(LEAVES_FILE)
  const notes = splitNotes((await shop.bytes(CHECKPOINTS_FILE)).toString())
  assert.ok(notes.length >= 2)
  const frontier = new Frontier()
  for (const note of notes) {
    const checkpoint = openCheckpoint(note, publicKey)
    assert.ok(typeof checkpoint === 'object')
    while (frontier.size < checkpoint.size) frontier.append(leaves.subarray(frontier.size * 32, frontier.size * 32 + 32))
    assert.deepEqual(frontier.root(), checkpoint.root)
  }
  assert.equal(frontier.size, await count('rows'))
  assert.deepEqual(shop.warnings, [])
})

test('the key is readable by its owner alone, and a log that is signed is not signed with a new one', async () => {
  assert.equal((await stat(shop.keyFile)).mode & 0o777, 0o600)
  const pem = await readFile(shop.keyFile)
  const other = await workshop()
  const sealer = other.sealer(db.server)
  sealer.start()
  await until(() => sealer.status().state === 'failing')
  assert.match(other.warnings.join(), /key that signs checkpoints is gone/)
  await other.end()
  assert.deepEqual(await readFile(shop.keyFile), pem)
})

test('a key that is not the one that signed the log so far is told of', async () => {
  const other = await workshop()
  await mkdir(path.dirname(other.keyFile))
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  await writeFile(other.keyFile, pem, { mode: 0o600 })
  const sealer = other.sealer(db.server)
  sealer.start()
  await until(() => sealer.status().state === 'sealing')
  assert.match(other.warnings.join(), /not the one that signed the log so far/)
  await other.end()
})

test("the server's role can neither change nor delete what is sealed", async () => {
  for (const statement of [
    sql`update seal.leaf set hash = ''`,
    sql`delete from seal.leaf`,
    sql`delete from seal.checkpoint`,
    sql`update seal.subtree set level = 8`,
  ]) {
    await assert.rejects(db.pool.execute(statement), /permission denied/)
  }
})

test('of two sealers one works and the other takes over', async () => {
  const [first, second] = [shop.sealer(db.server), shop.sealer(db.server)]
  first.start()
  await until(() => first.status().state === 'sealing')
  second.start()
  await until(() => second.status().state === 'standby')
  await first.stop()
  await until(() => second.status().state === 'sealing')
  await move('taken-over')
  await until(allSealed)
  await second.stop()
})

test('files that lost their tail, or part of a note, are filled up from the database', async () => {
  const before = [await shop.bytes(LEAVES_FILE), await shop.bytes(CHECKPOINTS_FILE)] as const
  const cuts: [leaves: number, notes: number][] = [
    [7, 0],
    [33, 100],
    [0, 1],
    [before[0].length, before[1].length],
    [5, before[1].length],
  ]
  for (const [leaves, notes] of cuts) {
    await truncate(path.join(shop.folder, LEAVES_FILE), before[0].length - leaves)
    await truncate(path.join(shop.folder, CHECKPOINTS_FILE), before[1].length - notes)
    const sealer = shop.sealer(db.server)
    sealer.start()
    await until(() => sealer.status().state === 'sealing')
    assert.equal(sealer.status().files, 'in_step', `cut by ${leaves} and ${notes}`)
    await sealer.stop()
    assert.deepEqual([await shop.bytes(LEAVES_FILE), await shop.bytes(CHECKPOINTS_FILE)], before)
  }
})

test('files that say other than the database are reported and left alone', async () => {
  const [leaves, notes] = [await shop.bytes(LEAVES_FILE), await shop.bytes(CHECKPOINTS_FILE)]
  const altered = Buffer.from(leaves)
  altered[40] = (altered[40] ?? 0) ^ 1
  const cases: [what: string, leaves: Buffer, notes: Buffer][] = [
    ['different', altered, notes],
    ['different', leaves, Buffer.from(notes.toString().replace(/time 2(?!.*time)/s, 'time 3'))],
    ['different', leaves, Buffer.concat([notes, Buffer.alloc(3_000, 'x')])],
    ['ahead', Buffer.concat([leaves, Buffer.alloc(32_000)]), notes],
  ]
  for (const [what, leavesNow, notesNow] of cases) {
    await writeFile(path.join(shop.folder, LEAVES_FILE), leavesNow)
    await writeFile(path.join(shop.folder, CHECKPOINTS_FILE), notesNow)
    const sealer = shop.sealer(db.server)
    sealer.start()
    await until(() => sealer.status().state === 'sealing')
    assert.equal(sealer.status().files, what)
    await move(`despite-${what}-${notesNow.length}-${leavesNow.length}`)
    await until(allSealed)
    await sealer.stop()
    assert.deepEqual([await shop.bytes(LEAVES_FILE), await shop.bytes(CHECKPOINTS_FILE)], [leavesNow, notesNow])
  }
  assert.match(shop.warnings.join(), /are different[^]*are ahead/)
  await writeFile(path.join(shop.folder, LEAVES_FILE), leaves)
  await writeFile(path.join(shop.folder, CHECKPOINTS_FILE), notes)
})

test('a sealer whose session is cut goes on with another', async () => {
  const sealer = shop.sealer(db.server)
  sealer.start()
  await until(() => sealer.status().state === 'sealing')
  await db.pool.query(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holdfast sealer' and datname = ${db.name}`,
  )
  await move('after-the-cut')
  await until(allSealed)
  await until(() => sealer.status().state === 'sealing')
  await sealer.stop()
})
