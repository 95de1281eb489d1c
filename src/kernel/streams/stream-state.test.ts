import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { stream } from './builder.ts'
import { kafkaCases, topologyOf } from './kafka-case.sample.ts'
import { StreamError, type StreamErrorCode } from './stream-error.ts'
import type { StreamState } from './stream-state.ts'
import { restore, snapshot, start, step, stepAll, takeChanges, topology, track } from './topology.ts'

const cases = kafkaCases.filter((given) => given.emitIntervalMs === undefined && given.expected?.dropped !== -1)

function refused(code: StreamErrorCode, says?: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof StreamError && error.code === code && (says === undefined || says.test(error.message))
}

test('step is pure: from any state before, the same record gives the same outputs and the same bytes, whatever was done since', () => {
  for (const [at, given] of cases.entries()) {
    const states: StreamState[] = [start(topologyOf(given))]
    const outputs: unknown[] = []
    const texts = [snapshot(states[0] as StreamState)]
    const records = given.records.filter((record) => 'topic' in record)
    for (const [index, record] of records.entries()) {
      const [next, made] = step(states[index] as StreamState, record, record.topic)
      states.push(next)
      outputs.push(made)
      texts.push(snapshot(next))
    }
    for (let turn = 0; turn < 4; turn++) {
      const index = (at * 7 + turn * 13) % records.length
      const [again, made] = step(states[index] as StreamState, records[index] as (typeof records)[number])
      assert.deepEqual(made, outputs[index], given.name)
      assert.equal(snapshot(again), texts[index + 1], given.name)
      assert.equal(snapshot(states[index] as StreamState), texts[index], given.name)
      assert.equal(snapshot(states.at(-1) as StreamState), texts.at(-1), given.name)
    }
  }
})

test('a record that fails half-way changes nothing: outputs and bytes go on as if it had not come', () => {
  let armed = false
  let left = 0
  const tap = (): void => {
    if (armed && left-- === 0) throw new Error('unlucky')
  }
  for (const given of cases) {
    let calm = start(topologyOf(given, () => undefined))
    let tried = start(topologyOf(given, tap))
    for (const [at, record] of given.records.entries()) {
      if (!('topic' in record)) continue
      armed = true
      left = at % 3
      try {
        step(tried, { ...record, value: 'ab', key: 'a' }, record.topic)
      } catch (error) {
        assert.match(String(error), /unlucky|must be JSON/)
      }
      armed = false
      const [calmNext, expected] = step(calm, record, record.topic)
      const [triedNext, made] = step(tried, record, record.topic)
      assert.deepEqual(made, expected, given.name)
      calm = calmNext
      tried = triedNext
    }
    assert.equal(snapshot(tried), snapshot(calm), given.name)
  }
})

const counted = () => topology(stream('in').groupByKey().count({ as: 'counts' }))
const record = (timestamp: number) => ({ key: 'a', value: 1, timestamp })

test('the last 1,000 states and the start can be gone back to; older ones say so', () => {
  const first = start(counted())
  const states = [first]
  for (let at = 0; at < 2_500; at++) states.push(step(states[at] as StreamState, record(at))[0])
  assert.deepEqual(step(first, record(9))[1], [{ key: 'a', value: 1, timestamp: 9 }])
  assert.deepEqual(step(states[1_500] as StreamState, record(9_999))[1], [{ key: 'a', value: 1_501, timestamp: 9_999 }])
  assert.throws(
    () => step(states[1_499] as StreamState, record(9)),
    refused('streams.stale_state', /version 1499 of 2500, the oldest kept is 1500/),
  )
  assert.equal(states[1_499]?.droppedRecords, 0)
  assert.deepEqual(step(states[2_500] as StreamState, record(9_999))[1], [{ key: 'a', value: 2_501, timestamp: 9_999 }])
})

test('stepAll spends what it goes on from, except the start', () => {
  const first = start(counted())
  const [second] = step(first, record(0))
  const [third] = stepAll(second, [record(1), record(2)])
  assert.throws(() => step(second, record(1)), refused('streams.stale_state'))
  assert.deepEqual(step(first, record(7))[1], [{ key: 'a', value: 1, timestamp: 7 }])
  const [fourth] = step(third, record(3))
  assert.equal(snapshot(step(third, record(3))[0]), snapshot(fourth))
  const unlucky = topology(
    stream<number>('in')
      .groupByKey()
      .reduce((sum, value) => (value === 13 ? Number(sum.toFixed(-1)) : sum + value)),
  )
  const failing = start(unlucky)
  assert.throws(
    () =>
      stepAll(
        failing,
        [1, 13].map((value) => ({ key: 'a', value, timestamp: 0 })),
      ),
    RangeError,
  )
  assert.throws(() => step(failing, record(0)), refused('streams.state_failed'))
})

test('a restored state is gone back to as well; a copy made by going back is not tracked', () => {
  const [second] = step(start(counted()), record(0))
  const restored = restore(second.topology, snapshot(second))
  track(restored)
  const [third] = step(restored, record(1))
  assert.equal(takeChanges(third).rows.length, 2)
  assert.equal(snapshot(step(restored, record(1))[0]), snapshot(third))
  assert.throws(() => takeChanges(restored), refused('streams.stale_state', /track/))
  assert.equal(takeChanges(third).rows.length, 2)
})

test('going back over the moment an outer join clears its emptied entries away', () => {
  const pairs = 1_100
  const of = topology(stream('left').outerJoin(stream('right'), (left, right) => [left, right], { timeDifferenceMs: 10_000 }))
  const at = (index: number) => ({ topic: index < pairs ? 'left' : 'right', key: `k${index % pairs}`, value: index, timestamp: index })
  const from = 2 * pairs - 150
  const texts: string[] = []
  let state = start(of)
  let again = state
  for (let index = 0; index < 2 * pairs; index++) {
    if (index === from) again = state
    if (index >= from) texts.push(snapshot(state))
    ;[state] = step(state, at(index))
  }
  for (let index = from; index < 2 * pairs; index++) {
    assert.equal(snapshot(again), texts[index - from])
    ;[again] = step(again, at(index))
  }
})
