import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dispatcher } from './dispatcher.ts'
import { Entry } from './entry.ts'
import { policyOf } from './policy.ts'
import { source } from './source.ts'
import { virtualScheduler } from './virtual-scheduler.ts'

function versions(options: { cacheTtlMs?: number } = {}) {
  const time = virtualScheduler()
  const state = { version: 1 }
  const from = source<number, string>({
    load: async (keys) => {
      const { version } = state
      await new Promise<void>((resolve) => void time.after(keys.includes(7) ? 100 : 10, resolve))
      return keys.map((key) => `${key} v${version}`)
    },
    clock: time,
    scheduler: time,
    ...options,
  })
  return { time, state, from }
}

test('an answer that a write overtook is not kept', async () => {
  const { time, state, from } = versions({ cacheTtlMs: 1000 })
  const old = from.get(1)
  await time.advance(5)
  state.version = 2
  from.forget(1)
  await time.advance(10)
  assert.equal(await old, '1 v1')
  const fresh = from.get(1)
  await time.advance(10)
  assert.equal(await fresh, '1 v2')
})

test('nobody joins a key that has its answer while others of its lane still wait, few or many', async () => {
  for (const others of [1, 100]) {
    const { time, state, from } = versions()
    for (let key = 7; key < 7 + others; key++) void from.get(key)
    await time.advance(1)
    const first = from.get(1)
    await time.advance(20)
    assert.equal(await first, '1 v1')
    state.version = 2
    const second = from.get(1)
    await time.advance(20)
    assert.equal(await second, '1 v2')
    await time.advance(100)
  }
})

test('a lane is forgotten with its credential once its keys are answered or wanted no more; a tenant that returns is not', async () => {
  const time = virtualScheduler()
  const dispatcher = new Dispatcher(policyOf<number, number>({ load: (keys) => keys, clock: time, scheduler: time }))
  const lane = (credential: unknown) => dispatcher.laneOf('a', credential)
  const open = (credential: unknown) => {
    const at = lane(credential)
    const entry = new Entry<number, number>(1)
    dispatcher.add(at, entry)
    return { at, entry }
  }
  const of = { left: {}, answered: {} }
  const left = open(of.left)
  dispatcher.drop(left.at, left.entry)
  const answered = open(of.answered)
  const returning = open(undefined)
  assert.ok(left.at !== answered.at && answered.at !== returning.at)
  await time.advance(10)
  assert.ok(lane(of.left) !== left.at)
  assert.ok(lane(of.answered) !== answered.at)
  assert.equal(lane(undefined), returning.at)
  assert.deepEqual([dispatcher.running, dispatcher.queued], [0, 0])
})

test('lanes whose kept answers are all too old make room for the next', async () => {
  const time = virtualScheduler()
  const dispatcher = new Dispatcher(policyOf<number, number>({ load: (keys) => keys, cacheTtlMs: 50, clock: time, scheduler: time }))
  const [early, later] = [{}, {}]
  const first = dispatcher.laneOf('a', early)
  dispatcher.keep(first, 1, 1)
  await time.advance(30)
  const second = dispatcher.laneOf('a', later)
  dispatcher.keep(second, 1, 1)
  await time.advance(30)
  dispatcher.laneOf('a', {})
  assert.ok(dispatcher.laneOf('a', early) !== first)
  assert.equal(dispatcher.laneOf('a', later), second)
})
