import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Entry, OVER } from './entry.ts'
import { KeyIndex, Tables } from './key-index.ts'
import { source } from './source.ts'

const rounds = { numRuns: Number(process.env['HOLDFAST_ROUNDS'] ?? 100) }
const EDGES = [0, -0, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 32, 0.5, Number.NaN, Infinity, '0', '', 0n, null, undefined, true]
const id = fc.oneof(fc.nat(60), fc.integer(), fc.constantFrom<unknown>(...EDGES), fc.string({ maxLength: 2 }))

/** Of 32-bit numbers, those that fall on the first place of any table of up to 2 ** 16 places. */
function colliding(count: number): number[] {
  const inverse = 0x0e8b2f51 // of the multiplier, modulo 2 ** 32
  return Array.from({ length: count }, (_, i) => Math.imul(i, inverse))
}

test('an index finds what a map would, whatever the ids, in tables that others used before', () => {
  const tables = new Tables()
  fc.assert(
    fc.property(fc.array(fc.record({ id, closes: fc.nat(3) }), { maxLength: 300 }), (steps) => {
      const list: Entry<unknown, unknown>[] = []
      const index = new KeyIndex(tables, list)
      const model = new Map<unknown, Entry<unknown, unknown>>()
      for (const { id, closes } of steps) {
        const known = index.find(id)
        assert.equal(known, model.get(id))
        if (known === undefined) {
          const entry = new Entry<unknown, unknown>(id)
          model.set(id, entry)
          index.add(entry, list.push(entry))
        } else if (closes === 0) {
          known.state = OVER
          model.delete(id)
        }
      }
      for (const { id } of steps) assert.equal(index.find(id), model.get(id))
      index.end()
    }),
    rounds,
  )
})

test('numbers chosen to fall on one place cost no more than others', async () => {
  const keys = colliding(60_000)
  assert.equal(new Set(keys).size, keys.length)
  assert.ok(keys.every((key) => Math.imul(key, 0x9e3779b1) >>> 16 === 0))
  const from = source<number, number>({ load: (all) => all, maxBatch: 1_000_000 })
  const start = process.cpuUsage()
  const outcomes = await from.many([...keys, ...keys])
  const { user } = process.cpuUsage(start)
  assert.ok(outcomes.every((outcome, i) => outcome.ok && outcome.value === keys[i % keys.length]))
  assert.equal(from.metrics().joined, keys.length)
  assert.ok(user < 2_000_000, `${user} us`)
})
