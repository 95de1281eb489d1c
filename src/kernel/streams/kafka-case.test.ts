import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { expectedOf, kafkaCases as cases, runCase, topologyOf } from './kafka-case.sample.ts'
import type { StateRow } from './runtime.ts'
import type { StreamState } from './stream-state.ts'
import { restore, resume, resuming, snapshot, start, step, takeChanges, track } from './topology.ts'

test('the stored cases cover every kind', () => {
  const kinds = new Set(cases.map(({ name }) => name.split(' ')[0]))
  assert.deepEqual(
    [...kinds].toSorted((one = '', other = '') => one.localeCompare(other)),
    ['agg', 'bytes', 'ext', 'hopping', 'query', 'session', 'sjoin', 'sliding', 'stjoin', 'tjoin', 'tumbling'],
  )
  assert.ok(cases.length >= 490)
  assert.ok(cases.filter(({ cached }) => cached !== undefined).length >= 120)
})

const clocked = cases.filter(({ emitIntervalMs }) => emitIntervalMs === undefined)

for (const caching of [true, false]) {
  const mode = caching ? 'with its default cache' : 'with caching off'
  test(`outputs, order, timestamps, tombstones and dropped counts are those of Kafka Streams ${mode}`, () => {
    for (const given of cases) {
      const made = runCase(given, caching)
      assert.deepEqual(made, expectedOf(given, caching) ?? made, given.name)
    }
  })

  test(`a restart from a snapshot between any two records changes nothing ${mode}`, () => {
    for (const given of clocked) {
      let records = 0
      const again = (state: StreamState): StreamState => (records++ % 3 === 0 ? restore(state.topology, snapshot(state)) : state)
      const made = runCase(given, caching, again)
      assert.deepEqual(made, expectedOf(given, caching) ?? made, given.name)
    }
  })
}

test('stored changes rebuild the state, byte for byte', () => {
  for (const given of clocked) {
    const stored = new Map<string, StateRow>()
    let state: StreamState = start(topologyOf(given))
    track(state)
    for (const [index, record] of given.records.entries()) {
      if ('advance' in record) continue
      try {
        ;[state] = step(state, record, record.topic)
      } catch {
        break
      }
      if (index % 4 !== 3) continue
      const { rows, expired } = takeChanges(state)
      for (const { store, before } of expired)
        for (const [id, row] of stored) if (row.store === store && row.segment < before) stored.delete(id)
      for (const row of rows) {
        const id = `${row.store} ${row.segment} ${row.key}`
        if (row.value === null) stored.delete(id)
        else stored.set(id, row)
      }
      const rebuilt = resume(state.topology, stored.values())
      assert.equal(snapshot(rebuilt), snapshot(state), given.name)
      state = rebuilt
      track(state)
    }
  }
})

test('changes taken again and again, played in their order, make the same state: with rows replaced, taken away and expired', () => {
  for (const given of clocked) {
    let state: StreamState = start(topologyOf(given))
    track(state)
    const played = resuming(state.topology)
    for (const [index, record] of given.records.entries()) {
      if (!('topic' in record)) continue
      try {
        ;[state] = step(state, record, record.topic)
      } catch {
        break
      }
      if (index % 3 === 0) played.add(takeChanges(state))
    }
    played.add(takeChanges(state))
    assert.equal(snapshot(played.state()), snapshot(state), given.name)
  }
})
