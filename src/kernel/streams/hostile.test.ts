import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream, table } from './builder.ts'
import { testDriver } from './driver.ts'
import type { EngineOptions } from './engine.ts'
import { compareKeys, identity, keyOf, WindowedKey } from './key-order.ts'
import { StreamError, type StreamErrorCode } from './stream-error.ts'
import { engineOf, restore, resume, snapshot, start, step, stepAll, topology } from './topology.ts'
import { fromText, toText } from './value-text.ts'
import { hopping, session, sliding, tumbling } from './window.ts'

function refused(code: StreamErrorCode, says?: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof StreamError && error.code === code && (says === undefined || says.test(error.message))
}
const counted = () => stream('in').groupByKey().count({ as: 'counts' })

test('windows that make no sense are refused when they are made', () => {
  const odd = [
    Number.NaN,
    -1,
    0.5,
    Number.POSITIVE_INFINITY,
    1e15,
    '5' as unknown as number,
    null as unknown as number,
    5n as unknown as number,
  ]
  for (const sizeMs of [...odd, 0]) assert.throws(() => tumbling({ sizeMs }), refused('streams.bad_window', /sizeMs/))
  for (const graceMs of odd.slice(0, 6)) {
    assert.throws(() => tumbling({ sizeMs: 1, graceMs }), refused('streams.bad_window', /graceMs/))
    assert.throws(() => session({ gapMs: 1, graceMs }), refused('streams.bad_window', /graceMs/))
  }
  assert.throws(() => hopping({ sizeMs: 5, advanceMs: 6 }), refused('streams.bad_window', /advanceMs/))
  assert.throws(() => hopping({ sizeMs: 5, advanceMs: 0 }), refused('streams.bad_window', /advanceMs/))
  assert.throws(() => hopping({ sizeMs: 10_001, advanceMs: 1 }), refused('streams.bad_window', /10000 windows/))
  assert.throws(() => sliding({ timeDifferenceMs: 0 }), refused('streams.bad_window', /timeDifferenceMs/))
  assert.throws(() => session({ gapMs: -1 }), refused('streams.bad_window', /gapMs/))
  const join = (windows: object) => () => stream('a').join(stream('b'), String, windows)
  assert.throws(join({ beforeMs: -5, afterMs: 4 }), refused('streams.bad_window', /negative/))
  assert.throws(join({}), refused('streams.bad_window', /beforeMs/))
})

test('topologies that cannot run are refused when they are made', () => {
  assert.throws(() => counted().suppress('untilWindowCloses'), refused('streams.bad_topology', /windowed/))
  assert.throws(() => counted().suppress({ untilTimeLimitMs: 1, maxRecords: -1 }), refused('streams.bad_topology'))
  assert.throws(() => stream(''), refused('streams.bad_topology'))
  assert.throws(() => testDriver([]), refused('streams.bad_topology'))
  assert.throws(() => testDriver([counted(), counted()]), refused('streams.bad_topology', /named counts/))
  for (const as of ['', '../x', 'a/b', 'meta', 'x'.repeat(101)]) {
    assert.throws(() => testDriver(stream('in').groupByKey().count({ as })), refused('streams.bad_topology', /name/))
  }
  assert.throws(() => stream('a').join(stream('b'), String), refused('streams.bad_topology', /needs/))
  assert.throws(
    () =>
      stream('in')
        .groupByKey()
        .windowedBy(session({ gapMs: 1 }))
        .aggregate(String, String),
    refused('streams.bad_topology', /merger/),
  )
})

test('a function that is missing, or stands in another place, is told so when the topology is made', () => {
  const windows = { timeDifferenceMs: 1 }
  const nothing = undefined as never
  const made: (() => unknown)[] = [
    () => stream('a').filter(nothing),
    () => stream('a').map({} as never),
    () => stream('a').join(stream('b'), windows as never, String as never),
    () => table('a').join(table('b'), nothing),
    () => stream('a').groupBy(nothing),
    () => stream('a').filterNot(nothing),
    () => stream('a').branch(String as never, nothing),
    () => stream('a').groupByKey().reduce(nothing),
    () =>
      table('a')
        .groupBy((key, value) => [key, value])
        .reduce(String, nothing),
    () =>
      stream('a')
        .groupByKey()
        .aggregate(0 as never, String),
    () => table('a').groupBy(nothing),
    () =>
      table('a')
        .groupBy((key, value) => [key, value])
        .aggregate(() => 0, Number, nothing),
  ]
  for (const make of made) assert.throws(make, refused('streams.bad_topology', /function/))
})

test('a bad record is refused and harms nothing', () => {
  const driver = testDriver(counted())
  driver.pipe({ key: 'a', value: 1, timestamp: 1 })
  for (const timestamp of [Number.NaN, -1, 1.5, 8.64e15 + 1, Number.POSITIVE_INFINITY, '3', null, undefined, 4n]) {
    assert.throws(() => driver.pipe({ key: 'a', value: 1, timestamp: timestamp as number }), refused('streams.bad_record', /timestamp/))
  }
  assert.throws(() => driver.pipe(null as never), refused('streams.bad_record'))
  assert.throws(() => driver.pipe('elsewhere', { timestamp: 1 }), refused('streams.unknown_topic', /in/))
  assert.deepEqual(driver.pipe({ key: 'a', value: 1, timestamp: 8.64e15 }), [{ key: 'a', value: 2, timestamp: 8.64e15 }])
  assert.equal(driver.droppedRecords, 0)
  const two = testDriver(stream('a').merge(stream('b')))
  assert.throws(() => two.pipe({ value: 1, timestamp: 1 }), refused('streams.unknown_topic', /which/))
})

test('keys that upset objects are ordinary keys', () => {
  const names = ['__proto__', 'constructor', 'toString', '', '\u0000', '\u0001', '\u0003x', '\uD800', '😀']
  const driver = testDriver(counted())
  for (const key of names)
    for (const count of [1, 2]) assert.deepEqual(driver.pipe({ key, value: 1, timestamp: 0 }), [{ key, value: count, timestamp: 0 }])
  assert.equal(driver.view('counts').range().length, names.length)
  const again = restore(driver.state.topology, driver.snapshot())
  assert.equal(snapshot(again), driver.snapshot())
  assert.equal(Object.getPrototypeOf({}), Object.prototype)
  const valued = testDriver(
    stream('in')
      .groupByKey()
      .reduce((_old, fresh) => fresh),
  )
  const value: unknown = JSON.parse('{"__proto__": {"polluted": true}, "n": [1]}')
  valued.pipe({ key: 'a', value, timestamp: 0 })
  assert.equal(snapshot(restore(valued.state.topology, valued.snapshot())), valued.snapshot())
  assert.equal(({} as { polluted?: boolean }).polluted, undefined)
})

test('keys of every kind keep their identity, and their order is that of their bytes', () => {
  const plain = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.jsonValue({ maxDepth: 3 }),
    fc.bigInt(),
  )
  const key = fc.oneof(
    plain,
    fc.tuple(plain, fc.nat(), fc.nat()).map(([inner, start, more]) => new WindowedKey(inner, { start, end: start + more })),
  )
  fc.assert(fc.property(key, (one) => assert.equal(identity(keyOf(identity(one))), identity(one))))
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
      assert.equal(Math.sign(compareKeys(one, other)), Math.sign(Buffer.compare(Buffer.from(one), Buffer.from(other))))
    }),
  )
  assert.ok(compareKeys(1, 2) < 0 && compareKeys(-1, 1) > 0 && compareKeys(-2, -1) < 0)
  let deep: unknown = 0
  for (let level = 0; level < 10_000; level++) deep = [deep]
  assert.throws(() => identity(deep), refused('streams.bad_record', /nest/))
  for (const odd of [new Date(1), new Map([[1, 2]]), new Uint8Array(2), Number.NaN, Number.NEGATIVE_INFINITY, () => 1, { a: new Date(1) }])
    assert.throws(() => identity(odd), refused('streams.bad_record', /JSON/))
  const driver = testDriver(
    stream('in')
      .groupByKey()
      .reduce((old) => old),
  )
  driver.pipe({ key: 'a', value: deep, timestamp: 1 })
  assert.throws(() => driver.pipe({ key: 'a', value: deep, timestamp: 1 }), refused('streams.bad_record', /nest/))
})

test('options that bound nothing are refused', () => {
  for (const odd of [Number.NaN, -1, 0.5, '9', Number.POSITIVE_INFINITY]) {
    assert.throws(() => testDriver(counted(), { maxEntries: odd as number }), refused('streams.bad_topology', /maxEntries/))
    assert.throws(() => testDriver(counted(), { outerJoinEmitIntervalMs: odd as number }), refused('streams.bad_topology', /outerJoin/))
  }
})

/** Processor time of this process, so that a busy machine does not count. */
function costOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

test('state is loaded in proportion to its rows: of one key as of many, and again where rows replace rows', () => {
  const entries = 60_000
  const joins = topology(stream('a').join(stream('b'), String, { timeDifferenceMs: entries }))
  const log = (key: (at: number) => string) =>
    Array.from({ length: entries }, (_, at) => ({ key: key(at), topic: 'a', value: 1, timestamp: at }))
  const snapshotOf = (key: (at: number) => string): string => snapshot(stepAll(start(joins), log(key))[0])
  const [one, many] = [snapshotOf(() => 'k'), snapshotOf((at) => `k${at}`)].map((text) => costOf(() => restore(joins, text)))
  assert.ok((one ?? 0) < 2 * (many ?? 0), `one key ${one}, many ${many}`)
  const held = topology(counted().suppress({ untilTimeLimitMs: entries }))
  const [state] = stepAll(
    start(held),
    log((at) => `k${at}`),
  )
  const rows = [...engineOf(state).rows()]
  const [once, twice] = [rows, [...rows, ...rows]].map((all) => costOf(() => resume(held, all)))
  assert.ok((twice ?? 0) < 4 * (once ?? 0), `once ${once}, twice ${twice}`)
  assert.equal(snapshot(resume(held, [...rows, ...rows])), snapshot(state))
})

test('values go through text unchanged, and what would not is refused', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(fromText(toText(value)), JSON.parse(JSON.stringify(value)))))
  assert.deepEqual(fromText(toText({ paise: 12_345_678_901_234_567_890n, list: [1n] })), { paise: 12_345_678_901_234_567_890n, list: [1n] })
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('s'), new Map(), new Date(0), { $bigint: '1' }]) {
    assert.throws(() => toText(value), refused('streams.bad_record'))
  }
})

test('memory is bounded: full stores and buffers fail with their name, queues and mappers too', () => {
  const small = testDriver(counted(), { maxEntries: 2 })
  for (const key of ['a', 'b']) small.pipe({ key, value: 1, timestamp: 0 })
  assert.throws(() => small.pipe({ key: 'c', value: 1, timestamp: 0 }), refused('streams.state_full', /counts/))
  assert.deepEqual(small.pipe({ key: 'a', value: 1, timestamp: 0 }), [{ key: 'a', value: 2, timestamp: 0 }])
  const held = testDriver(counted().suppress({ untilTimeLimitMs: 10, maxRecords: 1, whenFull: 'shutDown' }))
  held.pipe({ key: 'a', value: 1, timestamp: 0 })
  assert.throws(() => held.pipe({ key: 'b', value: 1, timestamp: 0 }), refused('streams.buffer_full'))
  const endless = testDriver(
    stream('in').flatMapValues(function* () {
      for (;;) yield 1
    }),
  )
  assert.throws(() => endless.pipe({ key: 'a', value: 1, timestamp: 0 }), refused('streams.bad_record', /100000/))
  assert.ok(afterWindows({ caching: false }, 5_000) < 10, 'closed windows leave')
  assert.ok(afterWindows({}, 15_000) < 10_010, 'a cache shows 10,000 of them')
  assert.ok(afterWindows({ maxEntries: 20 }, 5_000) <= 22, 'or fewer, where the store is smaller')
})

function afterWindows(options: EngineOptions, windows: number): number {
  const counts = stream('in')
    .groupByKey()
    .windowedBy(tumbling({ sizeMs: 60_000 }))
    .count()
  const log = Array.from({ length: windows }, (_, at) => ({ key: `k${at}`, value: 1, timestamp: at * 60_000 }))
  return snapshot(stepAll(start(topology(counts), options), log)[0]).split('\n').length
}

test('what is no state is told so, and a snapshot is read only by its own topology', () => {
  const of = topology(counted())
  const first = start(of)
  const [second] = step(first, { key: 'a', value: 1, timestamp: 0 })
  assert.throws(() => snapshot({} as never), refused('streams.stale_state'))
  const text = snapshot(second)
  assert.throws(() => restore(topology(table('in')), text), refused('streams.bad_snapshot'))
  for (const broken of ['', '[]', '{', text.replace('counts', 'kounts'), `${text}\nx`, `${text}\n["counts",0,"b","x 1"]`]) {
    assert.throws(() => restore(of, broken), refused('streams.bad_snapshot'), broken)
  }
  const branch = restore(of, text)
  assert.deepEqual(step(branch, { key: 'a', value: 1, timestamp: 5 })[1], step(second, { key: 'a', value: 1, timestamp: 5 })[1])
})

test('noise in place of a snapshot never does worse than a refusal', () => {
  const of = topology(counted())
  const lines = snapshot(step(start(of), { key: 'a', value: 1, timestamp: 0 })[0]).split('\n')
  fc.assert(
    fc.property(fc.nat({ max: lines.length - 1 }), fc.string(), fc.nat(), (at, noise, place) => {
      const line = lines[at] ?? ''
      const broken = lines.with(at, line.slice(0, place % line.length) + noise + line.slice(place % line.length)).join('\n')
      try {
        snapshot(restore(of, broken))
      } catch (error) {
        assert.ok(error instanceof StreamError, String(error))
      }
    }),
  )
})
