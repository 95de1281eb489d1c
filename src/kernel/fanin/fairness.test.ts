import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { source } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

const rounds = { numRuns: Number(process.env['HOLDFAST_ROUNDS'] ?? 40) }

/** p99 of tenant b's answers, with tenant a asking `times` as much beside it. */
async function p99(times: number): Promise<number> {
  const time = virtualScheduler()
  const from = source<number, number>({
    load: async (keys) => {
      await new Promise<void>((resolve) => void time.after(5 + (keys[0]! % 7), resolve)) // 5 to 11 ms
      return keys
    },
    hedge: false,
    clock: time,
    scheduler: time,
  })
  const took: number[] = []
  let key = 0
  for (let i = 0; i < 400; i++) {
    for (let n = 0; n < times; n++) from.get(key++, { tenant: 'a' }).catch(() => {})
    const start = time.now()
    void from.get(i, { tenant: 'b' }).then(() => took.push(time.now() - start))
    await time.advance(1)
  }
  await time.advance(10_000)
  assert.equal(took.length, 400)
  return took.sort((a, b) => a - b)[395]!
}

test("a tenant at a hundred times the load moves another's p99 by less than a tenth", async () => {
  const alone = await p99(0)
  const beside = await p99(100)
  assert.ok(beside <= alone * 1.1, `${alone} ms alone, ${beside} ms beside`)
})

test('slots: never more loads than the concurrency, and the quiet tenant never waits behind the loud one', async () => {
  const time = virtualScheduler()
  let running = 0
  let most = 0
  const starts: (string | undefined)[] = []
  const from = source<number, number>({
    load: async (keys, { tenant }) => {
      most = Math.max(most, ++running)
      starts.push(tenant)
      await new Promise<void>((resolve) => void time.after(10, resolve))
      running--
      return keys
    },
    concurrency: 5,
    maxBatch: 10,
    clock: time,
    scheduler: time,
  })
  void from.many(
    Array.from({ length: 1000 }, (_, i) => i),
    { tenant: 'loud' },
  )
  await time.advance(1)
  assert.equal(running, 4)
  void from.get(1, { tenant: 'quiet' })
  await time.advance(1)
  assert.equal(running, 5)
  assert.equal(starts.at(-1), 'quiet')
  await time.advance(10_000)
  assert.equal(most, 5)
  assert.equal(starts.length, 101)
})

type Step = { tenant: number; credential: number; key: number; gap: number; patience: number }

// The model knows only what must come out: every caller gets the answer of its own tenant and credential, or its key's own
// error, or goes when its patience ends.
test('whatever comes when, every caller gets the answer of its own tenant, and every load is of one tenant', async () => {
  const step: fc.Arbitrary<Step> = fc.record({
    tenant: fc.nat(2),
    credential: fc.nat(1),
    key: fc.integer({ min: -3, max: 12 }),
    gap: fc.constantFrom(0, 0, 0, 1, 5),
    patience: fc.constantFrom(0, 0, 3, 50),
  })
  const settings = fc.record({
    maxBatch: fc.integer({ min: 1, max: 5 }),
    concurrency: fc.integer({ min: 1, max: 4 }),
    cacheTtlMs: fc.constantFrom(0, 20),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), settings, async (steps, options) => {
      const time = virtualScheduler()
      let running = 0
      const from = source<number, string>({
        ...options,
        load: async (keys, { tenant, credential }) => {
          assert.ok(++running <= options.concurrency && keys.length <= options.maxBatch && new Set(keys).size === keys.length)
          await new Promise<void>((resolve) => void time.after(4, resolve))
          running--
          if (keys.includes(-3)) throw new Error('poison')
          return keys.map((key) => (key < 0 ? new Error(`no ${key}`) : `${tenant} ${String(credential)} ${key}`))
        },
        hedge: false,
        clock: time,
        scheduler: time,
      })
      const wanted: string[] = []
      const got: string[] = []
      for (const [i, { tenant, credential, key, gap, patience }] of steps.entries()) {
        wanted[i] = key === -3 ? 'poison' : key < 0 ? `no ${key}` : `${tenant} ${credential} ${key}`
        const asked = from.get(key, { tenant: String(tenant), credential, timeoutMs: patience === 0 ? undefined : patience })
        asked.then(
          (value) => (got[i] = value),
          (error: unknown) => (got[i] = error instanceof Error && error.name !== 'DeadlineExceededError' ? error.message : wanted[i]!),
        )
        await time.advance(gap)
      }
      await time.advance(60_000)
      assert.deepEqual(got, wanted)
      const { queued, running: left } = from.metrics()
      assert.deepEqual([queued, left, running, time.pending], [0, 0, 0, 0])
    }),
    rounds,
  )
})
