import assert from 'node:assert/strict'
import { test } from 'node:test'
import { source } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

type End = 'fails' | 'answers' | 'hangs'

/** A source that knows its p95, one batch of whose calls then ends as told, each so many ms after it began. */
async function hedged(ends: Readonly<Record<'first' | 'hedge', { readonly how: End; readonly afterMs: number }>>) {
  const time = virtualScheduler()
  let odd = false
  let splits = 0
  const from = source<number, number>({
    load: async (keys, { purpose }) => {
      const { how, afterMs } = !odd || purpose === 'split' ? { how: 'answers', afterMs: 10 } : ends[purpose]
      if (purpose === 'split') splits++
      await new Promise<void>((resolve) => void (how === 'hangs' || time.after(afterMs, resolve)))
      if (how === 'fails') throw new Error('failed')
      return keys
    },
    concurrency: 3,
    hedge: 0.03,
    loadTimeoutMs: 1000,
    clock: time,
    scheduler: time,
  })
  for (let i = 0; i < 100; i++) {
    void from.get(i)
    await time.advance(20)
  }
  odd = true
  const asked = Promise.allSettled([from.get(1), from.get(2)])
  const running: number[] = []
  for (const ms of [5, 45, 50, 100, 1000, 1000]) {
    await time.advance(ms)
    running.push(from.metrics().running)
  }
  const { hedges, queued } = from.metrics()
  assert.deepEqual([hedges, queued], [1, 0])
  return { running, splits, statuses: (await asked).map(({ status }) => status) }
}

test('a call that failed gives its slot back though its rival runs on, and a batch has one as long as it is loaded', async () => {
  // looked at 5, 50, 100, 200, 1200 and 2200 ms after the call began
  const fails = (afterMs: number) => ({ how: 'fails', afterMs }) as const
  const answers = (afterMs: number) => ({ how: 'answers', afterMs }) as const
  const hangs = { how: 'hangs', afterMs: 0 } as const
  const both = ['fulfilled', 'fulfilled']
  assert.deepEqual(await hedged({ first: fails(70), hedge: answers(100) }), { running: [1, 2, 1, 0, 0, 0], splits: 0, statuses: both })
  assert.deepEqual(await hedged({ first: fails(70), hedge: fails(80) }), { running: [1, 2, 1, 0, 0, 0], splits: 2, statuses: both })
  assert.deepEqual(await hedged({ first: fails(120), hedge: fails(40) }), { running: [1, 2, 1, 0, 0, 0], splits: 2, statuses: both })
  assert.deepEqual(await hedged({ first: answers(300), hedge: answers(60) }), { running: [1, 2, 1, 1, 0, 0], splits: 0, statuses: both })
  assert.deepEqual(await hedged({ first: fails(70), hedge: hangs }), {
    running: [1, 2, 1, 1, 0, 0],
    splits: 0,
    statuses: ['rejected', 'rejected'],
  })
})
