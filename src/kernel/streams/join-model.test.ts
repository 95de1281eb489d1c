import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream, table } from './builder.ts'
import { testDriver } from './driver.ts'
import type { StreamOutput } from './engine.ts'

const numRuns = Number(process.env['HOLDFAST_ROUNDS'] ?? 200)
const FLUSH = 10_000_000

type Sided = { readonly topic: 'left' | 'right'; readonly key: string; readonly value: string; readonly timestamp: number }
const log = fc
  .array(
    fc.record({ topic: fc.constantFrom('left', 'right'), key: fc.constantFrom('a', 'b'), timestamp: fc.integer({ min: 0, max: 100 }) }),
    { maxLength: 40 },
  )
  .map((records) => records.map((record, at): Sided => ({ ...record, value: `${record.topic[0]}${at}` })))
const around = fc.record({ beforeMs: fc.integer({ min: 0, max: 20 }), afterMs: fc.integer({ min: 0, max: 20 }) })

const joiner = (left: unknown, right: unknown): string => `${String(left)} ${String(right)}`
const values = (outputs: readonly StreamOutput[]): string[] =>
  outputs.map(({ value }) => String(value)).sort((one, other) => (one < other ? -1 : 1))

for (const kind of ['join', 'leftJoin', 'outerJoin'] as const) {
  test(`${kind} of two streams: with grace to spare, all pairs in the window and each lonely record of an outer side, once`, () => {
    fc.assert(
      fc.property(log, around, (logged, { beforeMs, afterMs }) => {
        // A record whose window lies behind stream time is called lonely at once, grace or not (as in Kafka): so in order, for outer sides.
        const records = kind === 'join' ? logged : logged.toSorted((one, other) => one.timestamp - other.timestamp)
        const windows = { beforeMs, afterMs, graceMs: 1_000 }
        const driver = testDriver(stream('left')[kind](stream('right'), joiner, windows))
        const outputs = records.flatMap(({ topic, ...record }) => driver.pipe(topic, record))
        for (const topic of ['left', 'right'])
          outputs.push(...driver.pipe(topic, { key: 'z', value: topic, timestamp: FLUSH + (topic === 'left' ? 0 : 5_000) }))
        const side = (topic: string): Sided[] => records.filter((record) => record.topic === topic)
        const meet = (left: Sided, right: Sided): boolean =>
          left.key === right.key && right.timestamp >= left.timestamp - beforeMs && right.timestamp <= left.timestamp + afterMs
        const expected = side('left').flatMap((left) =>
          side('right')
            .filter((right) => meet(left, right))
            .map((right) => joiner(left.value, right.value)),
        )
        if (kind !== 'join') {
          expected.push(
            ...side('left')
              .filter((left) => !side('right').some((right) => meet(left, right)))
              .map(({ value }) => joiner(value, null)),
          )
        }
        if (kind === 'outerJoin') {
          expected.push(
            ...side('right')
              .filter((right) => !side('left').some((left) => meet(left, right)))
              .map(({ value }) => joiner(null, value)),
          )
        }
        const made = values(outputs.filter(({ key }) => key !== 'z'))
        assert.deepEqual(
          made,
          expected.sort((one, other) => (one < other ? -1 : 1)),
        )
      }),
      { numRuns },
    )
  })
}

type Change = { readonly topic: 'left' | 'right'; readonly key: string; readonly value: string | null }
const changes = fc.array(
  fc.record({
    topic: fc.constantFrom('left', 'right'),
    key: fc.constantFrom('a', 'b', 'c'),
    value: fc.option(fc.constantFrom('x', 'y', 'z')),
  }),
  {
    maxLength: 40,
  },
) as fc.Arbitrary<Change[]>

for (const kind of ['join', 'leftJoin', 'outerJoin'] as const) {
  test(`${kind} of two tables: the view is always the join of the latest rows`, () => {
    fc.assert(
      fc.property(changes, (log_) => {
        const driver = testDriver(table('left')[kind](table('right'), joiner, { as: 'joined' }))
        const rows = { left: new Map<string, string>(), right: new Map<string, string>() }
        for (const [at, { topic, key, value }] of log_.entries()) {
          driver.pipe(topic, { key, value, timestamp: at })
          if (value === null) rows[topic].delete(key)
          else rows[topic].set(key, value)
          const expected = ['a', 'b', 'c'].flatMap((one) => {
            const left = rows.left.get(one) ?? null
            const right = rows.right.get(one) ?? null
            const there = kind === 'join' ? left !== null && right !== null : left !== null || (kind === 'outerJoin' && right !== null)
            return there ? [[one, joiner(left, right)]] : []
          })
          // Kafka keeps a left join's row when the left side goes while the right side is there and its joiner gives something.
          const shown = driver
            .view('joined')
            .range()
            .map((row) => [row.key, row.value])
          assert.deepEqual(shown, expected)
        }
      }),
      { numRuns },
    )
  })
}

test('a table grouped by another key: counts and sums are those of the rows there are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.option(fc.integer({ min: 0, max: 5 })) }), {
        maxLength: 40,
      }),
      (log_) => {
        const grouped = () => table<number>('rows').groupBy((_key, value) => [value % 2 === 0 ? 'even' : 'odd', value] as const)
        const driver = testDriver([
          grouped().count({ as: 'counts' }),
          grouped().reduce(
            (sum, value) => sum + value,
            (sum, value) => sum - value,
            { as: 'sums' },
          ),
        ])
        const rows = new Map<string, number>()
        for (const [at, { key, value }] of log_.entries()) {
          driver.pipe({ key, value, timestamp: at })
          if (value === null) rows.delete(key)
          else rows.set(key, value)
          for (const [parity, rest] of [
            ['even', 0],
            ['odd', 1],
          ] as const) {
            const inside = [...rows.values()].filter((one) => one % 2 === rest)
            assert.equal(driver.view('counts').get(parity)?.value ?? 0, inside.length)
            assert.equal(
              driver.view('sums').get(parity)?.value ?? 0,
              inside.reduce((sum, one) => sum + one, 0),
            )
          }
        }
      },
    ),
    { numRuns },
  )
})
