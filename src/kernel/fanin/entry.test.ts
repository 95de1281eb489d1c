import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoadContext } from './batch.ts'
import { DeadlineExceededError } from './refusals.ts'
import { source } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

function slow() {
  const time = virtualScheduler()
  const calls: LoadContext[] = []
  const from = source<number, number>({
    load: async (keys, context) => {
      calls.push(context)
      await new Promise<void>((resolve) => void time.after(1000, resolve))
      return keys.map((key) => (key < 0 ? new Error(`no ${key}`) : key))
    },
    hedge: false,
    clock: time,
    scheduler: time,
  })
  return { time, calls, from }
}

test('the deadline of a load is that of the most patient who has not left', async () => {
  const { time, calls, from } = slow()
  const leaving = { one: new AbortController(), page: new AbortController() }
  const asked = [
    from.get(1, { timeoutMs: 100 }),
    from.get(1, { timeoutMs: 400 }),
    from.get(1, { timeoutMs: 500, signal: leaving.one.signal }),
    from.many([1, 2], { timeoutMs: 600, signal: leaving.page.signal }),
    from.get(2, { signal: leaving.one.signal }),
  ]
  const settled = Promise.allSettled(asked)
  await time.advance(1)
  const [call] = calls
  assert.equal(call!.deadline, Infinity)
  leaving.one.abort(new Error('left'))
  assert.equal(call!.deadline, 600)
  leaving.page.abort(new Error('left'))
  assert.equal(call!.deadline, 400)
  await time.advance(200)
  assert.equal(call!.deadline, 400)
  assert.equal(call!.signal.aborted, false)
  await time.advance(200)
  assert.equal(call!.deadline, -Infinity)
  assert.equal(call!.signal.aborted, true)
  await time.advance(1000)
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ['rejected', 'rejected', 'rejected', 'fulfilled', 'rejected'],
  )
})

test('no time at all is a time limit too', async () => {
  const { time, from } = slow()
  for (const timeoutMs of [0, -1, -Infinity]) {
    const late = assert.rejects(from.get(1, { timeoutMs }), DeadlineExceededError)
    const page = from.many([1], { timeoutMs })
    await time.advance(1)
    await late
    assert.equal((await page)[0]!.ok, false)
  }
  await time.advance(5000)
})

test('who cannot give up holds a key that others have left, on a page or alone', async () => {
  for (const stays of ['get', 'many', 'neither'] as const) {
    const { time, calls, from } = slow()
    const left = assert.rejects(from.get(1, { timeoutMs: 100 }), DeadlineExceededError)
    const stay = stays === 'get' ? from.get(1) : stays === 'many' ? from.many([1]) : undefined
    const leftToo = assert.rejects(from.get(1, { timeoutMs: 200 }), DeadlineExceededError)
    await time.advance(500)
    await Promise.all([left, leftToo])
    assert.equal(calls[0]!.signal.aborted, stays === 'neither', stays)
    await time.advance(1000)
    await stay
  }
})

test('that one key of a list is tried again says nothing of any other', async () => {
  let tries = 0
  const from = source<number, number>({
    load: (keys) => keys.map((key) => (key < 0 ? (tries++, new Error('busy')) : key)),
    retry: { attempts: 2, when: () => true },
  })
  for (let round = 1; round <= 3; round++) {
    const outcomes = await from.many([1, -1, -2])
    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      [true, false, false],
    )
    assert.equal(tries, 6 * round)
  }
})

test('an error reaches all who share the promise of a key', async () => {
  const { time, from } = slow()
  const both = Promise.allSettled([from.get(-1), from.get(-1)])
  await time.advance(1001)
  const errors = (await both).map((each) => (each.status === 'rejected' ? each.reason : undefined))
  assert.ok(errors[0] instanceof Error && errors[0] === errors[1])
})
