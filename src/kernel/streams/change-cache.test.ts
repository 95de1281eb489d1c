import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream, table } from './builder.ts'
import { ChangeCache } from './change-cache.ts'
import { testDriver } from './driver.ts'
import { identity, WindowedKey } from './key-order.ts'
import { tumbling, session } from './window.ts'

type Handed = readonly [key: unknown, value: unknown, old: unknown, timestamp: number]

const keys: readonly unknown[] = [
  ...Array.from({ length: 30 }, (_, at) => `k${at}`),
  1,
  '1',
  { a: 1 },
  ...[0, 5, 7].map((start) => new WindowedKey('k1', { start, end: start + 5 })),
  new WindowedKey({ a: 1 }, { start: 0, end: 5 }),
]

/** Kafka's NamedCache as it reads: a linked set of dirty keys, in which a key written again goes to the end. */
function naive(writes: readonly { at: number; value: number | null }[], stored: Map<string, unknown>): Handed[] {
  const dirty = new Map<string, Handed>()
  for (const [index, { at, value }] of writes.entries()) {
    const key = keys[at]
    const id = identity(key)
    dirty.delete(id)
    dirty.set(id, [key, value, stored.get(id) ?? null, index])
  }
  return [...dirty.values()].filter(([, value, old]) => value !== null || old !== null)
}

test('changes of a record are handed on once a key, in the order of the last writes', () => {
  const write = fc.record({ at: fc.nat(keys.length - 1), value: fc.option(fc.nat(9)) })
  fc.assert(
    fc.property(fc.array(fc.array(write, { maxLength: 60 }), { maxLength: 6 }), fc.boolean(), (records, sendOld) => {
      const handed: Handed[] = []
      const cache = new ChangeCache({ next: (...change) => handed.push(change), sendOld, windows: undefined })
      const stored = new Map<string, unknown>()
      for (const writes of records) {
        const expected = naive(writes, stored)
        for (const [index, { at, value }] of writes.entries()) {
          // A key that is another object each time, as a mapper makes it.
          const key = structuredClone(keys[at])
          const id = identity(keys[at])
          cache.add(keys[at] instanceof WindowedKey ? keys[at] : key, value, stored.get(id) ?? null, index)
          if (value === null) stored.delete(id)
          else stored.set(id, value)
        }
        cache.flush()
        assert.deepEqual(
          handed.splice(0),
          expected.map(([key, value, old, timestamp]) => [key, value, sendOld ? old : null, timestamp]),
        )
      }
    }),
    { numRuns: 300 * Number(process.env['HOLDFAST_ROUNDS'] ?? 1) },
  )
})

test('a record that makes many changes, and what it made and unmade, give one row or none', () => {
  const twice = () => stream<string>('in').flatMapValues((value) => Array.from(value))
  const counts = twice().groupByKey().count()
  const record = { key: 'a', value: 'xyz', timestamp: 0 }
  assert.deepEqual(testDriver(counts).pipe(record), [{ key: 'a', value: 3, timestamp: 0 }])
  assert.deepEqual(
    testDriver(counts, { caching: false })
      .pipe(record)
      .map(({ value }) => value),
    [1, 2, 3],
  )
  const gone = twice()
    .groupByKey()
    .aggregate<string | null>(
      () => '',
      (_key, value) => (value === '!' ? null : value),
    )
  const driver = testDriver(gone)
  assert.deepEqual(driver.pipe({ key: 'a', value: 'x!', timestamp: 0 }), [])
  assert.deepEqual(driver.pipe({ key: 'a', value: 'xy', timestamp: 5 }), [{ key: 'a', value: 'y', timestamp: 5 }])
  assert.deepEqual(driver.pipe({ key: 'a', value: 'x!', timestamp: 2 }), [{ key: 'a', value: null, timestamp: 2 }])
})

test('a record within a session gives its new row alone; caching: false gives the tombstone before it', () => {
  const sums = stream<number>('in')
    .groupByKey()
    .windowedBy(session({ gapMs: 10 }))
    .reduce((sum, value) => sum + value)
  const log = [0, 5, 3, 40, 22, 31].map((timestamp) => ({ key: 'a', value: 1, timestamp }))
  const cached = testDriver(sums)
  const plain = testDriver(sums, { caching: false })
  const spans = (driver: typeof cached) =>
    log.map((record) => driver.pipe(record).map(({ window, value }) => [window?.start, window?.end, value]))
  assert.deepEqual(spans(cached), [
    [[0, 0, 1]],
    [
      [0, 0, null],
      [0, 5, 2],
    ],
    [[0, 5, 3]],
    [[40, 40, 1]],
    [],
    [
      [40, 40, null],
      [31, 40, 2],
    ],
  ])
  assert.deepEqual(spans(plain)[2], [
    [0, 5, null],
    [0, 5, 3],
  ])
  assert.equal(cached.droppedRecords, 1)
})

test('a function that fails while changes are handed on leaves nothing behind', () => {
  let broken = true
  const driver = testDriver(
    table<number>('in', { as: 'rows' })
      .mapValues((value) => {
        if (broken && value === 13) throw new Error('unlucky')
        return value
      })
      .toStream(),
  )
  driver.pipe({ key: 'a', value: 1, timestamp: 0 })
  assert.throws(() => driver.pipe({ key: 'a', value: 13, timestamp: 1 }), /unlucky/)
  assert.equal(driver.view('rows').get('a')?.value, 1)
  broken = false
  assert.deepEqual(driver.pipe({ key: 'b', value: 13, timestamp: 2 }), [{ key: 'b', value: 13, timestamp: 2 }])
})

test('windows past the retention can still be read with caching, not without', () => {
  const counts = () =>
    stream('in')
      .groupByKey()
      .windowedBy(tumbling({ sizeMs: 10 }))
      .count({ as: 'counts' })
  for (const [caching, shown] of [
    [true, 3],
    [false, 1],
  ] as const) {
    const driver = testDriver(counts(), { caching })
    for (const timestamp of [0, 200_000, 400_000]) driver.pipe({ key: 'a', value: 1, timestamp })
    assert.equal(driver.view('counts').windows('a').length, shown)
  }
})
