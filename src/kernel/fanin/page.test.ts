import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { DeadlineExceededError, QueueFullError } from './refusals.ts'
import { source } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

/** A source of doubles that takes 10 ms, and what it was asked for. */
function doubles(options: { maxQueuedPerTenant?: number; cacheTtlMs?: number; maxBatch?: number } = {}) {
  const time = virtualScheduler()
  const asked: (readonly number[])[] = []
  const aborted: unknown[] = []
  const from = source<number, number>({
    load: async (keys, { signal }) => {
      asked.push(keys)
      signal.addEventListener('abort', () => aborted.push(keys), { once: true })
      await new Promise<void>((resolve) => void time.after(keys.includes(77) ? 100 : 10, resolve))
      return keys.map((key) => (key < 0 ? new Error(`no ${key}`) : 2 * key))
    },
    hedge: false,
    clock: time,
    scheduler: time,
    ...options,
  })
  return { time, asked, aborted, from }
}

const told = (outcomes: readonly ({ ok: true; value: number } | { ok: false; error: unknown })[]) =>
  outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.error instanceof Error ? outcome.error.message : 'odd'))

test('a page has an outcome for each of its keys, in their order: repeated, kept, joined, bad, refused', async () => {
  const { time, asked, from } = doubles({ cacheTtlMs: 1000, maxQueuedPerTenant: 3 })
  from.prime(9, 18)
  const joined = from.get(4)
  const page = from.many([4, 9, -1, 5, 5, 6])
  assert.deepEqual(await from.many([]), [])
  await time.advance(20)
  const outcomes = await page
  assert.deepEqual(told(outcomes).slice(0, 5), [8, 18, 'no -1', 10, 10])
  assert.ok(outcomes[5]?.ok === false && outcomes[5].error instanceof QueueFullError)
  assert.equal(await joined, 8)
  assert.deepEqual(asked, [[4, -1, 5]])
  const { keys, joined: together, cached, refused } = from.metrics()
  assert.deepEqual([keys, together, cached, refused], [7, 2, 1, 1])
})

test("a page's deadline lets all go that have no answer yet, and ends the calls that nobody else waits for", async () => {
  const { time, asked, aborted, from } = doubles({ maxBatch: 2 })
  const patient = from.get(1)
  const page = from.many([1, 2, 77, 4], { timeoutMs: 50 })
  await time.advance(60)
  const outcomes = await page
  assert.deepEqual(told(outcomes).slice(0, 2), [2, 4])
  assert.ok(outcomes.slice(2).every((outcome) => !outcome.ok && outcome.error instanceof DeadlineExceededError))
  assert.equal(await patient, 2)
  assert.deepEqual(asked, [
    [1, 2],
    [77, 4],
  ])
  assert.deepEqual(aborted, [[77, 4]])
  await time.advance(60_000)
  assert.deepEqual([from.metrics().expired, from.metrics().running, time.pending], [2, 0, 0])
})

test("callers under one signal cost it one listener, and all go when it says so; a page that comes late isn't asked for", async () => {
  const { time, aborted, from } = doubles()
  const leaving = new AbortController()
  const { signal } = leaving
  const single = from.get(1, { signal })
  const page = from.many([1, 2, 2], { signal })
  const answered = from.get(3, { signal, tenant: 'other' })
  assert.equal(getEventListeners(signal, 'abort').length, 1)
  await time.advance(10)
  assert.equal(await answered, 6)
  assert.equal(await single, 2)
  const slow = from.many([77, 5], { signal })
  await time.advance(5)
  leaving.abort(new Error('left'))
  assert.deepEqual(told(await slow), ['left', 'left'])
  assert.deepEqual(told(await page), [2, 4, 4])
  assert.deepEqual(told(await from.many([8], { signal })), ['left'])
  assert.deepEqual(aborted, [[77, 5]])
})

test('what keyOf throws is the error of its own key', async () => {
  const names = source<{ id?: number }, number>({
    load: (keys) => keys.map(({ id = 0 }) => id),
    keyOf: ({ id }) => {
      if (id === undefined) throw new Error('no id')
      return id
    },
  })
  assert.deepEqual(told(await names.many([{ id: 1 }, {}, { id: 2 }])), [1, 'no id', 2])
  await assert.rejects(names.get({}), /no id/)
})

test('keys are told apart as a map does, few or many', async () => {
  const odd: unknown[] = [Number.NaN, Number.NaN, 0, -0, '0', undefined, null, true, 'true', 1n, 1]
  for (const more of [0, 100]) {
    const asked: (readonly unknown[])[] = []
    const from = source<unknown, unknown>({ load: (keys) => (asked.push(keys), keys), maxBatch: 1000 })
    const keys = [...Array.from({ length: more }, (_, i) => `key ${i}`), ...odd]
    await from.many(keys)
    assert.deepEqual(asked, [[...new Set(keys)]])
  }
})

test('a source whose loads answer at once goes through any number of batches without going deeper', async () => {
  const from = source<number, number>({ load: (keys) => keys, maxBatch: 1, concurrency: 1 })
  const keys = Array.from({ length: 50_000 }, (_, i) => i)
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  const slow = source<number, number>({
    load: (batch) => (batch.includes(0) ? gate.then(() => batch) : batch),
    maxBatch: 1,
    concurrency: 1,
  })
  const waiting = slow.many(keys)
  open()
  assert.ok((await waiting).every((outcome, i) => outcome.ok && outcome.value === i))
  assert.equal((await from.many(keys)).length, 50_000)
})
