import { inTransaction, sql, type Connection, type Pool } from '#kernel/db'
import {
  StreamError,
  textOfValue,
  valueFromText,
  type ExpiredSegments,
  type StateRow,
  type StreamCommit,
  type StreamOutput,
  type StreamStore,
} from '#kernel/streams'

/** Rows of state in one block: about 2 MB of text. */
const BLOCK_ROWS = 20_000
/** Blocks read at once when a run is opened. */
const PAGE_BLOCKS = 8
const MAX_OUTPUT_BLOCKS = 1_000

type Run = { readonly id: number; readonly position: bigint; readonly epoch: bigint }

/**
 * A `StreamStore` in PostgreSQL. A commit is one transaction: a block of changes, outputs, position. `open` takes the run over: whoever
 * had it before is refused at its next commit (streams.stale_state), so two processes can't both write. A run's shape is fixed.
 */
export function postgresStore(pool: Pool, name: string): StreamStore {
  let run: Run | undefined
  return {
    open: async (shape) => {
      const taken = await takeOver(pool, name, shape)
      run = taken
      return { position: Number(taken.position), kept: blocksOf(pool, taken.id) }
    },
    commit: async (batch) => {
      if (run === undefined) throw new StreamError('streams.stale_state', `open the run ${name} first`)
      const { id, epoch } = run
      await inTransaction(pool, async (connection) => {
        const firstOutput = await advance(connection, { id, epoch }, batch)
        await keepState(connection, id, batch)
        await keepOutputs(connection, { id, firstOutput }, batch.outputs)
      })
    },
  }
}

/** A run's outputs in order, from number `from` (the first is 1), with their numbers: what a reader with a cursor asks for. At most 1,000 commits a call. */
export async function outputsOf(pool: Pool, name: string, from = 1): Promise<{ seq: number; output: StreamOutput }[]> {
  const blocks = await pool.query<{ seq: bigint; body: string }>(sql`
    select o.seq, o.body from stream_store.output o join stream_store.run r on r.id = o.run
    where r.name = ${name} and o.seq + o.count > ${from} order by o.seq limit ${MAX_OUTPUT_BLOCKS}`)
  const numbered = blocks.flatMap(({ seq, body }) => outputsIn(body).map((output, index) => ({ seq: Number(seq) + index, output })))
  return numbered.filter(({ seq }) => seq >= from)
}

async function takeOver(pool: Pool, name: string, shape: string): Promise<Run> {
  const [run] = await pool.query<Run & { shape: string }>(sql`
    insert into stream_store.run as r (name, shape) values (${name}, ${shape})
    on conflict (name) do update set epoch = r.epoch + 1
    returning r.id, r.position, r.epoch, r.shape`)
  if (run === undefined) throw new StreamError('streams.bad_snapshot', `the run ${name} could not be opened`)
  if (run.shape !== shape)
    throw new StreamError('streams.bad_snapshot', `the run ${name} was made by another topology: give the new one a new name`)
  return run
}

/** A block as kept: expired segments, and rows as [store, segment, key, value]. */
type Block = { readonly expired: readonly ExpiredSegments[]; readonly rows: readonly (readonly [string, number, string, string | null])[] }

async function* blocksOf(pool: Pool, run: number): AsyncIterable<{ rows: StateRow[]; expired: readonly ExpiredSegments[] }> {
  let after = { position: 0n, part: -1 }
  for (;;) {
    const page = await pool.query<{ position: bigint; part: number; body: string }>(sql`
      select position, part, body from stream_store.block
      where run = ${run} and (position, part) > (${after.position}, ${after.part}) order by position, part limit ${PAGE_BLOCKS}`)
    for (const { body } of page) {
      const block = JSON.parse(body) as Block
      yield { expired: block.expired, rows: block.rows.map(([store, segment, key, value]) => ({ store, segment, key, value })) }
    }
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_BLOCKS) return
    after = last
  }
}

/** Locks the run's row and moves it; the row count tells whether the run is still ours and where we left it. */
async function advance(connection: Connection, run: { id: number; epoch: bigint }, batch: StreamCommit): Promise<number> {
  const [moved] = await connection.query<{ outputs: bigint }>(sql`
    update stream_store.run set position = ${batch.position}, outputs = outputs + ${batch.outputs.length}
    where id = ${run.id} and epoch = ${run.epoch} and position = ${batch.from} returning outputs`)
  if (moved === undefined) throw new StreamError('streams.stale_state', 'the run was opened or moved by someone else: open it again')
  return Number(moved.outputs) - batch.outputs.length + 1
}

/** Adds the changes as blocks of the commit's position; a whole state takes the place of all blocks before it. */
async function keepState(connection: Connection, run: number, batch: StreamCommit): Promise<void> {
  if (batch.whole !== undefined) await connection.execute(sql`delete from stream_store.block where run = ${run}`)
  let part = 0
  const { expired, rows } = batch.whole === undefined ? batch.changes : { expired: [], rows: batch.whole }
  for (const some of parts(rows)) {
    const block: Block = { expired: part === 0 ? expired : [], rows: some.map((row) => [row.store, row.segment, row.key, row.value]) }
    await connection.execute(sql`
      insert into stream_store.block (run, position, part, body) values (${run}, ${batch.position}, ${part}, ${JSON.stringify(block)})`)
    part += 1
  }
}

async function keepOutputs(
  connection: Connection,
  at: { id: number; firstOutput: number },
  outputs: readonly StreamOutput[],
): Promise<void> {
  if (outputs.length === 0) return
  await connection.execute(sql`
    insert into stream_store.output (run, seq, count, body) values (${at.id}, ${at.firstOutput}, ${outputs.length}, ${textOf(outputs)})`)
}

// Nearly all outputs are JSON as they are; only a bigint, or what looks like the mark of one, needs the longer way.
function textOf(outputs: readonly StreamOutput[]): string {
  try {
    const text = JSON.stringify(outputs)
    if (!text.includes('$bigint')) return text
  } catch {
    // a bigint among them
  }
  return textOfValue(outputs)
}

function outputsIn(body: string): StreamOutput[] {
  return valueFromText(body) as StreamOutput[]
}

function* parts(rows: Iterable<StateRow>): Iterable<readonly StateRow[]> {
  let some: StateRow[] = []
  for (const row of rows) {
    some.push(row)
    if (some.length < BLOCK_ROWS) continue
    yield some
    some = []
  }
  if (some.length > 0) yield some
}
