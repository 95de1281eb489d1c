// Fan-in beside plain calls and DataLoader: pages of 20 lookups on the embedded PostgreSQL, batches of nothing but their own cost,
// and one tenant beside another at a hundred times its load. Run: node bench/fanin.bench.ts
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import DataLoader from 'dataloader'
import pg from 'pg'
import { startEmbedded } from '#kernel/db'
import { source } from '#kernel/fanin'
import { closedLoop, machine, median, percentile, say } from './rounds.ts'

const PEOPLE = 100_000
const LOOKUPS = 20
const CLIENTS = 32
const ROUNDS = 5
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

function loaders(pool: pg.Pool) {
  let calls = 0
  const one = async (id: number): Promise<Person | undefined> => {
    calls++
    const { rows } = await pool.query<Person>({ name: 'one', text: 'select id, name from person where id = $1', values: [id] })
    return rows[0]
  }
  const many = async (ids: readonly number[]): Promise<(Person | Error)[]> => {
    calls++
    const { rows } = await pool.query<Person>({ name: 'many', text: 'select id, name from person where id = any($1)', values: [ids] })
    const found = new Map(rows.map((row) => [row.id, row]))
    return ids.map((id) => found.get(id) ?? new Error(`no person ${id}`))
  }
  return { one, many, calls: () => calls }
}

async function pages(pool: pg.Pool): Promise<void> {
  const { one, many, calls } = loaders(pool)
  const loader = new DataLoader(many, { cache: false })
  const ours = source<number, Person>({ load: many, maxBatch: 1000 })
  const ways: [string, (id: number) => Promise<unknown>][] = [
    ['unbatched', one],
    ['DataLoader', (id) => loader.load(id)],
    ['fanin', (id) => ours.get(id)],
  ]
  const results = new Map(
    ways.map(([name]) => [name, { rate: [] as number[], p50: [] as number[], p99: [] as number[], calls: [] as number[] }]),
  )
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, lookup] of ways) {
      const before = calls()
      const page = async (): Promise<void> => void (await Promise.all(Array.from({ length: LOOKUPS }, () => lookup(anybody()))))
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
      `  ${name.padEnd(11)} ${median(rate).toFixed(0).padStart(6)} pages/s (x ${times.toFixed(1)})  p50 ${median(p50).toFixed(2)} ms` +
        `  p99 ${median(p99).toFixed(2)} ms (${p99Change.toFixed(0)} %)  ${median(each).toFixed(2)} calls a page`,
    )
  }
}

async function ownGround(): Promise<void> {
  const load = async (keys: readonly number[]): Promise<number[]> => keys.slice()
  say("\nDataLoader's own ground: nanoseconds a key, batches that cost nothing")
  for (const size of [10, 100, 1000]) {
    const kept = new DataLoader(load, { cache: false, maxBatchSize: 10_000 })
    const ours = source<number, number>({ load, maxBatch: 10_000 })
    const ways: [string, () => (key: number) => Promise<number>][] = [
      ['DataLoader, one for all', () => (key) => kept.load(key)],
      [
        'DataLoader, one a request',
        () =>
          (
            (fresh) => (key: number) =>
              fresh.load(key)
          )(new DataLoader(load)),
      ],
      ['fanin', () => (key) => ours.get(key)],
    ]
    const times = new Map<string, number[]>(ways.map(([name]) => [name, []]))
    const repeats = 100_000 / size
    for (let round = 0; round < 9; round++) {
      for (const [name, open] of ways) {
        const start = performance.now()
        for (let i = 0; i < repeats; i++) {
          const get = open()
          const asked: Promise<number>[] = []
          for (let key = 0; key < size; key++) asked.push(get(key))
          await Promise.all(asked)
        }
        times.get(name)!.push(((performance.now() - start) * 1e6) / (repeats * size))
      }
    }
    const parts = [...times].map(([name, all]) => `${name} ${median(all).toFixed(0)}`)
    say(`  batches of ${String(size).padEnd(5)} ${parts.join('   ')}`)
  }
}

// On the machine: b asks one key at a time; a, beside it, keeps a hundred times as many in the air.
async function neighbours(pool: pg.Pool): Promise<void> {
  const { many } = loaders(pool)
  const p99s: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    for (const loud of [0, 1] as const) {
      const from = source<number, Person>({ load: many, maxBatch: 1000 })
      let stop = false
      const noise = async (): Promise<void> => {
        while (!stop) await from.many(Array.from({ length: 4 * 100 }, anybody), { tenant: 'a' })
      }
      const beside = loud === 1 ? noise() : undefined
      const { latencies } = await closedLoop(4, ROUND_MS, async () => void (await from.get(anybody(), { tenant: 'b' })))
      stop = true
      await beside
      p99s[loud].push(percentile(latencies, 0.99))
    }
  }
  const [alone, beside] = p99s.map(median)
  say(
    `\np99 of a tenant alone ${alone!.toFixed(2)} ms, beside one at 100 x its load ${beside!.toFixed(2)} ms (x ${(beside! / alone!).toFixed(2)})`,
  )
}

const folder = await mkdtemp(path.join(tmpdir(), 'hf-bench-'))
await chmod(folder, 0o755)
const database = await startEmbedded({ folder })
const pool = new pg.Pool({ ...database.server, max: 10 })
pool.on('error', () => undefined) // the server's goodbye to idle sessions at the end
try {
  say(machine())
  await ownGround()
  const owner = new pg.Client({ ...database.owner })
  await owner.connect()
  await owner.query('create table person (id int primary key, name text not null)')
  await owner.query(`insert into person select i, 'person ' || i from generate_series(0, ${PEOPLE - 1}) i`)
  await owner.query('vacuum analyze person')
  await owner.query('grant select on person to public')
  await owner.end()
  await pages(pool)
  await neighbours(pool)
} finally {
  await pool.end()
  await database.stop()
  await rm(folder, { recursive: true, force: true })
}
