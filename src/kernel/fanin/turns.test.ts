import assert from 'node:assert/strict'
import { test } from 'node:test'
import { source } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

/** A virtual clock with a watch on how much happens in one turn of the loop. */
function watched() {
  const time = virtualScheduler()
  const most: Record<string, number> = { answered: 0, started: 0 }
  const counts: Record<string, number> = { answered: 0, started: 0 }
  const scheduler = {
    ...time,
    turn: (task: () => void) =>
      time.turn(() => {
        counts['answered'] = counts['started'] = 0
        task()
      }),
  }
  const count = (what: 'answered' | 'started', by: number): void => {
    counts[what]! += by
    most[what] = Math.max(most[what]!, counts[what]!)
  }
  return { time, scheduler, count, most }
}

async function loudBeside(quiet: boolean) {
  const { time, scheduler, count, most } = watched()
  const from = source<number, number>({
    load: async (keys, { tenant }) => {
      if (tenant === 'loud') count('started', keys.length)
      await new Promise<void>((resolve) => void time.after(10, resolve))
      return keys
    },
    maxBatch: 5000,
    concurrency: 10,
    hedge: false,
    clock: time,
    scheduler,
  })
  if (quiet) {
    const before = Promise.all([from.get(1, { tenant: 'loud' }), from.get(1, { tenant: 'quiet' })])
    await time.advance(50)
    await before
    void from.get(2, { tenant: 'quiet' })
    await time.advance(1)
  }
  let left = 20_000
  let leftWhenQuiet = left
  for (let key = 0; key < 20_000; key++) {
    const answered = async (): Promise<void> => {
      await from.get(key, { tenant: 'loud' })
      left--
      count('answered', 1)
    }
    void answered()
  }
  if (quiet) void from.get(1, { tenant: 'quiet' }).then(() => (leftWhenQuiet = left))
  await time.advance(1000)
  assert.equal(left, 0)
  await time.advance(60_000)
  assert.deepEqual([from.metrics().running, from.metrics().queued, time.pending], [0, 0, 0])
  return { most, leftWhenQuiet }
}

test('on a shared source a tenant is answered and sent off a portion a turn, and the other is not behind it', async () => {
  const { most, leftWhenQuiet } = await loudBeside(true)
  assert.ok(most['answered']! <= 1024 + 256, `${most['answered']}`)
  assert.ok(most['started']! <= 5000, `${most['started']}`)
  assert.ok(leftWhenQuiet >= 18_000, `${leftWhenQuiet}`)
})

test('how much is answered in a turn follows from what answers lead to, though no batch is larger than a turn has room for', async () => {
  for (const [costMs, least, most] of [
    [0.02, 6, 16],
    [0.1, 4, 8],
    [0.0001, 100, 1024],
  ] as const) {
    const time = virtualScheduler()
    let spent = 0
    let answered = 0
    const portions: number[] = []
    const scheduler = {
      ...time,
      turn: (task: () => void) =>
        time.turn(() => {
          if (answered > 0) portions.push(answered)
          answered = 0
          task()
        }),
    }
    const from = source<number, number>({
      load: async (keys) => {
        await new Promise<void>((resolve) => void time.after(10, resolve))
        return keys
      },
      hedge: false,
      clock: { now: () => time.now() + spent },
      scheduler,
    })
    const ask = async (key: number, tenant: string): Promise<void> => {
      await from.get(key, { tenant })
      if (tenant === 'quiet') return
      spent += costMs
      answered++
    }
    for (let round = 0; round < 40; round++) {
      for (let key = 0; key < 400; key++) void ask(key, 'loud')
      void ask(1, 'quiet')
      await time.advance(100)
    }
    const late = portions.slice(-20)
    assert.ok(Math.max(...late) <= most && Math.max(...late) >= least, `${costMs}: ${late.join(' ')}`)
    await time.advance(60_000)
  }
})

test('a tenant with a source to itself is answered at once', async () => {
  const { most } = await loudBeside(false)
  assert.equal(most['answered'], 20_000)
})

test('what waits to be handed out can still be forgotten, joined and given up', async () => {
  const time = virtualScheduler()
  let version = 1
  const from = source<number, string>({
    load: async (keys) => {
      const now = version
      await new Promise<void>((resolve) => void time.after(10, resolve))
      return keys.map((key) => `${key} v${now}`)
    },
    maxBatch: 5000,
    hedge: false,
    clock: time,
    scheduler: { ...time, turn: (task) => void time.after(1, task) },
  })
  const before = from.many([1], { tenant: 'a' })
  void from.get(1, { tenant: 'b' })
  await time.advance(50)
  await before
  const page = from.many(
    Array.from({ length: 1000 }, (_, i) => i),
    { tenant: 'a' },
  )
  const hasty = from.get(999, { tenant: 'a', timeoutMs: 10.5 })
  await time.advance(10.2) // loaded, and the first 256 handed out
  const joined = from.get(998, { tenant: 'a' })
  version = 2
  from.forget(997, { tenant: 'a' })
  const fresh = from.get(997, { tenant: 'a' })
  await time.advance(100)
  assert.equal((await page).filter((outcome) => outcome.ok && outcome.value.endsWith('v1')).length, 1000)
  assert.deepEqual(await Promise.all([joined, fresh]), ['998 v1', '997 v2'])
  await assert.rejects(hasty, /10.5 ms/)
  await time.advance(60_000)
  assert.deepEqual([from.metrics().running, from.metrics().queued, time.pending], [0, 0, 0])
})
