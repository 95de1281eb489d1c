import { inTransaction, bindRows, rows, sql, type Connection, type Pool } from '#kernel/db'
import { StreamError, type StateChanges, type StateRow, type StreamCommit, type StreamOutput, type StreamStore } from '#kernel/streams'

const PAGE_ROWS = 10_000
/** Rows of one statement; a commit may need several. */
const STATEMENT_ROWS = 20_000
const MAX_OUTPUT_BLOCKS = 1_000
/** Enough for the last timestamp over the smallest segment. */
const SEGMENT_DIGITS = 13

type Run = { readonly id: number; readonly position: bigint; readonly epoch: bigint }

/**
 * A `StreamStore` in PostgreSQL. A commit is one transaction: changed rows, outputs, position. `open` takes the run over: whoever
 * had it before is refused at its next commit (streams.stale_state), so two processes can't both write. A run's shape is fixed.
 */
export function postgresStore(pool: Pool, name: string): StreamStore {
  let run: Run | undefined
  return {
    open: async (shape) => {
      const taken = await takeOver(pool, name, shape)
      run = taken
      return { position: Number(taken.position), pages: pagesOf(pool, taken.id) }
    },
    commit: async (batch) => {
      if (run === undefined) throw new StreamError('streams.stale_state', `open the run ${name} first`)
      const { id, epoch } = run
      await inTransaction(pool, async (connection) => {
        const firstOutput = await advance(connection, { id, epoch }, batch)
        await keepState(connection, id, batch.changes)
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

async function* pagesOf(pool: Pool, run: number): AsyncIterable<StateRow[]> {
  let after = `${run}.`
  for (;;) {
    const page = await pool.query<{ id: string; value: string }>(sql`
      select id, value from stream_store.state where id > ${after} and id < ${`${run}/`} order by id limit ${PAGE_ROWS}`)
    yield page.map(({ id, value }) => ({ ...placeOf(id), value }))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_ROWS) return
    after = last.id
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

const upsert = sql`
  insert into stream_store.state (id, value) select x.id, x.value from ${rows({ id: 'text', value: 'text' })} x
  on conflict (id) do update set value = excluded.value`
const remove = sql`delete from stream_store.state s using ${rows({ id: 'text' })} x where s.id = x.id`

async function keepState(connection: Connection, run: number, changes: StateChanges): Promise<void> {
  for (const { store, before } of changes.expired) {
    const all = idOf(run, { store, segment: 0, key: '' })
    await connection.execute(
      sql`delete from stream_store.state where id >= ${all} and id < ${idOf(run, { store, segment: before, key: '' })}`,
    )
  }
  const last = new Map(changes.rows.map((row) => [idOf(run, row), row.value]))
  // In the order of the index: neighbours share its pages, which halves the time of scattered keys.
  const sorted = Array.from(last, ([id, value]) => ({ id, value })).sort((one, other) => (one.id < other.id ? -1 : 1))
  for (const part of parts(sorted.filter(({ value }) => value === null))) await connection.execute(bindRows(remove, part))
  for (const part of parts(sorted.filter(({ value }) => value !== null))) await connection.execute(bindRows(upsert, part))
}

// The segment in fixed width, so that ids sort by it; "." and "/" are neighbours in the order of the index.
function idOf(run: number, row: { store: string; segment: number; key: string }): string {
  return `${run}.${row.store}/${String(row.segment).padStart(SEGMENT_DIGITS, '0')}/${row.key}`
}

function placeOf(id: string): { store: string; segment: number; key: string } {
  const slash = id.indexOf('/')
  const store = id.slice(id.indexOf('.') + 1, slash)
  return { store, segment: Number(id.slice(slash + 1, slash + 1 + SEGMENT_DIGITS)), key: id.slice(slash + 2 + SEGMENT_DIGITS) }
}

async function keepOutputs(
  connection: Connection,
  at: { id: number; firstOutput: number },
  outputs: readonly StreamOutput[],
): Promise<void> {
  if (outputs.length === 0) return
  await connection.execute(sql`
    insert into stream_store.output (run, seq, count, body) values (${at.id}, ${at.firstOutput}, ${outputs.length}, ${JSON.stringify(outputs)})`)
}

function outputsIn(body: string): StreamOutput[] {
  return JSON.parse(body) as StreamOutput[]
}

function* parts<T>(all: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < all.length; at += STATEMENT_ROWS) yield all.slice(at, at + STATEMENT_ROWS)
}
