import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Batch } from './batch.ts'
import { Entry, FORGOTTEN, OPEN, OVER } from './entry.ts'
import { Tables } from './key-index.ts'
import { Lane } from './lane.ts'
import { Tenant } from './tenant.ts'

const rounds = { numRuns: Number(process.env['HOLDFAST_ROUNDS'] ?? 200) }
type Key = Entry<number, number>

/** A lane beside what it should be: a list of those that wait, and of those that are out. */
function both() {
  const lane = new Lane<number, number>(new Tenant('a'), undefined, { due: () => undefined, tables: new Tables() })
  const batch = {} as Batch<number, number>
  const waiting: Key[] = []
  const out: Key[] = []
  const close = (entry: Key, state: typeof FORGOTTEN | typeof OVER): void => {
    const { state: before } = entry
    entry.state = state
    if (before === OPEN) lane.closed(1)
  }
  return {
    ask(id: number): void {
      const known = lane.find(id)
      const open = [...waiting, ...out].filter(({ state, id: other }) => state === OPEN && other === id)
      assert.deepEqual([known], [open[0]])
      if (known !== undefined) return
      const entry: Key = new Entry(id)
      waiting.push(entry)
      lane.add(entry)
    },
    take(max: number): void {
      const taken = lane.take(max)
      assert.ok(taken.length <= max)
      assert.deepEqual(taken, waiting.splice(0, taken.length))
      for (const entry of taken) entry.batch = batch
      out.push(...taken)
    },
    drop(at: number): void {
      const [entry] = waiting.splice(at % Math.max(1, waiting.length), 1)
      if (entry === undefined) return
      lane.dropped++
      close(entry, OVER)
    },
    end(at: number, how: 'over' | 'forgotten' | 'again'): void {
      const [entry] = out.splice(at % Math.max(1, out.length), 1)
      if (entry === undefined) return
      if (how === 'over') return close(entry, OVER)
      if (how === 'forgotten') close(entry, FORGOTTEN)
      entry.batch = undefined
      waiting.push(entry)
      lane.enqueue(entry)
    },
    check(): void {
      assert.equal(lane.open, [...waiting, ...out].filter(({ state }) => state === OPEN).length)
      assert.equal(lane.queued - lane.dropped, waiting.length)
    },
  }
}

const step = fc.record({
  does: fc.constantFrom<'ask' | 'take' | 'drop' | 'over' | 'forgotten' | 'again'>(
    'ask',
    'ask',
    'take',
    'drop',
    'over',
    'forgotten',
    'again',
  ),
  times: fc.constantFrom(1, 3, 20, 400),
  number: fc.nat(1000),
})

test('a lane finds the open keys and hands out the waiting ones in order, however much is dropped, forgotten, tried again', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const of = both()
      for (const { does, times, number } of steps) {
        if (does === 'take') of.take(times)
        else
          for (let i = 0; i < times; i++) {
            if (does === 'ask') of.ask(number + i)
            else if (does === 'drop') of.drop(number * i)
            else of.end(number * i, does)
          }
        of.check()
      }
    }),
    rounds,
  )
})

test('few keys of any kind: only the same is the same', () => {
  const laneOf = () => new Lane<unknown, unknown>(new Tenant('a'), undefined, { due: () => undefined, tables: new Tables() })
  const ids: unknown[] = [
    0,
    1,
    32,
    33,
    64,
    -1,
    0.5,
    2 ** 32,
    2 ** 53,
    Infinity,
    NaN,
    '0',
    '',
    'a',
    1n,
    true,
    null,
    undefined,
    Symbol('a'),
    {},
  ]
  const full = laneOf()
  for (const id of ids) {
    const alone = laneOf()
    alone.add(new Entry(id))
    for (const lane of [alone, full]) {
      if (lane === full) {
        assert.equal(full.find(id), undefined, String(id))
        full.add(new Entry(id))
      }
      assert.equal(lane.find(id)?.id, id, String(id))
      if (id === 0) assert.equal(lane.find(-0)?.id, 0)
    }
  }
})
