import { identifier, sql } from '#kernel/db'
import type { Connection } from '#kernel/db'
import type { SealedStream } from '#kernel/digest'

/** Where a stream's sealing stands: the last sealed row, in the order (tx, id). */
export interface Place {
  readonly tx: bigint
  readonly id: string
}
export type Progress = ReadonlyMap<string, Place>

/** A row that is to become the next leaf. */
export interface Unsealed extends Place {
  readonly stream: string
  readonly digest: Buffer
}

export interface Batch {
  readonly rows: readonly Unsealed[]
  readonly progress: Progress
  /** False if a limit cut the batch: more is waiting. */
  readonly complete: boolean
  /** Every transaction before this one had ended. */
  readonly watermark: bigint
  /** Transactions from this one on had not begun. */
  readonly horizon: bigint
}

// Of each stream: 4,000 rows keep a batch, and so the wait for its checkpoint, below a quarter second.
const ROWS_MAX = 4_000
const START: Place = { tx: 0n, id: '' }

/**
 * The rows that come next, in the order (tx, stream, id). Only rows of transactions before the snapshot's xmin: those have all ended, so
 * nothing can appear among them any more, whenever it drew its id (`id > last` skips a transaction that drew early and committed late).
 */
export async function nextBatch(connection: Connection, streams: readonly SealedStream[], progress: Progress): Promise<Batch> {
  const [now] = await connection.query<{ watermark: bigint; horizon: bigint }>(sql`
    select pg_snapshot_xmin(s) as watermark, pg_snapshot_xmax(s) as horizon from pg_current_snapshot() s`)
  if (now === undefined) throw new Error('PostgreSQL named no snapshot')
  const found = await Promise.all(streams.map((stream) => unsealed(connection, stream, progress.get(stream.name) ?? START, now.watermark)))
  for (const [name, { tx }] of progress) {
    if (tx >= now.watermark) {
      throw new Error(
        `stream ${name} is sealed up to transaction ${tx}, but this cluster is at ${now.watermark}: the database was moved to a younger cluster`,
      )
    }
  }
  return { ...merged(found, progress), ...now }
}

async function unsealed(connection: Connection, { name, table }: SealedStream, from: Place, watermark: bigint): Promise<Unsealed[]> {
  const rows = await connection.query<{ tx: bigint; id: string; digest: Buffer }>(sql`
    select tx, id, digest from ${identifier(...table)}
    where (tx, id) > (${from.tx}::xid8, ${from.id}::text) and tx < ${watermark}::xid8
    order by tx, id limit ${ROWS_MAX}`)
  return rows.map((row) => ({ stream: name, ...row }))
}

/** One list of all streams' rows; where a stream was cut by the limit, what comes after its last row waits for the next batch. */
function merged(found: readonly Unsealed[][], progress: Progress): Pick<Batch, 'rows' | 'progress' | 'complete'> {
  const cuts = found.flatMap((rows, stream) => (rows.length === ROWS_MAX ? [{ tx: rows.at(-1)?.tx ?? 0n, stream }] : []))
  const cut = cuts.reduce<(typeof cuts)[number] | undefined>(
    (least, one) => (least === undefined || one.tx < least.tx ? one : least),
    undefined,
  )
  const before = (tx: bigint, stream: number): boolean => cut === undefined || tx < cut.tx || (tx === cut.tx && stream <= cut.stream)
  const next = new Map(progress)
  const heads = found.map((rows, stream) => ({ rows: rows.filter(({ tx }) => before(tx, stream)), at: 0 }))
  const rows: Unsealed[] = []
  for (;;) {
    let least: { head: (typeof heads)[number]; row: Unsealed } | undefined
    for (const head of heads) {
      const row = head.rows[head.at]
      if (row !== undefined && (least === undefined || row.tx < least.row.tx)) least = { head, row }
    }
    if (least === undefined) break
    least.head.at++
    rows.push(least.row)
    next.set(least.row.stream, { tx: least.row.tx, id: least.row.id })
  }
  return { rows, progress: next, complete: cut === undefined }
}
