import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sealedAudit } from '#kernel/audit'
import { Connection, sql, type Statement } from '#kernel/db'
import { database } from '#test/database'
import { leafOf, sha256, verifyConsistency, verifyInclusion } from '#kernel/proof'
import type { Unsealed } from './batch.ts'
import { type Appended, appended, checkpointInsert, logState, subtreesInsert } from './log-store.ts'
import { growthOf, latestCheckpoints, proofOf } from './proof-of.ts'
import { digestOf, salted } from '#kernel/digest'

const db = await database()
const read = <Row extends object>(statement: ReturnType<typeof sql>): Promise<Row[]> => db.pool.query<Row>(statement)
// Past 256, so that proofs go through stored subtrees; 70,000 in all to reach their second level.
const REAL = 700
const SIZES = [1, 255, 256, 257, REAL]
const roots = new Map<number, Buffer>()

/** What stores leaves, and the subtrees they complete. */
function stored({ statement, subtrees }: Appended): readonly Statement[] {
  return subtrees.length > 0 ? [statement, subtreesInsert(subtrees)] : [statement]
}

/** Writes rows by hand and seals them in batches of the given sizes. */
async function sealRows(ids: readonly string[], sizes: readonly number[], real: boolean): Promise<void> {
  const connection = await Connection.open(db.server)
  for (const size of sizes) {
    const { frontier } = await logState(connection)
    const batch: Unsealed[] = ids
      .slice(frontier.size, size)
      .map((id) => ({ stream: 'audit', id, digest: digestOf(sha256(Buffer.from(id)).subarray(0, 16), `{"id":"${id}"}`) }))
    await connection.begin()
    const [now] = await connection.query<{ tx: bigint }>(sql`select pg_current_xact_id() as tx`)
    const progress = new Map([['audit', { tx: now?.tx ?? 0n, id: batch.at(-1)?.id ?? '' }]])
    if (real) {
      for (const { id, digest } of batch) {
        void connection.execute(sql`
          insert into audit.record (id, at, operation, person, outcome, body, salt, digest)
          values (${id}, now(), 'test.write', 'person_x', 'done', ${`{"id":"${id}"}`}, ${sha256(Buffer.from(id)).subarray(0, 16)}, ${digest})`)
      }
    }
    const part = appended(frontier, batch)
    for (const statement of [...stored(part), checkpointInsert(frontier, progress, `note of ${size}`)]) await connection.execute(statement)
    await connection.commit()
    roots.set(size, frontier.root())
  }
  await connection.close()
}

const ids = Array.from({ length: 70_000 }, (_, i) => `row_${i}`)

async function proves(id: string): Promise<boolean> {
  const proof = await proofOf(read, sealedAudit, id)
  if (typeof proof === 'string') return false
  const hex = (text: string): Buffer => Buffer.from(text, 'hex')
  assert.deepEqual(digestOf(hex(proof.salt), proof.body).toString('hex'), proof.digest)
  // The leaf proven is this row's own, of what it says.
  assert.deepEqual([proof.id, proof.leaf], [id, leafOf('audit', id, hex(proof.digest)).toString('hex')])
  assert.equal(proof.checkpoint, `note of ${proof.size}`)
  const root = roots.get(proof.size)
  return (
    root !== undefined && verifyInclusion({ index: proof.seq, size: proof.size, leaf: hex(proof.leaf), path: proof.path.map(hex) }, root)
  )
}

test('of a log without a checkpoint nothing is proven', async () => {
  assert.equal(await proofOf(read, sealedAudit, 'row_0'), 'unknown')
  assert.equal(await growthOf(read, 1, 1), undefined)
})

test('every row proves itself under the checkpoint of the moment, through stored subtrees', async () => {
  for (const size of SIZES) {
    await sealRows(ids, [size], true)
    for (const at of [0, 1, size >> 1, size - 2, size - 1].filter((at) => at >= 0 && at < size))
      assert.ok(await proves(`row_${at}`), `${at} of ${size}`)
  }
  await sealRows(ids, [20_000, 40_000, 60_000, 65_536, 70_000], false)
  for (let at = 0; at < REAL; at += 97) assert.ok(await proves(`row_${at}`), `${at} of 70,000`)
})

test('rows of a transaction that was sealed in several batches, and of those that shared a batch with it, prove themselves', async () => {
  const connection = await Connection.open(db.server)
  const write = async (rowIds: readonly string[]): Promise<bigint> => {
    const [row] = await connection.query<{ tx: bigint }>(sql`
      with written as (
        insert into audit.record (id, at, operation, person, outcome, body, salt, digest)
        select id, now(), 'test.write', 'person_x', 'done', '{"id":"' || id || '"}', substr(sha256(id::bytea), 1, 16),
          sha256(substr(sha256(id::bytea), 1, 16) || ('{"id":"' || id || '"}')::bytea)
        from unnest(${rowIds}::text[]) as one (id) returning tx)
      select tx from written limit 1`)
    return row?.tx ?? 0n
  }
  const [long, short] = [await write(['row_a', 'row_b', 'row_c', 'row_d']), await write(['row_e'])]
  for (const [rowIds, tx] of [
    [['row_a', 'row_b'], long],
    [['row_c'], long],
    [['row_d', 'row_e'], short],
  ] as const) {
    const { frontier } = await logState(connection)
    const digested = await connection.query<{ id: string; digest: Buffer }>(
      sql`select id, digest from audit.record where id = any(${rowIds}::text[]) order by id`,
    )
    const part = appended(
      frontier,
      digested.map((row) => ({ stream: 'audit', ...row })),
    )
    const progress = new Map([['audit', { tx, id: rowIds.at(-1) ?? '' }]])
    for (const statement of [...stored(part), checkpointInsert(frontier, progress, `note of ${frontier.size}`)])
      await connection.execute(statement)
    roots.set(frontier.size, frontier.root())
  }
  await connection.close()
  for (const id of ['row_a', 'row_b', 'row_c', 'row_d', 'row_e', 'row_699']) assert.ok(await proves(id), id)
})

test('what is unknown, and what waits for its seal, is told apart', async () => {
  assert.equal(await proofOf(read, sealedAudit, 'row_none'), 'unknown')
  const { salt, digest } = salted('{}')
  await db.pool.execute(sql`
    insert into audit.record (id, at, operation, person, outcome, body, salt, digest)
    values ('row_new', now(), 'test.write', 'person_x', 'done', '{}', ${salt}, ${digest})`)
  assert.equal(await proofOf(read, sealedAudit, 'row_new'), 'unsealed')
})

test('checkpoints are listed newest first, before a size', async () => {
  const listed = await latestCheckpoints(read, 3, 70_001)
  assert.deepEqual(
    listed.map(({ size }) => size),
    [70_000, 65_536, 60_000],
  )
  assert.deepEqual(
    (await latestCheckpoints(read, 2, 257)).map(({ size }) => size),
    [256, 255],
  )
})

test('every larger log proves that it begins with each smaller one, and with no other', async () => {
  const known = [...roots.keys()].toSorted((a, b) => a - b)
  for (const first of known)
    for (const second of known.filter((size) => size >= first)) {
      const path = (await growthOf(read, first, second))?.map((hash) => Buffer.from(hash, 'hex'))
      const [firstRoot, secondRoot] = [roots.get(first), roots.get(second)]
      assert.ok(path && firstRoot && secondRoot)
      assert.ok(verifyConsistency({ first, second, firstRoot, secondRoot, path }), `${first} to ${second}`)
      if (first < second) assert.ok(!verifyConsistency({ first, second, firstRoot: secondRoot, secondRoot, path }))
    }
  assert.equal(await growthOf(read, 1, (known.at(-1) ?? 0) + 1), undefined)
  assert.equal(await growthOf(read, 2, 1), undefined)
})
