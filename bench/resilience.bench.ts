// Cost of the patterns beside cockatiel and opossum, median of alternating rounds. Run: node --expose-gc bench/resilience.bench.ts
import { availableParallelism } from 'node:os'
import * as cockatiel from 'cockatiel'
import CircuitBreakerOfOpossum from 'opossum'
import { bulkhead, chain, circuitBreaker, rateLimiter, resilience, retry, timeLimiter } from '#kernel/resilience'

const ROUNDS = 7
const CALLS = 100_000

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
const answer = async (): Promise<number> => 42

async function microseconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < CALLS; i++) await run()
  return ((performance.now() - start) * 1000) / CALLS
}

async function callCosts(): Promise<void> {
  const breaker = circuitBreaker('bench', {})
  const timeWindow = circuitBreaker('bench', { slidingWindowType: 'TIME_BASED', slidingWindowSize: 10 })
  const parts = {
    retry: retry('bench'),
    circuitBreaker: breaker,
    rateLimiter: rateLimiter('bench', { limitForPeriod: 1e9 }),
    timeLimiter: timeLimiter('bench'),
    bulkhead: bulkhead('bench'),
  }
  const stacked = chain(parts)
  const theirs = {
    retry: cockatiel.retry(cockatiel.handleAll, { maxAttempts: 3 }),
    breaker: cockatiel.circuitBreaker(cockatiel.handleAll, {
      halfOpenAfter: 1000,
      breaker: new cockatiel.CountBreaker({ threshold: 0.5, size: 100 }),
    }),
    timeout: cockatiel.timeout(1000, cockatiel.TimeoutStrategy.Aggressive),
    bulkhead: cockatiel.bulkhead(25),
  }
  const wrapped = cockatiel.wrap(theirs.retry, theirs.breaker, theirs.timeout, theirs.bulkhead)
  const opossum = new CircuitBreakerOfOpossum(answer, { timeout: false })
  const opossumTimed = new CircuitBreakerOfOpossum(answer, { timeout: 1000 })
  const cases: [string, () => Promise<unknown>][] = [
    ['bare async call', answer],
    ['ours: circuit breaker, count window', () => breaker.execute(answer)],
    ['ours: circuit breaker, time window', () => timeWindow.execute(answer)],
    ['ours: time limiter', () => parts.timeLimiter.execute(answer)],
    ['ours: five patterns', () => stacked.execute(answer)],
    ['ours: five patterns, signal read', () => stacked.execute(({ signal }) => (signal.aborted, answer()))],
    ['cockatiel: count breaker', () => theirs.breaker.execute(answer)],
    ['cockatiel: time-out', () => theirs.timeout.execute(answer)],
    ['cockatiel: four patterns (it has no rate limiter)', () => wrapped.execute(answer)],
    ['opossum: breaker', () => opossum.fire()],
    ['opossum: breaker and time-out', () => opossumTimed.fire()],
  ]
  const times = new Map<string, number[]>(cases.map(([name]) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) for (const [name, run] of cases) times.get(name)!.push(await microseconds(run))
  const five = median(times.get('ours: five patterns')!)
  console.log('microseconds a call (and beside our five patterns)')
  for (const [name] of cases) {
    const each = median(times.get(name)!)
    const least = Math.min(...times.get(name)!)
    console.log(
      `  ${name.padEnd(50)} ${each.toFixed(3).padStart(7)}   ${(each / five).toFixed(2)}   least disturbed round ${least.toFixed(3)}`,
    )
  }
  opossum.shutdown()
  opossumTimed.shutdown()
}

function decisions(): void {
  for (const type of ['COUNT_BASED', 'TIME_BASED'] as const) {
    const breaker = circuitBreaker('bench', { slidingWindowType: type, slidingWindowSize: 100 })
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now()
      for (let i = 0; i < 1_000_000; i++) if (breaker.tryAcquire()) breaker.onSuccess(1)
      times.push(performance.now() - start)
    }
    console.log(
      `one decision and its outcome, ${type}: ${median(times).toFixed(1)} ns, least disturbed round ${Math.min(...times).toFixed(1)} ns`,
    )
  }
}

function collected(): number {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('run with --expose-gc for the memory figures')
  gc()
  gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}

async function memory(): Promise<void> {
  const before = collected()
  const all = resilience()
  for (let i = 0; i < 100_000; i++) {
    const breaker = all.circuitBreaker.get(`instance-${i}`)
    for (let call = 0; call < 3; call++) breaker.onSuccess(1)
  }
  const megabytes = collected() - before
  const closed = [...all.circuitBreaker.all()].filter(({ state }) => state === 'CLOSED').length
  console.log(`${closed} breakers with calls in their windows: ${megabytes.toFixed(0)} MB`)
  const parts = { retry: retry('m'), circuitBreaker: circuitBreaker('m'), timeLimiter: timeLimiter('m'), bulkhead: bulkhead('m') }
  const guard = chain({ ...parts, rateLimiter: rateLimiter('m', { limitForPeriod: 1e9 }) })
  const calls = Number(process.env['HOLDFAST_CALLS'] ?? 10_000_000)
  for (let i = 0; i < 200_000; i++) await guard.execute(answer)
  const start = collected()
  for (let i = 0; i < calls; i++) await guard.execute(answer)
  console.log(`growth over ${calls} calls through five patterns: ${(collected() - start).toFixed(2)} MB`)
}

console.log(`node ${process.version}, ${availableParallelism()} cores`)
decisions()
await callCosts()
if (globalThis.gc === undefined) console.log('memory figures: run with --expose-gc')
else await memory()
