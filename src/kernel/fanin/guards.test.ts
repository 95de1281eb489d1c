import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planBatch, type PlannedCall } from './batch-plan.ts'
import { runBatch } from './batch-run.ts'
import { DeadlineExceededError } from './refusals.ts'
import { source, type SourceOptions } from './source.ts'
import { platform } from './timing.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

test('a load that nobody waits for any more gets no rival, though it does not listen to its signal', async () => {
  const time = virtualScheduler()
  const purposes: string[] = []
  let takesMs = 5
  const from = source<number, number>({
    load: async (keys, { purpose }) => {
      purposes.push(purpose)
      await new Promise<void>((resolve) => void time.after(takesMs, resolve))
      return keys
    },
    clock: time,
    scheduler: time,
  })
  for (let i = 0; i < 100; i++) {
    void from.get(i)
    await time.advance(10)
  }
  for (const [timeoutMs, rivals] of [
    [2, 0],
    [900, 1],
  ] as const) {
    takesMs = 1000
    const asked = from.get(-timeoutMs, { timeoutMs })
    const late = assert.rejects(asked, DeadlineExceededError)
    await time.advance(2000)
    await late
    assert.equal(purposes.filter((purpose) => purpose === 'hedge').length, rivals, `${timeoutMs}`)
  }
})

test('what a load had read before an answer was primed is told to those who waited, and kept for nobody', async () => {
  const time = virtualScheduler()
  let version = 1
  const from = source<string, number>({
    load: async (keys) => {
      const read = version
      await new Promise<void>((resolve) => void time.after(10, resolve))
      return keys.map(() => read)
    },
    cacheTtlMs: 1000,
    clock: time,
    scheduler: time,
  })
  const before = from.get('a')
  await time.advance(5)
  version = 2
  from.prime('a', 2)
  const beside = from.get('a')
  await time.advance(20)
  assert.deepEqual([await before, await beside, await from.get('a')], [1, 2, 2])
  assert.equal(from.metrics().loads, 1)
})

test('options that make no sense are refused by name', () => {
  const cases: [Partial<SourceOptions<number, number>>, RegExp][] = [
    [{ maxBatch: 1.5 }, /maxBatch/],
    [{ concurrency: 0 }, /concurrency/],
    [{ concurrency: 2.5 }, /concurrency/],
    [{ maxQueuedPerTenant: Infinity }, /maxQueuedPerTenant/],
    [{ cacheMax: NaN }, /cacheMax/],
    [{ maxWindowMs: -1 }, /maxWindowMs/],
    [{ hedge: 0.5 }, /hedge/],
    [{ retry: { attempts: Infinity, when: () => true } }, /retry\.attempts/],
    [{ retry: { attempts: -1, when: () => true } }, /retry\.attempts/],
  ]
  for (const [options, told] of cases) assert.throws(() => source<number, number>({ load: (keys) => keys, ...options }), told)
})

test('a time limit that is no number is refused, and holds up nobody else', async () => {
  const time = virtualScheduler()
  const from = source<number, number>({ load: () => new Promise(() => {}), clock: time, scheduler: time })
  await assert.rejects(from.get(1, { timeoutMs: NaN }), RangeError)
  const [first] = await from.many([1, 2], { timeoutMs: NaN })
  assert.ok(first?.ok === false && first.error instanceof RangeError)
  const late = assert.rejects(from.get(1, { timeoutMs: 5 }), DeadlineExceededError)
  await time.advance(5)
  await late
})

test('a time limit of years is no time-out at once', async () => {
  let fired = 0
  const cancel = platform.after(2 ** 40, () => fired++)
  await new Promise((resolve) => setTimeout(resolve, 5))
  cancel()
  assert.equal(fired, 0)
})

test('a plan that can never end is refused, and so is a batch that may make no call', async () => {
  const call = (id: string, ...dependsOn: string[]): PlannedCall => {
    const [planned] = planBatch({ calls: [{ id, path: '/x' }] })
    return { ...planned!, dependsOn }
  }
  const options = { make: async () => ({ status: 200, body: 1 }), refuse: () => ({ status: 424, body: 0 }) }
  await assert.rejects(runBatch([call('a'), call('b', 'gone')], options), RangeError)
  await assert.rejects(runBatch([call('a', 'b'), call('b', 'a')], options), RangeError)
  for (const parallel of [0, NaN]) await assert.rejects(runBatch([call('a')], { ...options, parallel }), RangeError)
})
