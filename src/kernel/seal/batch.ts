import { identifier, joined, sql } from '#kernel/db'
import type { Connection, Sql } from '#kernel/db'
import { HASH_BYTES } from '#kernel/proof'
import type { SealedStream } from '#kernel/digest'

/** Where a stream's sealing stands: the last sealed row, in the order (tx, id). */
export interface Place {
  readonly tx: bigint
  readonly id: string
}
export type Progress = ReadonlyMap<string, Place>

/** A row that is to become the next leaf. */
export interface Unsealed {
  readonly stream: string
  readonly id: string
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

// 8,000 rows keep a batch, and so the wait for its checkpoint, below a quarter second.
const ROWS_MAX = 8_000
const START: Place = { tx: 0n, id: '' }

/**
 * The rows that come next, in the order (tx, stream, id). Only rows of transactions before the snapshot's xmin: those have all ended, so
 * nothing can appear among them any more, whenever it drew its id (`id > last` skips a transaction that drew early and committed late).
 */
export async function nextBatch(connection: Connection, streams: readonly SealedStream[], progress: Progress): Promise<Batch> {
  const [now] = await connection.query<{ watermark: bigint; horizon: bigint }>(sql`
    select pg_snapshot_xmin(s) as watermark, pg_snapshot_xmax(s) as horizon from pg_current_snapshot() s`)
  if (now === undefined) throw new Error('PostgreSQL named no snapshot')
  for (const [name, { tx }] of progress) {
    if (tx >= now.watermark) {
      throw new Error(
        `stream ${name} is sealed up to transaction ${tx}, but this cluster is at ${now.watermark}: the database was moved to a younger cluster`,
      )
    }
  }
  const [found] = await connection.query<Found>(unsealed(streams, progress, now.watermark))
  return { ...batchOf(streams, progress, found), ...now }
}

/** A batch in one row, for a row of the result for each costs more than all the rest: its ids and streams as JSON, its digests end to end. */
interface Found {
  readonly ids: string | null
  readonly streams: string | null
  readonly digests: Buffer | null
  /** The transaction of the last row of each stream. */
  readonly lasts: readonly (bigint | null)[]
}

/** Each stream's next rows in one order. The first so many of all are among the first so many of each. */
function unsealed(streams: readonly SealedStream[], progress: Progress, watermark: bigint): Sql {
  const next = streams.map(({ name, table }, at) => {
    const from = progress.get(name) ?? START
    return sql`(select ${at}::int as stream, tx, id, digest from ${identifier(...table)}
      where (tx, id) > (${from.tx}::xid8, ${from.id}::text) and tx < ${watermark}::xid8 order by tx, id limit ${ROWS_MAX})`
  })
  const lasts = streams.map((_, at) => sql`max(tx) filter (where stream = ${at}::int)`)
  // Aggregates take their input in the order of the subquery (PostgreSQL's documentation, 9.21).
  return sql`
    select json_agg(id)::text as ids, json_agg(stream)::text as streams, string_agg(digest, '') as digests, array[${joined(lasts, ', ')}] as lasts
    from (select * from (${joined(next, ' union all ')}) as each order by tx, stream, id limit ${ROWS_MAX}) as next`
}

function batchOf(streams: readonly SealedStream[], progress: Progress, found?: Found): Pick<Batch, 'rows' | 'progress' | 'complete'> {
  const ids = JSON.parse(found?.ids ?? '[]') as string[]
  const of = JSON.parse(found?.streams ?? '[]') as number[]
  const digests = found?.digests ?? Buffer.alloc(0)
  if (digests.length !== ids.length * HASH_BYTES) throw new RangeError('among the rows to be sealed is one whose digest has not 32 bytes')
  const next = new Map(progress)
  const rows = ids.map((id, at): Unsealed => {
    const stream = streams[of[at] ?? 0]?.name ?? ''
    return { stream, id, digest: digests.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES) }
  })
  for (const [at, { name }] of streams.entries()) {
    const [tx, last] = [found?.lasts[at], of.lastIndexOf(at)]
    if (tx !== undefined && tx !== null && last >= 0) next.set(name, { tx, id: ids[last] ?? '' })
  }
  return { rows, progress: next, complete: rows.length < ROWS_MAX }
}
