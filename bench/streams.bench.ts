import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { postgresStore } from '#kernel/stream-store'
import {
  DurableRun,
  hopping,
  session,
  sliding,
  start,
  step,
  stream,
  topology,
  tumbling,
  type LoggedRecord,
  type Topology,
} from '#kernel/streams'
import { type Contestant, machine, rounds, say } from './rounds.ts'
import { stage } from './stage.ts'

// Records a second through one core, beside a bare Map that counts per key and window and knows nothing of lateness; then with
// state kept in PostgreSQL (fsync and synchronous_commit on); then the memory that a million keys take.
const keys = 1_000
const stepMs = 2
const roundMs = 1_500
const roundCount = 5
const chunk = 2_000
const startMs = 1_700_000_000_000

const name = (at: number): string => `account-${(at * 7919) % keys}`
const names = Array.from({ length: keys }, (_, at) => name(at))
const counted = () => stream('in').groupByKey()
const windowed = tumbling({ sizeMs: 5_000, graceMs: 1_000 })

/** CPU seconds tell a core's speed even while neighbours use the machine; elapsed time would tell the neighbours'. */
async function perCpuSecond(ms: number, work: () => number): Promise<number> {
  const before = process.cpuUsage()
  const began = performance.now()
  let done = 0
  while (performance.now() - began < ms) done += work()
  const { user, system } = process.cpuUsage(before)
  return (done * 1_000_000) / (user + system)
}

function through(called: string, of: Topology, topics: readonly string[] = ['in']): Contestant {
  let state = start(of)
  let at = 0
  const run = (ms: number): Promise<number> =>
    perCpuSecond(ms, () => {
      for (const end = at + chunk; at < end; at++) {
        const record = { key: names[at % keys], value: at, timestamp: startMs + at * stepMs }
        ;[state] = step(state, record, topics[at % topics.length])
      }
      return chunk
    })
  return { name: called, run }
}

function bareMap(): Contestant {
  const windows = new Map<string, { key: unknown; start: number; value: number }>()
  const made: unknown[] = []
  let at = 0
  const run = (ms: number): Promise<number> =>
    perCpuSecond(ms, () => {
      for (const end = at + chunk; at < end; at++) {
        const timestamp = startMs + at * stepMs
        const begin = timestamp - (timestamp % 5_000)
        const id = `${names[at % keys]} ${begin}`
        const window = windows.get(id) ?? { key: names[at % keys], start: begin, value: 0 }
        window.value += 1
        windows.set(id, window)
        made.push({ ...window, timestamp })
      }
      made.length = 0
      if (windows.size > 100_000) windows.clear()
      return chunk
    })
  return { name: 'bare Map', run }
}

async function inMemory(): Promise<void> {
  const pair = { beforeMs: 1_000, afterMs: 1_000, graceMs: 0 }
  const contestants = [
    bareMap(),
    through('count', topology(counted().count())),
    through('tumbling', topology(counted().windowedBy(windowed).count())),
    through('tumbling, suppressed', topology(counted().windowedBy(windowed).count().suppress('untilWindowCloses'))),
    through(
      'hopping, 5 windows each',
      topology(
        counted()
          .windowedBy(hopping({ sizeMs: 5_000, advanceMs: 1_000 }))
          .count(),
      ),
    ),
    through(
      'sliding',
      topology(
        counted()
          .windowedBy(sliding({ timeDifferenceMs: 5_000 }))
          .count(),
      ),
    ),
    through(
      'session',
      topology(
        counted()
          .windowedBy(session({ gapMs: 5_000 }))
          .count(),
      ),
    ),
    through('stream–stream outer join', topology(stream('left').outerJoin(stream('right'), () => 1, pair)), ['left', 'right']),
    through(
      'table groupBy count',
      topology(
        counted()
          .count()
          .groupBy((_key, value) => [value % 100, value])
          .count(),
      ),
    ),
  ]
  const rates = await rounds(contestants, roundCount, roundMs)
  const bare = rates.get('bare Map') ?? 1
  say('in memory, records per CPU second (target 500,000)')
  for (const [called, rate] of rates)
    say(`  ${called.padEnd(26)} ${Math.round(rate).toLocaleString('en').padStart(10)}   ${(rate / bare).toFixed(2)} × bare Map`)
}

async function durable(): Promise<void> {
  const { pool, close } = await stage()
  say('durable, records per second elapsed, batches of 20,000, fsync on (target 50,000)')
  const batch = 20_000
  for (const [called, among] of [
    ['1,000 keys', 1_000],
    ['50,000 keys', 50_000],
    ['1,000,000 keys', 1_000_000],
  ] as const) {
    const of = topology(
      counted()
        .windowedBy(tumbling({ sizeMs: 60_000 }))
        .count(),
    )
    const run = await DurableRun.open(of, postgresStore(pool, `bench-${among}`))
    const began = performance.now()
    let at = 0
    let underWay: Promise<unknown> = Promise.resolve()
    while (performance.now() - began < 5_000) {
      const records = Array.from({ length: batch }, (_, index): LoggedRecord => {
        const place = at + index
        return { key: `account-${(place * 7919) % among}`, value: place, timestamp: startMs + place, position: place + 1 }
      })
      const next = run.process(records)
      await underWay
      underWay = next
      at += batch
    }
    await underWay
    say(
      `  ${called.padEnd(26)} ${Math.round((at * 1_000) / (performance.now() - began))
        .toLocaleString('en')
        .padStart(10)}`,
    )
    const opening = performance.now()
    const again = await DurableRun.open(of, postgresStore(pool, `bench-${among}`))
    say(`    opened again at record ${again.position.toLocaleString('en')} in ${Math.round(performance.now() - opening)} ms`)
  }
  await close()
}

function memory(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  say('heap that state for 1,000,000 keys takes (target 500 MB)')
  const topologies: readonly [called: string, of: Topology][] = [
    ['count', topology(counted().count())],
    [
      'tumbling',
      topology(
        counted()
          .windowedBy(tumbling({ sizeMs: 60_000 }))
          .count(),
      ),
    ],
    [
      'session',
      topology(
        counted()
          .windowedBy(session({ gapMs: 60_000 }))
          .count(),
      ),
    ],
    [
      'tumbling, suppressed',
      topology(
        counted()
          .windowedBy(tumbling({ sizeMs: 60_000 }))
          .count()
          .suppress('untilWindowCloses'),
      ),
    ],
  ]
  const heapOf = (of: Topology): number => {
    collect()
    const before = process.memoryUsage().heapUsed
    let state = start(of)
    for (let at = 0; at < 1_000_000; at++) [state] = step(state, { key: `account-${at}`, value: at, timestamp: startMs })
    collect()
    return process.memoryUsage().heapUsed - before + state.droppedRecords
  }
  for (const [called, of] of topologies) say(`  ${called.padEnd(26)} ${(heapOf(of) / 1e6).toFixed(0).padStart(7)} MB`)
}

say(machine())
await inMemory()
await durable()
memory()
