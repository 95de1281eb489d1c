// Repayments through HTTP, everything on (session, key, ledger with chain, event, audit, seal), against a bare insert over HTTP on the same PostgreSQL.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, sql } from '#kernel/db'
import { cpuSeconds } from './cpu-time.ts'
import { full, type Load, type Shot, steady } from './http-load.ts'
import type { RepayServer } from './repay-server.ts'
import { machine, median, percentile, say } from './rounds.ts'

const connections = 64
const loans = 1_000
const rounds = 5
const seconds = 4
/** Long enough that what happens twice a minute (the system writes back old pages) counts for what it is. */
const halfSeconds = 31
const [shareLeast, fullMost, halfMost] = [0.5, 70, 25]

function child(file: string, argument: string): ChildProcess {
  const started = fork(path.join(import.meta.dirname, file), [argument], {
    stdio: 'inherit',
    execArgv: ['--max-semi-space-size=64'],
  })
  started.on('exit', (code) => code && process.exit(code))
  return started
}

async function told<T>(from: ChildProcess): Promise<T> {
  const [message] = (await once(from, 'message')) as [T]
  return message
}

let shot = 0
const json = { 'content-type': 'application/json' }
const repayChild = child('repay-server.ts', String(loans))
const holdfast = await told<RepayServer>(repayChild)
const insertChild = child('insert-server.ts', JSON.stringify(holdfast.owner))
const bare = await told<{ url: string }>(insertChild)
const loanAt = (n: number): string => holdfast.loans[(n * 7919) % loans] ?? ''

// Seven rupees at the desk: the late charge first (one income account for all loans), interest and principal after it.
function repayment(): Shot {
  const n = ++shot
  return {
    path: `/api/v1/loans/${loanAt(n)}/repayments`,
    headers: { ...json, authorization: `Bearer ${holdfast.token}`, 'idempotency-key': `key-${n}` },
    body: JSON.stringify({ payment: `slip-${n}`, amount: 700, currency: 'INR', from: 'cash' }),
  }
}

function insert(): Shot {
  const n = ++shot
  return { path: `/loans/${loanAt(n)}/payments`, headers: json, body: JSON.stringify({ payment: `slip-${n}`, amount: 700 }) }
}

interface Measured extends Load {
  /** Microseconds of processor time a call, of the server and PostgreSQL together. */
  readonly cpu: number
}

async function measured(url: string, shots: () => Shot, pid: number | undefined): Promise<Measured> {
  const pids = [pid ?? 0, holdfast.postmaster]
  const before = cpuSeconds(pids)
  const result = await full(url, shots, load)
  return { ...result, cpu: ((cpuSeconds(pids) - before) * 1e6) / (result.rate * seconds) }
}

/** How many records wait for their seal right after full load, and how long until none of those does. */
async function sealing(): Promise<{ lag: number; caughtUpMs: number }> {
  const owner = await Connection.open(holdfast.owner)
  const counts = sql`
    select (select count(*) from ledger.transfer) + (select count(*) from audit.record) + (select count(*) from events.event) as written,
      (select coalesce(max(size), 0) from seal.checkpoint) as sealed`
  const begin = performance.now()
  const [now] = await owner.query<{ written: bigint; sealed: bigint }>(counts)
  const written = now?.written ?? 0n
  let sealed = now?.sealed ?? 0n
  while (sealed < written) {
    await sleep(20)
    const [later] = await owner.query<{ size: bigint }>(sql`select max(size) as size from seal.checkpoint`)
    sealed = later?.size ?? 0n
  }
  const caughtUpMs = performance.now() - begin
  await owner.close()
  return { lag: Number(written - (now?.sealed ?? 0n)), caughtUpMs }
}

const repays: Measured[] = []
const inserts: Measured[] = []
const load = { connections, seconds }
await full(bare.url, insert, { connections, seconds: 2 })
await full(holdfast.url, repayment, { connections, seconds: 3 })
for (let round = 0; round < rounds; round++) {
  inserts.push(await measured(bare.url, insert, insertChild.pid))
  repays.push(await measured(holdfast.url, repayment, repayChild.pid))
}
const middle = (loads: readonly Measured[], of: (one: Measured) => number): number => median(loads.map(of))
const repaid = middle(repays, ({ rate }) => rate)
await full(holdfast.url, repayment, load)
const { lag, caughtUpMs } = await sealing()
const half = await steady(holdfast.url, repayment, { connections, seconds: halfSeconds, rate: repaid / 2 })
const share = median(repays.map((one, at) => one.rate / (inserts[at]?.rate ?? 1)))

say(`${machine()}; load of the machine ${loadavg()[0]?.toFixed(1)}`)
say(
  `${connections} connections, ${loans} overdue loans, one cash and one income account; medians of ${rounds} alternating rounds of ${seconds} s`,
)
for (const [name, loads] of [
  ['bare insert', inserts],
  ['repayment', repays],
] as const) {
  const [rate, p50, p99] = [middle(loads, (one) => one.rate), middle(loads, (one) => one.p50), middle(loads, (one) => one.p99)]
  say(
    `${name.padEnd(12)} ${rate.toFixed(0).padStart(6)}/s   p50 ${p50} ms   p99 ${p99} ms   ${middle(loads, ({ cpu }) => cpu).toFixed(0)} µs of processor a call`,
  )
}
say(
  `repayment / bare insert: ${share.toFixed(2)} (target ${shareLeast}); p99 at full load ${middle(repays, ({ p99 }) => p99)} ms (target ${fullMost})`,
)
say(
  `at half load (${(repaid / 2).toFixed(0)}/s): p50 ${percentile(half, 0.5).toFixed(1)} ms, p99 ${percentile(half, 0.99).toFixed(1)} ms (target ${halfMost})`,
)
say(`seal right after full load: ${lag} records behind, caught up in ${caughtUpMs.toFixed(0)} ms`)
for (const one of [insertChild, repayChild]) {
  one.disconnect()
  await once(one, 'exit')
}
