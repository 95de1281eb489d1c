import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { source } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

const rounds = { numRuns: Number(process.env['HOLDFAST_ROUNDS'] ?? 60) }

interface Step {
  readonly does: 'get' | 'many' | 'write' | 'prime'
  readonly tenant: number
  readonly credential: number
  readonly key: number
  readonly gap: number
  readonly patience: number
  readonly leavesAfter: number
}

const step: fc.Arbitrary<Step> = fc.record({
  does: fc.constantFrom('get', 'get', 'many', 'write', 'prime'),
  tenant: fc.nat(2),
  credential: fc.nat(1),
  key: fc.integer({ min: -3, max: 40 }),
  gap: fc.constantFrom(0, 0, 0, 1, 5),
  patience: fc.constantFrom(0, 0, 3, 50),
  leavesAfter: fc.constantFrom(0, 0, 0, 2, 20),
})
const settings = fc.record({
  maxBatch: fc.constantFrom(1, 2, 5, 40, 1000),
  concurrency: fc.integer({ min: 1, max: 5 }),
  cacheTtlMs: fc.constantFrom(0, 20),
  takesMs: fc.constantFrom(-1, 0, 4), // -1: answers without waiting at all
})

/** What a caller may be told of its key, whose version was `at` when it asked: its tenant's, its credential's, and nothing older. */
function allowed(answer: string, { tenant, credential, key, patience, leavesAfter }: Step, at: number): boolean {
  if (answer === 'DeadlineExceededError') return patience > 0
  if (answer === 'left') return leavesAfter > 0
  if (key === -3) return answer === 'poison'
  if (key < 0) return answer === `no ${key}`
  const [of, version] = answer.split(' v')
  return of === `${tenant} ${credential} ${key}` && Number(version) >= at
}

interface Told {
  readonly of: Step
  readonly at: number
  answer?: string
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'odd'
  return error.name === 'Error' ? error.message : error.name
}

type Limits = { readonly maxBatch: number; readonly concurrency: number; readonly cacheTtlMs: number }

/** A source whose answers tell tenant, credential, key and the version the key had when they were loaded. */
function versioned(takesMs: number, options: Limits) {
  const time = virtualScheduler()
  const versions = new Map<string, number>()
  const versionOf = (tenant: unknown, credential: unknown, key: number): number =>
    versions.get(`${String(tenant)} ${String(credential)} ${key}`) ?? 0
  let running = 0
  const from = source<number, string>({
    ...options,
    load: (keys, { tenant, credential }) => {
      assert.ok(++running <= options.concurrency && keys.length <= options.maxBatch && new Set(keys).size === keys.length)
      const answers = keys.map((key) =>
        key < 0 ? new Error(`no ${key}`) : `${tenant} ${String(credential)} ${key} v${versionOf(tenant, credential, key)}`,
      )
      const end = () => {
        running--
        if (keys.includes(-3)) throw new Error('poison')
        return answers
      }
      return takesMs < 0 ? end() : new Promise<void>((resolve) => void time.after(takesMs, resolve)).then(end)
    },
    hedge: false,
    clock: time,
    scheduler: time,
  })
  return { time, from, versions, versionOf, running: () => running }
}

// The model knows only what must come out: every caller gets the answer of its own tenant and credential, never older than the last
// write before it asked, or its key's own error, or goes when its patience or its signal says so.
test('whatever comes when, every caller gets its own answer and no stale one, and every load is of one tenant', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), settings, async (steps, { takesMs, ...options }) => {
      const { time, from, versions, versionOf, running } = versioned(takesMs, options)
      const told: Told[] = []
      const wait = (of: Step, answer: Promise<string>): void => {
        const place: Told = { of, at: versionOf(of.tenant, of.credential, of.key) }
        told.push(place)
        answer.then(
          (value) => (place.answer = value),
          (error: unknown) => (place.answer = nameOf(error)),
        )
      }
      for (const of of steps) {
        const { does, tenant, credential, key, gap, patience, leavesAfter } = of
        const leaving = leavesAfter > 0 ? new AbortController() : undefined
        if (leaving !== undefined) time.after(leavesAfter, () => leaving.abort(new Error('left')))
        const context = { tenant: String(tenant), credential, timeoutMs: patience === 0 ? undefined : patience, signal: leaving?.signal }
        if (does === 'get') wait(of, from.get(key, context))
        else if (does === 'write' || (does === 'prime' && key >= 0)) {
          const version = versionOf(tenant, credential, key) + 1
          versions.set(`${tenant} ${credential} ${key}`, version)
          if (does === 'write') from.forget(key, context)
          else from.prime(key, `${tenant} ${credential} ${key} v${version}`, context)
        } else if (does !== 'prime') {
          const keys = [key, key, key + 1, 2 * key + 1].filter((each) => each >= -3)
          const page = from.many(keys, context)
          for (const [i, each] of keys.entries())
            wait(
              { ...of, key: each },
              page.then((all) => (all[i]!.ok ? all[i]!.value : Promise.reject(all[i]!.error))),
            )
        }
        await time.advance(gap)
      }
      await time.advance(60_000)
      for (const { of, at, answer } of told)
        assert.ok(answer !== undefined && allowed(answer, of, at), `${JSON.stringify(of)} v${at}: ${answer}`)
      const { queued, running: left } = from.metrics()
      assert.deepEqual([queued, left, running(), time.pending], [0, 0, 0, 0])
    }),
    rounds,
  )
})
