import assert from 'node:assert/strict'
import { test } from 'node:test'
import { source } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

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
