import { identifier, sql } from '#kernel/db'
import type { Sql } from '#kernel/db'
import { consistencyPlan, fold, inclusionPlan, nodeHash } from '#kernel/proof'
import type { Node, Plan } from '#kernel/proof'
import { LEVEL_STEP } from './log-store.ts'
import type { SealedStream } from '#kernel/digest'

/** Reads rows of a statement: a pool's query or a view's read. */
export type Read = <Row extends object>(statement: Sql) => Promise<readonly Row[]>

/** All it takes to check, without us, that a row is in the log that a checkpoint signs. Hashes in hex. */
export interface RowProof {
  readonly stream: string
  readonly id: string
  readonly body: string
  readonly salt: string
  readonly digest: string
  readonly seq: number
  readonly size: number
  readonly leaf: string
  readonly path: readonly string[]
  readonly checkpoint: string
}

/** The proof of a row under the latest checkpoint; `unknown` if there is no such row, `unsealed` if it waits for its seal (a second or so). */
export async function proofOf(read: Read, stream: SealedStream, id: string): Promise<RowProof | 'unknown' | 'unsealed'> {
  const [row] = await read<{ body: string; salt: Buffer; digest: Buffer; tx: bigint }>(
    sql`select body, salt, digest, tx from ${identifier(...stream.table)} where id = ${id}`,
  )
  if (row === undefined) return 'unknown'
  const leaf = await leafOfRow(read, stream.name, { id, tx: row.tx })
  const [last] = await read<{ size: bigint; note: string }>(sql`select size, note from seal.checkpoint order by size desc limit 1`)
  if (leaf === undefined || last === undefined || leaf.seq >= last.size) return 'unsealed'
  const plan = inclusionPlan(Number(leaf.seq), Number(last.size))
  const hashOf = await stored(read, plan)
  return {
    stream: stream.name,
    id,
    body: row.body,
    salt: row.salt.toString('hex'),
    digest: row.digest.toString('hex'),
    seq: Number(leaf.seq),
    size: Number(last.size),
    leaf: leaf.hash.toString('hex'),
    path: plan.map((nodes) => fold(nodes, hashOf).toString('hex')),
    checkpoint: last.note,
  }
}

interface FoundLeaf {
  readonly seq: bigint
  readonly hash: Buffer
}

/** A row's leaf, among those that were sealed with its transaction: the leaves of one batch, or of a few if the transaction wrote many rows. */
async function leafOfRow(
  read: Read,
  stream: string,
  { id, tx }: { readonly id: string; readonly tx: bigint },
): Promise<FoundLeaf | undefined> {
  const [among] = await read<{ least: bigint; most: bigint }>(sql`
    select coalesce((select size from seal.checkpoint where last_tx < ${tx}::xid8 order by last_tx desc, size desc limit 1), 0) as least,
      coalesce((select size from seal.checkpoint where last_tx > ${tx}::xid8 order by last_tx, size limit 1),
        (select max(size) from seal.checkpoint), 0) as most`)
  const { least = 0n, most = 0n } = among ?? {}
  const found = await read<FoundLeaf>(
    sql`select seq, hash from seal.leaf where seq >= ${least} and seq < ${most} and stream = ${stream} and row_id = ${id}`,
  )
  return found[0]
}

/** That the log of `second` leaves begins with the log of `first`: RFC 6962 §2.1.2, hashes in hex; undefined if it has fewer than `second`. */
export async function growthOf(read: Read, first: number, second: number): Promise<readonly string[] | undefined> {
  const [last] = await read<{ size: bigint }>(sql`select size from seal.checkpoint order by size desc limit 1`)
  if (last === undefined || first > second || second > Number(last.size)) return undefined
  const plan = consistencyPlan(first, second)
  const hashOf = await stored(read, plan)
  return plan.map((nodes) => fold(nodes, hashOf).toString('hex'))
}

/** A signed checkpoint as it is listed. */
export interface ListedCheckpoint {
  readonly size: number
  readonly note: string
}

/** Checkpoints before `before` leaves, newest first. */
export async function latestCheckpoints(read: Read, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<ListedCheckpoint[]> {
  const found = await read<{ size: bigint; note: string }>(
    sql`select size, note from seal.checkpoint where size < ${before} order by size desc limit ${limit}`,
  )
  return found.map(({ size, note }) => ({ size: Number(size), note }))
}

/** Reads the stored hashes under all subtrees of a plan in two statements, and builds each subtree from its nearest stored level. */
async function stored(read: Read, plan: Plan): Promise<(node: Node) => Buffer> {
  const spans = plan.flat().map(({ level, index }) => {
    const base = level - (level % LEVEL_STEP)
    const width = 2 ** (level - base)
    return { base, from: index * width, to: (index + 1) * width }
  })
  const [leafSpans, treeSpans] = [spans.filter(({ base }) => base === 0), spans.filter(({ base }) => base > 0)]
  const leaves = await read<{ place: bigint; hash: Buffer }>(sql`
    select l.seq as place, l.hash from unnest(${leafSpans.map((s) => s.from)}::bigint[], ${leafSpans.map((s) => s.to)}::bigint[]) r(least, most)
    join seal.leaf l on l.seq >= r.least and l.seq < r.most`)
  const trees = await read<{ level: number; place: bigint; hash: Buffer }>(sql`
    select t.level, t.place, t.hash
    from unnest(${treeSpans.map((s) => s.base)}::smallint[], ${treeSpans.map((s) => s.from)}::bigint[], ${treeSpans.map((s) => s.to)}::bigint[]) r(level, least, most)
    join seal.subtree t on t.level = r.level and t.place >= r.least and t.place < r.most`)
  const hashes = new Map<string, Buffer>(leaves.map(({ place, hash }) => [`0/${place}`, hash]))
  for (const { level, place, hash } of trees) hashes.set(`${level}/${place}`, hash)
  const hashOf = ({ level, index }: Node): Buffer => {
    const known = hashes.get(`${level}/${index}`)
    if (known !== undefined) return known
    if (level % LEVEL_STEP === 0) throw new Error(`the log lacks the hash of subtree ${level}/${index}`)
    return nodeHash(hashOf({ level: level - 1, index: index * 2 }), hashOf({ level: level - 1, index: index * 2 + 1 }))
  }
  return hashOf
}
