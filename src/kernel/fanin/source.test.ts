import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoadContext } from './batch.ts'
import { DeadlineExceededError, KeyMissingError, LoadContractError, LoadTimeoutError, QueueFullError } from './refusals.ts'
import { source, type SourceOptions } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

type Call = { readonly keys: readonly number[]; readonly context: LoadContext; readonly at: number }

/** A source of squares that takes 10 ms, and what was asked of it. */
function squares(options: Partial<SourceOptions<number, number>> & { takes?: number } = {}) {
  const time = virtualScheduler()
  const calls: Call[] = []
  const from = source<number, number>({
    load: async (keys, context) => {
      calls.push({ keys, context, at: time.now() })
      await new Promise<void>((resolve) => void time.after(options.takes ?? 10, resolve))
      return keys.map((key) => (key < 0 ? new Error(`no ${key}`) : key * key))
    },
    clock: time,
    scheduler: time,
    ...options,
  })
  const keys = () => calls.map((call) => call.keys)
  return { time, calls, keys, from }
}

test('keys of one tick are one call, each key once, each caller its own answer', async () => {
  const { time, from, keys } = squares()
  const answers = Promise.all([from.get(2), from.get(3), from.get(2), Promise.resolve().then(() => from.get(4))])
  await time.advance(20)
  assert.deepEqual(await answers, [4, 9, 4, 16])
  assert.deepEqual(keys(), [[2, 3, 4]])
  assert.deepEqual([from.metrics().keys, from.metrics().joined], [4, 1])
})

test('a bad key fails alone, and partial results carry an error a key', async () => {
  const { time, from } = squares()
  const outcomes = from.many([1, -1, 3])
  await time.advance(20)
  const [one, bad, three] = await outcomes
  assert.deepEqual(
    [one, three],
    [
      { ok: true, value: 1 },
      { ok: true, value: 9 },
    ],
  )
  assert.ok(bad?.ok === false && bad.error instanceof Error && bad.error.message === 'no -1')
})

test('a call out joins later callers of its keys, unless they were forgotten', async () => {
  const { time, from, keys } = squares()
  const first = from.get(2)
  await time.advance(5)
  const joined = from.get(2)
  from.forget(2)
  const fresh = from.get(2)
  await time.advance(50)
  assert.deepEqual(await Promise.all([first, joined, fresh]), [4, 4, 4])
  assert.deepEqual(keys(), [[2], [2]])
})

test('while a call is out keys wait for company, no longer than the window', async () => {
  const { time, from, calls } = squares({ concurrency: 1, takes: 100 })
  void from.get(1)
  await time.advance(1)
  for (let key = 2; key < 6; key++) {
    void from.get(key)
    await time.advance(0.1)
  }
  await time.advance(300)
  assert.deepEqual(
    calls.map(({ keys }) => keys),
    [[1], [2, 3, 4, 5]],
  )
  const wide = squares({ concurrency: 10, takes: 100, maxWindowMs: 2 })
  for (let i = 0; i < 40; i++) {
    void wide.from.get(i)
    await wide.time.advance(1)
  }
  await wide.time.advance(200)
  const asked = new Map(wide.calls.flatMap(({ keys, at }) => keys.map((key) => [key, at])))
  for (const [key, at] of asked) assert.ok(at - key <= 100) // asked for at its own number of ms; slots are busy for 100 ms at most
})

test('once calls of a tenant overlap, the first key of a turn waits for the others of it too, for a while', async () => {
  const { time, from, calls } = squares()
  const apart = async (keys: readonly number[]) => {
    const before = calls.length
    for (const key of keys) {
      void from.get(key, { tenant: 'busy' })
      for (let i = 0; i < 10; i++) await Promise.resolve()
    }
    await time.advance(50)
    return calls.slice(before).map((call) => call.keys)
  }
  assert.deepEqual(await apart([1]), [[1]])
  assert.deepEqual(await apart([2, 3, 4]), [[2], [3, 4]]) // [3, 4] beside [2]
  for (let i = 0; i < 8; i++) assert.deepEqual(await apart([5, 6]), [[5, 6]])
  assert.deepEqual(await apart([7, 8]), [[7], [8]])
  void from.get(9, { tenant: 'busy' })
  void from.get(9, { tenant: 'quiet' })
  for (let i = 0; i < 10; i++) await Promise.resolve()
  assert.deepEqual(
    calls.slice(-1).map(({ context }) => context.tenant),
    ['quiet'],
  )
  await time.advance(50)
})

test('a full batch goes at once, and no call is larger', async () => {
  const { time, from, keys } = squares({ maxBatch: 3, concurrency: 2 })
  const answers = from.many([1, 2, 3, 4, 5, 6, 7])
  await time.advance(100)
  assert.equal((await answers).length, 7)
  assert.deepEqual(keys(), [[1, 2, 3], [4, 5, 6], [7]])
})

test('tenants and credentials never share a call, an answer in flight, or a cache', async () => {
  const { time, from, calls } = squares({ cacheTtlMs: 1000 })
  const rights = { of: 'asha' }
  const contexts = [{}, { tenant: 'a' }, { tenant: 'b' }, { tenant: 'a', credential: rights }, { tenant: 'a', credential: { of: 'asha' } }]
  const answers = Promise.all(contexts.map((context) => from.get(7, context)))
  await time.advance(50)
  assert.deepEqual(await answers, [49, 49, 49, 49, 49])
  assert.equal(calls.length, 5)
  assert.deepEqual(
    calls.map(({ context }) => [context.tenant, context.credential]),
    [
      [undefined, undefined],
      ['a', undefined],
      ['b', undefined],
      ['a', rights],
      ['a', { of: 'asha' }],
    ],
  )
  assert.equal(await from.get(7, { tenant: 'a', credential: rights }), 49)
  assert.equal(calls.length, 5)
})

test('a cache answers for its time, an error is never kept, primed and forgotten keys obey', async () => {
  const { time, from, calls } = squares({ cacheTtlMs: 100, cacheMax: 2 })
  const ask = async (key: number) => {
    const answer = from.get(key).catch(() => 'failed')
    await time.advance(10)
    return answer
  }
  assert.deepEqual([await ask(2), await ask(2), await ask(-1), await ask(-1)], [4, 4, 'failed', 'failed'])
  assert.equal(calls.length, 3)
  await time.advance(100)
  assert.equal(await ask(2), 4)
  assert.equal(calls.length, 4)
  from.prime(5, 99)
  assert.equal(await ask(5), 99)
  from.forget(5)
  assert.equal(await ask(5), 25)
  await ask(6)
  await ask(2) // 2 was the oldest of more than two
  assert.equal(calls.length, 7)
})

test('a deadline or a signal lets one caller go; the last to go takes its key along, or ends the call', async () => {
  const { time, from, calls } = squares({ takes: 100 })
  const patient = from.get(1)
  const hasty = from.get(1, { timeoutMs: 20 })
  await time.advance(20)
  await assert.rejects(hasty, DeadlineExceededError)
  assert.equal(calls[0]!.context.signal.aborted, false)
  assert.equal(calls[0]!.context.deadline, Infinity)
  await time.advance(80)
  assert.equal(await patient, 1)

  const giveUp = new AbortController()
  const alone = from.get(2, { signal: giveUp.signal, timeoutMs: 500 })
  await time.advance(10)
  assert.equal(calls[1]!.context.deadline, time.now() - 10 + 500)
  giveUp.abort(new Error('left'))
  await assert.rejects(alone, /left/)
  assert.equal(calls[1]!.context.signal.aborted, true)
  await assert.rejects(from.get(3, { signal: giveUp.signal }), /left/)

  const busy = squares({ concurrency: 1, takes: 100 })
  void busy.from.get(1)
  await busy.time.advance(1)
  const late = busy.from.get(2, { timeoutMs: 50 })
  await busy.time.advance(50)
  await assert.rejects(late, DeadlineExceededError)
  await busy.time.advance(500)
  assert.deepEqual(busy.keys(), [[1]])
  assert.equal(busy.from.metrics().queued, 0)
})

test('a poisoned key never fails its neighbour; an outage is not split', async () => {
  const loads: (readonly number[])[] = []
  const time = virtualScheduler()
  const poisonous = source<number, number>({
    load: async (keys) => {
      loads.push(keys)
      if (keys.some((key) => key === 13 || key === 66)) throw new Error('poison')
      return keys
    },
    clock: time,
    scheduler: time,
  })
  const outcomes = poisonous.many(Array.from({ length: 100 }, (_, i) => i))
  await time.advance(10)
  const failed = (await outcomes).flatMap(({ ok }, key) => (ok ? [] : [key]))
  assert.deepEqual(failed, [13, 66])
  assert.ok(loads.length <= 31, `${loads.length}`)

  let asked = 0
  const down = source<number, number>({
    load: () => {
      asked++
      throw Object.assign(new Error('down'), { code: 'ECONNREFUSED' })
    },
  })
  const all = await down.many([1, 2, 3, 4])
  assert.ok(all.every(({ ok }) => !ok))
  assert.equal(asked, 1)
})

test('answers that break the contract fail every key and are not asked again', async () => {
  const short = source<number, number>({ load: () => [1] })
  await assert.rejects(
    short
      .get(1)
      .then(() => short.many([1, 2]))
      .then(([outcome]) => Promise.reject(outcome?.ok === false ? outcome.error : 'ok')),
    LoadContractError,
  )
  const map = source<number, string>({ load: () => new Map([[1, 'one']]) })
  assert.equal(await map.get(1), 'one')
  await assert.rejects(map.get(2), KeyMissingError)
  assert.throws(() => source({ load: undefined as never }), TypeError)
  assert.throws(() => source({ load: () => [], hedge: 0.5 }), RangeError)
})

test('a tenant may have so many keys waiting and no more; a load may take so long and no longer', async () => {
  const { time, from } = squares({ maxQueuedPerTenant: 2, concurrency: 1, loadTimeoutMs: 50, takes: 1000 })
  const first = from.get(1, { tenant: 'a' })
  await time.advance(1)
  const waiting = [from.get(2, { tenant: 'a' }), from.get(3, { tenant: 'a' })]
  await assert.rejects(from.get(4, { tenant: 'a' }), QueueFullError)
  const rejected = Promise.all([first, ...waiting].map((each) => assert.rejects(each, LoadTimeoutError)))
  const other = assert.rejects(from.get(4, { tenant: 'b' }), LoadTimeoutError)
  await time.advance(5000)
  await rejected
  await other
  assert.deepEqual([from.metrics().running, from.metrics().queued, from.metrics().refused], [0, 0, 1])
})

test('a key whose own error may pass is tried again, alone or with others', async () => {
  let bad = 2
  const flaky = source<number, number>({
    load: (keys) => keys.map((key) => (key === 5 && bad-- > 0 ? new Error('busy') : key)),
    retry: { attempts: 2, when: (error) => error instanceof Error && error.message === 'busy' },
  })
  assert.deepEqual(await Promise.all([flaky.get(5), flaky.get(6)]), [5, 6])
  bad = 3
  await assert.rejects(flaky.get(5), /busy/)
})

test('keys are the same by what keyOf says', async () => {
  const { time } = squares()
  const seen: unknown[] = []
  const byId = source<{ id: number }, number>({
    load: (keys) => (seen.push(keys.length), keys.map(({ id }) => id)),
    keyOf: ({ id }) => id,
    clock: time,
    scheduler: time,
  })
  const both = Promise.all([byId.get({ id: 1 }), byId.get({ id: 1 })])
  await time.advance(1)
  assert.deepEqual([await both, seen], [[1, 1], [1]])
})
