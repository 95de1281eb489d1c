import { bindCopy, bindRows, copyInto, rows, sql } from '#kernel/db'
import type { Connection, Statement } from '#kernel/db'
import { Frontier, HASH_BYTES, leafOf } from '#kernel/proof'
import type { Place, Progress, Unsealed } from './batch.ts'

/** The log as its last checkpoint left it. */
export interface LogState {
  readonly frontier: Frontier
  readonly progress: Progress
  readonly note: string | undefined
}

/** Levels of subtrees that are stored: every eighth, so that a proof reads at most 256 hashes a level. */
export const LEVEL_STEP = 8

/** A complete subtree's root, to be stored. */
export interface Subtree {
  readonly level: number
  readonly place: number
  readonly hash: Buffer
}

export async function logState(connection: Connection): Promise<LogState> {
  const [last] = await connection.query<{ size: bigint; frontier: Buffer; progress: string; note: string }>(sql`
    select size, frontier, progress, note from seal.checkpoint order by size desc limit 1`)
  if (last === undefined) return { frontier: new Frontier(), progress: new Map(), note: undefined }
  const hashes = Array.from({ length: last.frontier.length / HASH_BYTES }, (_, i) =>
    last.frontier.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  )
  return { frontier: new Frontier(Number(last.size), hashes), progress: progressOf(last.progress), note: last.note }
}

/** Rows as leaves: their hashes in a row, what stores them, and the subtrees that they complete. */
export interface Appended {
  readonly leaves: Buffer
  readonly statement: Statement
  readonly subtrees: readonly Subtree[]
}

/** Appends rows to the frontier. */
export function appended(frontier: Frontier, next: readonly Unsealed[]): Appended {
  const leaves = Buffer.alloc(next.length * HASH_BYTES)
  const subtrees: Subtree[] = []
  const stored = next.map(({ stream, id, digest }, i) => {
    const hash = leafOf(stream, id, digest)
    hash.copy(leaves, i * HASH_BYTES)
    const seq = frontier.size
    frontier.append(hash, (level, place, node) => {
      if (level % LEVEL_STEP === 0) subtrees.push({ level, place, hash: node })
    })
    return { seq, stream, row_id: id, hash }
  })
  return { leaves, statement: bindCopy(copyLeaves, stored), subtrees }
}

export function subtreesInsert(subtrees: readonly Subtree[]): Statement {
  return bindRows(
    insertSubtrees,
    subtrees.map((subtree) => ({ ...subtree })),
  )
}

const copyLeaves = copyInto(['seal', 'leaf'], { seq: 'bigint', stream: 'text', row_id: 'text', hash: 'bytea' })
const insertSubtrees = sql`
  insert into seal.subtree (level, place, hash)
  select level, place, hash from ${rows({ level: 'smallint', place: 'bigint', hash: 'bytea' })} x`

export function checkpointInsert(frontier: Frontier, progress: Progress, note: string): Statement {
  const last = [...progress.values()].reduce((last, { tx }) => (tx > last ? tx : last), 0n)
  return sql`
    insert into seal.checkpoint (size, root, frontier, progress, note, last_tx)
    values (${frontier.size}, ${frontier.root()}, ${Buffer.concat(frontier.hashes)}, ${progressText(progress)}, ${note}, ${last}::xid8)`
}

/** The notes of checkpoints after `size`, and the leaves from there on: what a file that ends at `size` lacks. */
export async function notesAfter(connection: Connection, size: number): Promise<{ size: number; note: string }[]> {
  const found = await connection.query<{ size: bigint; note: string }>(sql`
    select size, note from seal.checkpoint where size > ${size} order by size limit ${NOTES_MAX}`)
  return found.map((row) => ({ size: Number(row.size), note: row.note }))
}
export const NOTES_MAX = 200

export async function leavesBetween(connection: Connection, from: number, to: number): Promise<Buffer> {
  const found = await connection.query<{ hash: Buffer }>(sql`select hash from seal.leaf where seq >= ${from} and seq < ${to} order by seq`)
  return Buffer.concat(found.map((row) => row.hash))
}

export async function noteAt(connection: Connection, size: number): Promise<string | undefined> {
  return (await connection.query<{ note: string }>(sql`select note from seal.checkpoint where size = ${size}`))[0]?.note
}

function progressText(progress: Progress): string {
  return JSON.stringify(Object.fromEntries([...progress].map(([stream, { tx, id }]) => [stream, [String(tx), id]])))
}

function progressOf(text: string): Map<string, Place> {
  const places = JSON.parse(text) as Record<string, [string, string]>
  return new Map(Object.entries(places).map(([stream, [tx, id]]) => [stream, { tx: BigInt(tx), id }]))
}
