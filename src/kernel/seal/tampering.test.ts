import assert from 'node:assert/strict'
import path from 'node:path'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { Connection, sql } from '#kernel/db'
import { digestOf } from '#kernel/digest'
import { openCheckpoint, signCheckpoint, splitNotes } from '#kernel/proof'
import { verifyExport } from '#kernel/verify'
import { database } from '#test/database'
import { exportedBank, STREAMS } from '#test/sealing'
import { exportLog } from './export-log.ts'

const db = await database()
const world = await exportedBank(db, 12)
const owner = await Connection.open(db.owner)
after(world.end)

const TABLES = ['ledger.transfer', 'ledger.entry', 'ledger.account', 'audit.record', 'seal.leaf', 'seal.checkpoint']
const backup = (table: string): string => `backup.${table.replace('.', '_')}`
await owner.script(`create schema backup; ${TABLES.map((table) => `create table ${backup(table)} as table ${table};`).join(' ')}`)
const restore = async (): Promise<void> => {
  await owner.script(TABLES.map((table) => `truncate ${table}; insert into ${table} select * from ${backup(table)};`).join(' '))
}

async function verdict(): Promise<string> {
  const folder = path.join(world.root, 'tampered')
  rmSync(folder, { recursive: true, force: true })
  const connection = await Connection.open(db.server)
  await exportLog({ connection, streams: STREAMS, folder, publicPem: world.publicPem, at: '2026-11-21T00:00:00.000Z' })
  await connection.close()
  const { finding } = verifyExport({
    folder,
    key: path.join(world.export, 'public.pem'),
    checkpoints: path.join(world.folder, 'checkpoints.txt'),
  })
  return finding === undefined ? 'sound' : `${finding.kind} ${finding.stream} ${finding.row}`
}

const transfers = await owner.query<{ id: string; seq: bigint; body: string; salt: Buffer; account: string; n: bigint }>(sql`
  select t.id, l.seq, t.body, t.salt, e.account, e.n from ledger.transfer t
  join seal.leaf l on l.row_id = t.id join ledger.entry e on e.transfer = t.id and e.amount > 0 order by l.seq`)
const [first, , third, , , later] = transfers
assert.ok(first !== undefined && third !== undefined && later !== undefined)
const audits = await owner.query<{ id: string; seq: bigint }>(
  sql`select row_id as id, seq from seal.leaf where stream = 'audit' order by seq`,
)
const leaves = await owner.query<{ id: string; stream: string }>(sql`select row_id as id, stream from seal.leaf order by seq`)
const forged = third.body.replace('"amount":"100"', '"amount":"900"').replace(/"amount":"1\d\d"/, '"amount":"999"')
const forgedDigest = digestOf(third.salt, forged).toString('hex')

/** What someone who owns the database does, and what the verifier says of an export made afterwards. */
const cases: [what: string, script: string, says: string][] = [
  ['nothing', '', 'sound'],
  ['a body altered', `update ledger.transfer set body = '${forged}' where id = '${third.id}'`, `changed transfer ${third.id}`],
  ['a body made no JSON', `update ledger.transfer set body = E'a\\nb' where id = '${third.id}'`, `changed transfer ${third.id}`],
  [
    'a column moved to another day',
    `update ledger.transfer set booked_on = '2020-01-01' where id = '${first.id}'`,
    `changed transfer ${first.id}`,
  ],
  [
    'a record given to another person',
    `update audit.record set person = 'person_other' where id = '${audits[4]?.id}'`,
    `changed audit ${audits[4]?.id}`,
  ],
  [
    'body and digest altered',
    `update ledger.transfer set body = '${forged}', digest = '\\x${forgedDigest}' where id = '${third.id}'`,
    `rewritten transfer ${third.id}`,
  ],
  [
    'body, digest and leaf altered',
    `update ledger.transfer set body = '${forged}', digest = '\\x${forgedDigest}' where id = '${third.id}'; update seal.leaf set hash = sha256('x') where row_id = '${third.id}'`,
    `rewritten transfer ${third.id}`,
  ],
  [
    'one rewritten with its leaf, and a later one altered: the earlier is told',
    `update ledger.transfer set body = '${forged}', digest = '\\x${forgedDigest}' where id = '${third.id}'; update seal.leaf set hash = sha256('x') where row_id = '${third.id}'; update ledger.transfer set booked_on = '2020-01-01' where id = '${later.id}'`,
    `rewritten transfer ${third.id}`,
  ],
  [
    'one altered, and a later one rewritten with its leaf: the earlier is told',
    `update ledger.transfer set booked_on = '2020-01-01' where id = '${first.id}'; update ledger.transfer set body = '${forged}', digest = '\\x${forgedDigest}' where id = '${third.id}'; update seal.leaf set hash = sha256('x') where row_id = '${third.id}'`,
    `changed transfer ${first.id}`,
  ],
  [
    'a transfer deleted with its entries',
    `delete from ledger.transfer where id = '${first.id}'; delete from ledger.entry where transfer = '${first.id}'`,
    `missing transfer ${first.id}`,
  ],
  ['a record deleted', `delete from audit.record where id = '${audits[2]?.id}'`, `missing audit ${audits[2]?.id}`],
  [
    'a record deleted with its leaf, and the log renumbered',
    `delete from audit.record where id = '${audits[2]?.id}'; delete from seal.leaf where seq = ${audits[2]?.seq}; update seal.leaf set seq = seq + 100000 where seq > ${audits[2]?.seq}; update seal.leaf set seq = seq - 100001 where seq >= 100000`,
    'missing ? ?',
  ],
  [
    'a record slipped in among old ones',
    `insert into audit.record select 'audit_forged', tx, at, operation, person, object, outcome, replace(body, id, 'audit_forged'), salt, digest from audit.record where id = '${audits[1]?.id}'`,
    'inserted audit audit_forged',
  ],
  ['a balance altered', `update ledger.account set posted = posted + 1 where id = 'wallet'`, 'changed account wallet'],
  ['an account deleted', `delete from ledger.account where id = 'wallet'`, 'missing account wallet'],
  [
    'an entry altered',
    `update ledger.entry set amount = amount + 1 where transfer = '${first.id}' and amount > 0`,
    `changed entry ${first.account}#${first.n}`,
  ],
  [
    'an entry deleted',
    `delete from ledger.entry where transfer = '${first.id}' and amount > 0`,
    `missing entry ${first.account}#${first.n}`,
  ],
  [
    'an entry added',
    `insert into ledger.entry select account, 999, transfer, amount, posted, at, booked_on, hash from ledger.entry where transfer = '${first.id}' and amount > 0`,
    `inserted entry ${first.account}#999`,
  ],
  [
    'an entry added to no transfer',
    `insert into ledger.entry select account, 999, 'transfer_none', amount, posted, at, booked_on, hash from ledger.entry where transfer = '${first.id}' and amount > 0`,
    `inserted entry ${first.account}#999`,
  ],
  [
    'an entry added to no account',
    `insert into ledger.entry select 'ghost', 1, transfer, amount, posted, at, booked_on, hash from ledger.entry where transfer = '${first.id}' and amount > 0`,
    'inserted entry ghost#1',
  ],
  [
    'an entry added, and its account counting it',
    `insert into ledger.entry select account, 1 + (select n from ledger.account a where a.id = account), transfer, amount, posted, at, booked_on, hash from ledger.entry where transfer = '${first.id}' and amount > 0; update ledger.account set n = n + 1 where id = '${first.account}'`,
    `changed account ${first.account}`,
  ],
  [
    'an entry given to another transfer',
    `update ledger.entry set transfer = '${third.id}' where transfer = '${first.id}' and amount > 0`,
    `missing entry ${first.account}#${first.n}`,
  ],
  [
    "two rows given each other's number",
    `update seal.leaf set seq = -1 - seq where false; update seal.leaf set seq = 999999 where seq = 3; update seal.leaf set seq = 3 where seq = 9; update seal.leaf set seq = 9 where seq = 999999`,
    `reordered ${leaves[9]?.stream} ${leaves[9]?.id}`,
  ],
  [
    'the end cut off',
    `delete from audit.record where id in (select row_id from seal.leaf where seq >= 10); delete from ledger.transfer where id in (select row_id from seal.leaf where seq >= 10); delete from seal.leaf where seq >= 10; delete from seal.checkpoint where size > 10`,
    'truncated ? ?',
  ],
  ['all the log deleted', `delete from seal.leaf; delete from seal.checkpoint`, 'truncated ? ?'],
]

test('what the owner of the database alters is found in an export, row and kind', async (t) => {
  t.after(() => owner.close())
  for (const [what, script, says] of cases) {
    if (script !== '') await owner.script(script)
    const said = await verdict()
    if (script !== '') await restore()
    assert.equal(said, says, what)
  }
})

test("an export's own checkpoints that another key signed are found, though those outside are sound", () => {
  const folder = path.join(world.root, 'other-key')
  cpSync(world.export, folder, { recursive: true })
  const [theirs, key] = [generateKeyPairSync('ed25519'), path.join(world.export, 'public.pem')]
  const notes = splitNotes(readFileSync(path.join(folder, 'checkpoints.txt'), 'utf8'))
  const signed = notes.map((note) => {
    const opened = openCheckpoint(note, createPublicKey(readFileSync(key)))
    assert.ok(typeof opened !== 'string')
    return signCheckpoint(opened, theirs.privateKey, theirs.publicKey)
  })
  writeFileSync(path.join(folder, 'checkpoints.txt'), signed.map((note) => `${note}\n`).join(''))
  const { finding } = verifyExport({ folder, key, checkpoints: path.join(world.folder, 'checkpoints.txt') })
  assert.deepEqual([finding?.kind, finding?.stream, finding?.row], ['changed', 'checkpoint', 'note 1'])
})

test('an export goes into a folder of its own', async () => {
  const connection = await Connection.open(db.server)
  await assert.rejects(exportLog({ connection, streams: STREAMS, folder: world.export, publicPem: '', at: '' }), /is not empty/)
  await connection.close()
})
