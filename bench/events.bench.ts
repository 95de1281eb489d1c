// The event log: how fast it takes batches, and how long from an event's commit to its reaction's commit while somebody else's transaction stays open.
import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { realClock } from '#kernel/clock'
import { bindRows, Connection, rows, sql } from '#kernel/db'
import { salted } from '#kernel/digest'
import { Consumer, emit, event, on } from '#kernel/events'
import { newId } from '#kernel/ids'
import { Executor, operation, system } from '#kernel/operations'
import { z } from 'zod'
import { cpuSeconds } from './cpu-time.ts'
import { machine, median, percentile, rounds, say } from './rounds.ts'
import { stage } from './stage.ts'

const batch = 2_000
const keys = 500
const aSecond = 200
const cores = cpus().length
const [appendLeast, reactMost] = [100_000, 10]

const { pool, owner, postmaster, close } = await stage()
const clock = realClock()
const noted = event('bench.noted.v1', z.strictObject({ n: z.int() }), 'A number was noted.')
const appender = new Executor({ pool, clock })
const me = system('bench')

/** A transaction that announces a batch, as a schedule over many loans does. */
async function append(): Promise<void> {
  await appender.transaction(async (session) => {
    await session.together([
      [{ principal: me, body: ({ tx }) => Array.from({ length: batch }, (_, n) => emit(tx, noted, `key-${n % keys}`, { n })) }],
    ])
  })
}

await owner.script(
  'create table public.bench_event (id text primary key, key text, body text, salt bytea, digest bytea); grant insert on public.bench_event to holdfast',
)
const plain = sql`insert into public.bench_event select id, key, body, salt, digest from ${rows({ id: 'text', key: 'text', body: 'text', salt: 'bytea', digest: 'bytea' })} x`
/** The yardstick: the same bytes into a table with nothing but a primary key. */
async function insert(): Promise<void> {
  const made = Array.from({ length: batch }, (_, n) => {
    const body = JSON.stringify({ id: newId('event'), type: noted.name, key: `key-${n % keys}`, at: clock.now(), data: { n } })
    return { id: newId('event'), key: `key-${n % keys}`, body, ...salted(body) }
  })
  await pool.execute(bindRows(plain, made))
}

const writer = (name: string, work: () => Promise<void>) => ({
  name,
  run: async (ms: number) => {
    const start = performance.now()
    let done = 0
    // Two at a time: one makes its rows while the other's are written.
    const loop = async (): Promise<void> => {
      for (; performance.now() - start < ms; done += batch) await work()
    }
    await Promise.all([loop(), loop()])
    return (done * 1000) / (performance.now() - start)
  },
})
const rates = await rounds([writer('append', append), writer('insert', insert)], 5, 1_000)
/** Microseconds of processor time for a row: Node's and PostgreSQL's. */
async function costOf(work: () => Promise<void>): Promise<{ node: number; postgres: number }> {
  const times = 20
  const [node, postgres] = [process.cpuUsage(), cpuSeconds([postmaster])]
  for (let again = 0; again < times; again++) await work()
  const { user, system: kernel } = process.cpuUsage(node)
  return { node: (user + kernel) / (times * batch), postgres: ((cpuSeconds([postmaster]) - postgres) * 1e6) / (times * batch) }
}
const costs = { append: await costOf(append), insert: await costOf(insert) }

/** What the disk asks for a commit: milliseconds of a transaction that writes one row. */
async function commits(count: number): Promise<number[]> {
  const took: number[] = []
  for (let n = 0; n < count; n++) {
    const start = performance.now()
    await pool.execute(sql`insert into public.bench_event (id) values (${newId('event')})`)
    took.push(performance.now() - start)
  }
  return took
}

const note = operation(
  'bench.note',
  { summary: 'Note', input: z.strictObject({ key: z.string(), n: z.int() }), answer: z.strictObject({}), may: ['system'] },
  ({ tx }, { key, n }) => {
    emit(tx, noted, key, { n })
    return {}
  },
)

/** Milliseconds from each event's commit to its reaction's. */
async function reacting(seconds: number): Promise<number[]> {
  const committed = new Map<number, number>()
  const latencies: number[] = []
  let heard: number[] = []
  const settle = (): void => {
    for (const n of heard) latencies.push(performance.now() - (committed.get(n) ?? performance.now()))
    heard = []
  }
  // The reaction's executor commits nothing but reactions, so what was heard before its commit is done with it.
  const hearing = new Executor({ pool, clock, onCommit: settle })
  const reaction = on(noted, 'bench.hear', (_, { data }) => void heard.push(data.n))
  const consumer = new Consumer({ name: 'bench', reactions: [reaction], executor: hearing, pool })
  const writing = new Executor({ pool, clock, onCommit: () => consumer.wake() })
  await consumer.start()
  const run = writing.run(me, 'req_bench')
  const sent: Promise<unknown>[] = []
  const start = performance.now()
  for (let n = 0; n < aSecond * seconds; n++) {
    await sleep(Math.max(0, start + (n * 1000) / aSecond - performance.now()))
    sent.push(run(note, { key: `key-${n % keys}`, n }).then(() => committed.set(n, performance.now())))
  }
  await Promise.all(sent)
  await consumer.caughtUp()
  await consumer.stop()
  return latencies
}

await owner.script('analyze')
await reacting(1)
const open = await Connection.open({ ...pool.settings, application: 'held open' })
await open.begin()
await open.query(sql`select pg_current_xact_id()`)
const latencies = await reacting(6)
const committing = await commits(500)
await open.rollback()
await open.close()

const told = ({ node, postgres }: { node: number; postgres: number }): string =>
  `${node.toFixed(1)} µs Node, ${postgres.toFixed(1)} µs PostgreSQL`
const append_s = rates.get('append') ?? 0
say(`${machine()}; load of the machine ${loadavg()[0]?.toFixed(1)}`)
say(
  `append, batches of ${batch} over ${keys} keys: ${Math.round(append_s)}/s (target ${appendLeast}), ${(append_s / (rates.get('insert') ?? 1)).toFixed(2)} of a plain insert of the same bytes; processor time each: ${told(costs.append)}, of the insert ${told(costs.insert)}; ${Math.round((cores * 1e6) / (costs.append.node + costs.append.postgres))}/s if this had the machine to itself`,
)
say(
  `commit to reaction's commit at ${aSecond} events/s, another transaction held open: p50 ${median(latencies).toFixed(1)} ms, p99 ${percentile(latencies, 0.99).toFixed(1)} ms (target ${reactMost}); ${latencies.length} events; one row committed alone: p50 ${median(committing).toFixed(1)} ms, p99 ${percentile(committing, 0.99).toFixed(1)} ms`,
)
await close()
