import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Bulkhead, BulkheadFullError } from './bulkhead.ts'
import { ThreadPoolBulkhead } from './thread-pool-bulkhead.ts'
import { virtualTime } from './virtual-time.ts'

// Outcomes of Resilience4j 2.4.0's two bulkheads on Java 17, with real threads brought to rest after every operation.
// A line is "S,limit,wait" or "P,core,maximum,queue,keep-alive,caller runs", then operations, then the outcome of each: who it was about,
// events (sorted, for threads have no order), who started, how every call stands, and the metrics.
// Set HOLDFAST_BULKHEAD_ORACLE to a larger file of the same form to compare more.
const FILE = process.env['HOLDFAST_BULKHEAD_ORACLE'] ?? new URL('./bulkhead-oracle.txt', import.meta.url)
const BEYOND_MS = 30 // how much longer than a wait or a keep-alive the pauses are

class Failed extends Error {}

/** new, running, ok, failed, refused by the bulkhead, or gone of its own will. */
type Standing = 'n' | 'r' | 'o' | 'e' | 'f' | 'g'

interface Job {
  readonly id: number
  readonly leaving: AbortController
  standing: Standing
  end: (failing: boolean) => void
}

function bulkheadOf([kind, first, second, third, keepAlive, callerRuns]: string[]) {
  const time = virtualTime()
  const [limit, wait] = [Number(first), Number(second)]
  const on = { clock: time, scheduler: time }
  if (kind === 'S') return { time, pauseMs: wait, policy: new Bulkhead('x', { maxConcurrentCalls: limit, maxWaitDurationMs: wait }, on) }
  const config = {
    coreThreadPoolSize: limit,
    maxThreadPoolSize: wait,
    queueCapacity: Number(third),
    keepAliveDurationMs: Number(keepAlive),
    rejectedExecutionHandler: callerRuns === '1' ? 'CALLER_RUNS' : 'ABORT',
  } as const
  return { time, pauseMs: Number(keepAlive), policy: new ThreadPoolBulkhead('x', config, on) }
}

function counts(policy: Bulkhead | ThreadPoolBulkhead): string {
  if (policy instanceof Bulkhead) {
    const m = policy.metrics()
    return [m.availableConcurrentCalls, m.maxAllowedConcurrentCalls, m.waitingCalls].join(',')
  }
  const m = policy.metrics()
  const pool = [m.coreThreadPoolSize, m.maximumThreadPoolSize, m.threadPoolSize, m.activeThreadCount, m.availableThreadCount]
  return [...pool, m.queueDepth, m.queueCapacity, m.remainingQueueCapacity].join(',')
}

/** The bulkhead of a line, its jobs, and what an operation does to them. */
function field(config: string[]) {
  const { time, pauseMs, policy } = bulkheadOf(config)
  const jobs: Job[] = []
  let events: string[] = []
  let started: number[] = []
  policy.on('event', ({ type }) => events.push(type))
  const standing = (wanted: Standing, nth: string): Job | undefined => {
    const all = jobs.filter((job) => job.standing === wanted)
    return all[Number(nth) % all.length]
  }
  const arrive = (): void => {
    const job: Job = { id: jobs.length, leaving: new AbortController(), standing: 'n', end: () => undefined }
    jobs.push(job)
    const task = (): Promise<void> => {
      started.push(job.id)
      job.standing = 'r'
      return new Promise((resolve, reject) => (job.end = (failing) => (failing ? reject(new Failed()) : resolve())))
    }
    policy.execute(task, { signal: job.leaving.signal }).then(
      () => (job.standing = 'o'),
      (error: unknown) => (job.standing = error instanceof BulkheadFullError ? 'f' : error instanceof Failed ? 'e' : 'g'),
    )
  }
  const apply = async (operation: string): Promise<string> => {
    const [what, which] = [operation[0], operation.slice(1)]
    if (what === 'a') arrive()
    if (what === 's') await time.advance(pauseMs < 1000 ? pauseMs + BEYOND_MS : 0)
    if (policy instanceof Bulkhead) {
      if (what === 'l') policy.changeConfig({ maxConcurrentCalls: Number(which), maxWaitDurationMs: pauseMs })
      if (what === 'q') return policy.tryAcquire() ? '1' : '0'
      if (what === 'o') policy.onComplete()
      if (what === 'p') policy.releasePermission()
    }
    if (what !== 'f' && what !== 'e' && what !== 'i') return ''
    const job = standing(what === 'i' ? 'n' : 'r', which)
    if (what === 'i') job?.leaving.abort(new Error('left'))
    else job?.end(what === 'e')
    return job === undefined ? '-' : String(job.id)
  }
  const report = async (about: string): Promise<string> => {
    await time.advance(policy instanceof Bulkhead ? 0 : 0.001) // a keep-alive of nothing is over
    const line = `${about}[${events.toSorted().join(', ')}][${started.join(', ')}]${jobs.map((job) => job.standing).join('')}${counts(policy)}`
    events = []
    started = []
    return line
  }
  return { apply, report }
}

test('calls are let in, kept waiting, refused and counted as by the bulkheads of Resilience4j', async () => {
  const lines = readFileSync(FILE, 'utf8').trimEnd().split('\n')
  assert.ok(lines.length > 0)
  for (const [i, line] of lines.entries()) {
    const [config = '', operations = '', outcomes = ''] = line.split('|')
    const { apply, report } = field(config.split(','))
    for (const [j, expected] of outcomes.split(';').slice(0, -1).entries()) {
      const operation = operations.split(' ')[j]!
      // what would have made a thread wait for ever was not done
      const left = /^[lq]/.test(operation) && expected.startsWith('-')
      assert.equal(
        await report(left ? '-' : await apply(operation)),
        expected,
        `line ${i + 1}: ${config} at ${operation}, operation ${j + 1}`,
      )
    }
  }
})
