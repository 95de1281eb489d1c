import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream, type Output } from './builder.ts'
import { testDriver } from './driver.ts'
import type { StreamOutput, StreamRecord } from './engine.ts'
import { hopping, session, sliding, tumbling } from './window.ts'

const numRuns = Number(process.env['HOLDFAST_ROUNDS'] ?? 200)
const BIG = 1_000_000

type Payment = StreamRecord & { readonly key: string; readonly value: number }
const log = fc.array(
  fc.record({ key: fc.constantFrom('a', 'b', 'é'), value: fc.integer({ min: 0, max: 9 }), timestamp: fc.integer({ min: 0, max: 120 }) }),
  { maxLength: 60 },
) as fc.Arbitrary<Payment[]>

function run(of: Output, records: readonly Payment[]): { outputs: StreamOutput[]; dropped: number } {
  const driver = testDriver(of)
  const outputs = records.flatMap((record) => driver.pipe(record))
  return { outputs, dropped: driver.droppedRecords }
}

/** The last value of each window, tombstones left out, as "key start end" → value. */
function last(outputs: readonly StreamOutput[]): Record<string, unknown> {
  const windows = new Map<string, unknown>()
  for (const { key, window, value } of outputs) windows.set(`${String(key)} ${window?.start} ${window?.end}`, value)
  return Object.fromEntries([...windows].filter(([, value]) => value !== null).sort(([one], [other]) => (one < other ? -1 : 1)))
}

function sorted(model: Map<string, number>): Record<string, number> {
  return Object.fromEntries([...model].sort(([one], [other]) => (one < other ? -1 : 1)))
}

const sizes = fc.record({
  advanceMs: fc.integer({ min: 1, max: 12 }),
  more: fc.integer({ min: 0, max: 20 }),
  graceMs: fc.integer({ min: 0, max: 30 }),
})

test('tumbling and hopping windows: every output is a count over what was in time, every drop a closed window', () => {
  fc.assert(
    fc.property(log, sizes, (records, { advanceMs, more, graceMs }) => {
      const sizeMs = advanceMs + more
      const windows = more === 0 ? tumbling({ sizeMs, graceMs }) : hopping({ sizeMs, advanceMs, graceMs })
      const taken: { key: string; start: number }[] = []
      const expected: unknown[] = []
      let drops = 0
      records.forEach(({ key, timestamp }, at) => {
        const streamTime = Math.max(...records.slice(0, at + 1).map((record) => record.timestamp))
        for (let start = 0; start <= timestamp; start += advanceMs) {
          if (timestamp >= start + sizeMs) continue
          if (start + sizeMs <= streamTime - graceMs) drops += 1
          else {
            taken.push({ key, start })
            expected.push([key, start, taken.filter((one) => one.key === key && one.start === start).length])
          }
        }
      })
      const { outputs, dropped } = run(stream('in').groupByKey().windowedBy(windows).count(), records)
      assert.deepEqual(
        outputs.map(({ key, window, value }) => [key, window?.start, value]),
        expected,
      )
      assert.equal(dropped, drops)
    }),
    { numRuns },
  )
})

test('suppressed windows: each closed window once, with its last count, by end and key', () => {
  fc.assert(
    fc.property(log, sizes, (records, { advanceMs, graceMs }) => {
      const windows = tumbling({ sizeMs: advanceMs, graceMs })
      const counts = () => stream('in').groupByKey().windowedBy(windows).count()
      const flushed = [...records, { key: 'z', value: 0, timestamp: BIG }]
      const all = last(run(counts(), records).outputs)
      const { outputs } = run(counts().suppress('untilWindowCloses'), flushed)
      assert.deepEqual(last(outputs), all)
      assert.equal(new Set(outputs.map(({ key, window }) => `${String(key)} ${window?.start}`)).size, outputs.length)
      const ends = outputs.map(({ window }) => window?.end ?? 0)
      assert.deepEqual(
        ends,
        ends.toSorted((one, other) => one - other),
      )
    }),
    { numRuns },
  )
})

test('sliding windows: with grace to spare, every window of the definition holds exactly its records', () => {
  fc.assert(
    fc.property(log, fc.integer({ min: 1, max: 30 }), (records, timeDifferenceMs) => {
      const model = new Map<string, number>()
      for (const { key, timestamp } of records) {
        const mine = records.filter((record) => record.key === key)
        for (const start of [Math.max(0, timestamp - timeDifferenceMs), timestamp + 1]) {
          const inside = mine.filter((record) => record.timestamp >= start && record.timestamp <= start + timeDifferenceMs)
          if (inside.length > 0) model.set(`${key} ${start} ${start + timeDifferenceMs}`, inside.length)
        }
      }
      const { outputs, dropped } = run(
        stream('in')
          .groupByKey()
          .windowedBy(sliding({ timeDifferenceMs, graceMs: BIG }))
          .count(),
        records,
      )
      assert.deepEqual(last(outputs), sorted(model))
      assert.equal(dropped, 0)
    }),
    { numRuns },
  )
})

test('session windows: with grace to spare, sessions are the groups of records no further apart than the gap', () => {
  fc.assert(
    fc.property(log, fc.integer({ min: 0, max: 15 }), (records, gapMs) => {
      const model = new Map<string, number>()
      for (const key of new Set(records.map((record) => record.key))) {
        const times = records.filter((record) => record.key === key).map((record) => record.timestamp)
        let group: number[] = []
        for (const time of [...times.sort((one, other) => one - other), Number.POSITIVE_INFINITY]) {
          const before = group.at(-1)
          if (before !== undefined && time - before > gapMs) {
            model.set(`${key} ${group[0]} ${before}`, group.length)
            group = []
          }
          group.push(time)
        }
      }
      const { outputs, dropped } = run(
        stream('in')
          .groupByKey()
          .windowedBy(session({ gapMs, graceMs: BIG }))
          .count(),
        records,
      )
      assert.deepEqual(last(outputs), sorted(model))
      assert.equal(dropped, 0)
    }),
    { numRuns },
  )
})

test('reduce and aggregate see the records of a window in the order they came', () => {
  fc.assert(
    fc.property(log, fc.integer({ min: 1, max: 40 }), (records, sizeMs) => {
      const grouped = () =>
        stream<number>('in')
          .groupByKey()
          .windowedBy(tumbling({ sizeMs, graceMs: BIG }))
      const lists = run(
        grouped().aggregate<number[]>(
          () => [],
          (_key, value, list) => (list.push(value), list),
        ),
        records,
      ).outputs
      const sums = run(
        grouped().reduce((sum, value) => sum * 10 + value),
        records,
      ).outputs
      for (const [at, output] of lists.entries()) {
        const { key, window, value } = output
        const inside = records
          .slice(0, at + 1)
          .filter((one) => one.key === key && one.timestamp >= (window?.start ?? 0) && one.timestamp < (window?.end ?? 0))
        assert.deepEqual(
          value,
          inside.map((one) => one.value),
        )
        assert.equal(
          sums[at]?.value,
          inside.map((one) => one.value).reduce((sum, one) => sum * 10 + one),
        )
      }
    }),
    { numRuns },
  )
})
