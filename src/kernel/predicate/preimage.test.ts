import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closureOf } from './closure.ts'
import type { Type } from './fields.ts'
import type { Arithmetic, Comparison, Node } from './node.ts'
import { isolate } from './preimage.ts'
import { compareCuts, complement, cutAt, intersection, prefixRanges, type RangeSet, rangesOf, union } from './range-set.ts'
import { compareText } from './text-order.ts'

const span = { start: 0, end: 0, type: { kind: 'int' } satisfies Type }
const x: Node = { op: 'ref', root: 0, names: ['x'], ...span }
const constant = (value: number): Node => ({ op: 'constant', value: BigInt(value), ...span })

function contains(set: RangeSet, value: bigint | string): boolean {
  const cut = cutAt(value, false)
  return set.some(({ from, to }) => (from === null || compareCuts(from, cut) <= 0) && (to === null || compareCuts(to, cut) > 0))
}

const small = [-3, -2, -1, 0, 1, 2, 3]
const comparisons: readonly Comparison[] = ['==', '!=', '<', '<=', '>', '>=']

test('solving for the field agrees with computing, for all small integers', () => {
  const operations: readonly [Arithmetic, boolean][] = [
    ['+', true],
    ['-', true],
    ['*', true],
    ['/', true],
    ['+', false],
    ['-', false],
    ['*', false],
  ]
  for (const [how, isLeft] of operations)
    for (const k of small) {
      const node: Node = { op: 'arithmetic', how, left: isLeft ? x : constant(k), right: isLeft ? constant(k) : x, ...span }
      const compute = closureOf(node, [])
      for (const compared of comparisons)
        for (const bound of [-7, -1, 0, 1, 4]) {
          const target = rangesOf(compared, BigInt(bound))
          const solved = isolate(node, target)
          assert.ok(solved !== null)
          for (let value = -25; value <= 25; value++) {
            const result = compute({ x: value })
            const expected = result !== null && contains(target, BigInt(result))
            assert.equal(
              contains(solved.set, BigInt(value)),
              expected,
              `${value} ${how} ${k} ${compared} ${bound}, field ${isLeft ? 'left' : 'right'}`,
            )
          }
        }
    }
})

test('sets of ranges obey the laws of sets', () => {
  const sets = small.flatMap((a) => small.map((b) => union([rangesOf('<', BigInt(a)), rangesOf('==', BigInt(b))])))
  for (const a of sets)
    for (const b of sets.slice(0, 12))
      for (let value = -5n; value <= 5n; value++) {
        const [inA, inB] = [contains(a, value), contains(b, value)]
        assert.equal(contains(union([a, b]), value), inA || inB)
        assert.equal(contains(intersection(a, b), value), inA && inB)
        assert.equal(contains(complement(a), value), !inA)
      }
})

test('the texts with a prefix are a range by code point', () => {
  const texts = ['', 'a', 'ab', 'abc', 'ac', 'b', '\uD7FF', '\uD7FFx', '\uE000', '😀', '😀a', '\u{10FFFF}', '\u{10FFFF}x']
  for (const prefix of texts)
    for (const text of texts) assert.equal(contains(prefixRanges(prefix), text), text.startsWith(prefix), `${prefix} of ${text}`)
})

test('text is ordered as its UTF-8 bytes are', () => {
  const texts = ['', 'a', 'é', '\uD7FF', '\uE000', '\uFFFD', '😀', '𝒳', 'a😀', 'a\uFFFD']
  for (const a of texts)
    for (const b of texts)
      assert.equal(Math.sign(compareText(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))), `${a} ${b}`)
})
