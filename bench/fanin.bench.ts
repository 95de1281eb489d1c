// Fan-in beside plain calls and DataLoader: pages of 20 lookups on the embedded PostgreSQL; batches of nothing but their own cost; and
// one tenant beside another who asks a hundred times as often. Run: node bench/fanin.bench.ts [ground] [pages] [neighbours], or of the last
// only one kind of loads: [far] [quick] [nothing]
import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import DataLoader from 'dataloader'
import pg from 'pg'
import { startEmbedded } from '#kernel/embedded'
import { source } from '#kernel/fanin'
import { loopNeighbours } from './neighbour-loop.ts'
import { neighbours } from './neighbours.ts'
import { closedLoop, machine, median, percentile, say } from './rounds.ts'

const PEOPLE = 100_000
const LOOKUPS = 20
const CLIENTS = 32
const ROUNDS = 5
/** Of 300 ms for each company: 3,500 questions of a tenant who asks 200 times a second. */
const WINDOWS = 70
const ROUND_MS = Number(process.env['HOLDFAST_ROUND_MS'] ?? 1500)

interface Person {
  readonly id: number
  readonly name: string
}

let seed = 7
const anybody = (): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
  return seed % PEOPLE
}

// Between query and answer of a database that is not alone in the world, or not in this house: 1 to 2 ms in which it does nothing.
const pause = 'with pause as materialized (select pg_sleep(0.001 + random() * 0.001))'

function loaders(pool: pg.Pool) {
  let calls = 0
  const one = async (id: number): Promise<Person | undefined> => {
    calls++
    const { rows } = await pool.query<Person>({ name: 'one', text: 'select id, name from person where id = $1', values: [id] })
    return rows[0]
  }
  const by = (name: string, text: string) => async (ids: readonly number[]) => {
    calls++
    const { rows } = await pool.query<Person>({ name, text, values: [ids] })
    const found = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => found.get(id) ?? new Error(`no person ${id}`))
  }
  return {
    one,
    many: by('many', 'select id, name from person where id = any($1)'),
    far: by('far', `${pause} select id, name from pause, person where id = any($1)`),
    calls: () => calls,
  }
}

async function pages(pool: pg.Pool): Promise<void> {
  const { one, many, calls } = loaders(pool)
  const loader = new DataLoader(many, { cache: false })
  const split = new DataLoader(many, { cache: false, maxBatchSize: 100 })
  const ours = source<number, Person>({ load: many })
  const listed = source<number, Person>({ load: many })
  const each = (lookup: (id: number) => Promise<unknown>) => (ids: readonly number[]) => Promise.all(ids.map(lookup))
  const ways: [string, (ids: readonly number[]) => Promise<unknown>][] = [
    ['unbatched', each(one)],
    ['DataLoader as it comes', each((id) => loader.load(id))],
    ['DataLoader, batches of 100', each((id) => split.load(id))],
    ['fanin as it comes', each((id) => ours.get(id))],
    ['fanin, a list a page', (ids) => listed.many(ids)],
  ]
  const results = new Map(
    ways.map(([name]) => [name, { rate: [] as number[], p50: [] as number[], p99: [] as number[], calls: [] as number[] }]),
  )
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, lookups] of ways) {
      const before = calls()
      const page = async (): Promise<void> => void (await lookups(Array.from({ length: LOOKUPS }, anybody)))
      const { rate, latencies } = await closedLoop(CLIENTS, ROUND_MS, page)
      if (round === 0) continue // to warm up
      const result = results.get(name)!
      result.rate.push(rate)
      result.p50.push(percentile(latencies, 0.5))
      result.p99.push(percentile(latencies, 0.99))
      result.calls.push((calls() - before) / latencies.length)
    }
  }
  const plain = results.get('unbatched')!
  say(`\npages of ${LOOKUPS} lookups, ${CLIENTS} clients, pool of 10`)
  for (const [name, { rate, p50, p99, calls: each }] of results) {
    const times = median(rate) / median(plain.rate)
    const p99Change = (median(p99) / median(plain.p99) - 1) * 100
    say(
      `  ${name.padEnd(26)} ${median(rate).toFixed(0).padStart(6)} pages/s (x ${times.toFixed(1)})  p50 ${median(p50).toFixed(2)} ms` +
        `  p99 ${median(p99).toFixed(2)} ms (${p99Change.toFixed(0)} %)  ${median(each).toFixed(2)} calls a page`,
    )
  }
}

// A young generation of one size for all: V8 lets it grow by what happens to survive, and one contestant was 77 ns or 95 by luck.
const YOUNG = ['--min-semi-space-size=16', '--max-semi-space-size=16']

function ownGround(): void {
  const runner = path.join(import.meta.dirname, 'ground-runner.ts')
  const whos = ['DataLoader', 'tenant', 'credential', 'source']
  const shapes = { once: 'each key once', twice: 'each key twice', list: 'a list at a time' }
  say("\nDataLoader's own ground, loads that cost nothing: ns of processor time a key. A loader for each request; of ours a source for the")
  say('process, with a caller (of 100 tenants) for each request, or one with a credential of its own, or a source for each request')
  for (const [shape, meaning] of Object.entries(shapes)) {
    for (const size of [10, 100, 1000]) {
      const times = new Map<string, number[]>(whos.map((who) => [who, []]))
      for (let round = 0; round < ROUNDS; round++)
        for (const who of whos)
          times.get(who)!.push(Number(execFileSync(process.execPath, [...YOUNG, runner, who, shape, String(size)], { encoding: 'utf8' })))
      const theirs = median(times.get('DataLoader')!)
      const parts = [...times].map(([who, all]) => `${who} ${median(all).toFixed(0)} (x ${(median(all) / theirs).toFixed(2)})`)
      say(`  ${meaning}, ${String(size).padEnd(4)} a request: ${parts.join('   ')}`)
    }
  }
}

/** A DataLoader for each tenant, gathering by turns of the loop, with nothing between the tenants: what they see of each other is the machine's. */
function gathered<V>(load: (ids: readonly number[]) => Promise<readonly (V | Error)[]>) {
  const loaders = new Map<string, DataLoader<number, V>>()
  return (key: number, tenant: string): Promise<V> => {
    let loader = loaders.get(tenant)
    if (loader === undefined)
      loaders.set(tenant, (loader = new DataLoader(load, { cache: false, batchScheduleFn: (go) => void setImmediate(go) })))
    return loader.load(key)
  }
}

async function besideAnother(pool: pg.Pool): Promise<void> {
  say(
    '\np99 of a tenant whose clients ask 200 times a second, alone and beside one whose clients ask 20,000 times; each on a thread of its',
  )
  say('own, at random times, one source and one loop for both')
  const of = { windows: WINDOWS, keys: PEOPLE }
  const asks = <V>(load: (ids: readonly number[]) => Promise<readonly (V | Error)[]>) => {
    const from = source<number, V>({ load })
    return (key: number, tenant: string) => from.get(key, { tenant })
  }
  const { many, far } = loaders(pool)
  if (wanted('neighbours', 'far')) await neighbours('loads of 1 to 2 ms in the database', { 'a source': () => asks(far) }, of)
  const quick = { 'a source': () => asks(many), DataLoaders: () => gathered(many) }
  if (wanted('neighbours', 'quick')) await neighbours('loads as quick as the database here', quick, of)
  if (!wanted('neighbours', 'nothing')) return
  const nothing = { 'a source': () => asks(async (ids: readonly number[]) => ids.slice()), 'no source': () => async (key: number) => key }
  await neighbours('loads that cost nothing', nothing, of)
  say('and by the processor time of one thread alone, from when a question of the quiet one was due, for loads that cost nothing')
  await loopNeighbours(nothing, { rounds: ROUNDS, ms: ROUND_MS, quiet: 200, loud: 20_000 })
}

const asked = process.argv.slice(2)
const wanted = (...parts: readonly string[]): boolean => asked.length === 0 || parts.some((part) => asked.includes(part))
const folder = await mkdtemp(path.join(tmpdir(), 'hf-bench-'))
await chmod(folder, 0o755)
const database = await startEmbedded({ folder })
const pool = new pg.Pool({ ...database.server, max: 10 })
pool.on('error', () => undefined) // the server's goodbye to idle sessions at the end
try {
  say(machine())
  if (wanted('ground')) ownGround()
  const owner = new pg.Client({ ...database.owner })
  await owner.connect()
  await owner.query('create table person (id int primary key, name text not null)')
  await owner.query(`insert into person select i, 'person ' || i from generate_series(0, ${PEOPLE - 1}) i`)
  await owner.query('vacuum analyze person')
  await owner.query('grant select on person to public')
  await owner.end()
  if (wanted('pages')) await pages(pool)
  if (wanted('neighbours', 'far', 'quick', 'nothing')) await besideAnother(pool)
} finally {
  await pool.end()
  await database.stop()
  await rm(folder, { recursive: true, force: true })
}
