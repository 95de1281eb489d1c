import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Frontier, leafHash } from './merkle.ts'
import { consistencyPlan, fold, inclusionPlan, nodesOf } from './proof-plan.ts'
import { verifyConsistency, verifyInclusion } from './proof.ts'
import { slowRoot, treeOf } from './sample-tree.ts'

const SIZE_MAX = 300
const BIG = treeOf(SIZE_MAX)
const rootAt = [...Array(SIZE_MAX + 1).keys()].map((size) => {
  const frontier = new Frontier()
  for (const leaf of BIG.leaves.slice(0, size)) frontier.append(leaf)
  return frontier.root()
})
const root = (size: number): Buffer => rootAt[size] ?? Buffer.alloc(0)
const leaf = (index: number): Buffer => BIG.leaves[index] ?? Buffer.alloc(0)

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8))
  return copy
}

// Certificate Transparency reference proofs over the eight reference leaves.
const CT_LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const CT_INCLUSION: [index: number, size: number, path: string[]][] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
]
const CT_CONSISTENCY: [first: number, second: number, path: string[]][] = [
  [1, 1, []],
  [1, 8, CT_INCLUSION[1]?.[2] ?? []],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
]

function ctNode(level: number, index: number): Buffer {
  return slowRoot(CT_LEAVES.slice(index * 2 ** level, (index + 1) * 2 ** level).map((hex) => leafHash(Buffer.from(hex, 'hex'))))
}

test('proofs over the reference leaves are those of the reference', () => {
  const hexes = (plan: ReturnType<typeof inclusionPlan>): string[] =>
    plan.map((nodes) => fold(nodes, ({ level, index }) => ctNode(level, index)).toString('hex'))
  for (const [index, size, path] of CT_INCLUSION) assert.deepEqual(hexes(inclusionPlan(index, size)), path, `leaf ${index} of ${size}`)
  for (const [first, second, path] of CT_CONSISTENCY) assert.deepEqual(hexes(consistencyPlan(first, second)), path, `${first} in ${second}`)
})

test('every root is that of the definition', () => {
  for (const size of [0, 1, 2, 3, 7, 8, 9, 63, 64, 65, 255, 256, 257, 300])
    assert.deepEqual(root(size), slowRoot(BIG.leaves.slice(0, size)))
})

test('every inclusion proof of every size up to 300 verifies, and never for a neighbour', () => {
  for (let size = 1; size <= SIZE_MAX; size++)
    for (let index = 0; index < size; index++) {
      const path = BIG.prove(inclusionPlan(index, size))
      assert.ok(verifyInclusion({ index, size, leaf: leaf(index), path }, root(size)), `${index} of ${size}`)
      if (index > 0 && index % 37 === 0) assert.ok(!verifyInclusion({ index: index - 1, size, leaf: leaf(index), path }, root(size)))
    }
})

test('every consistency proof of every pair of sizes up to 300 verifies', () => {
  for (let second = 0; second <= SIZE_MAX; second++)
    for (let first = 0; first <= second; first++) {
      const path = BIG.prove(consistencyPlan(first, second))
      assert.ok(verifyConsistency({ first, second, firstRoot: root(first), secondRoot: root(second), path }), `${first} in ${second}`)
    }
})

const sizes = fc
  .integer({ min: 2, max: SIZE_MAX })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1), byte: fc.nat(31) }))

test('an inclusion proof with any byte altered fails', () => {
  fc.assert(
    fc.property(sizes, fc.nat(20), ({ size, index, byte }, pick) => {
      const path = BIG.prove(inclusionPlan(index, size))
      const good = { index, size, leaf: leaf(index), path }
      const at = pick % path.length
      assert.ok(!verifyInclusion({ ...good, path: path.map((hash, i) => (i === at ? flipped(hash, byte) : hash)) }, root(size)))
      assert.ok(!verifyInclusion({ ...good, leaf: flipped(leaf(index), byte) }, root(size)))
      assert.ok(!verifyInclusion(good, flipped(root(size), byte)))
      assert.ok(!verifyInclusion({ ...good, path: path.slice(1) }, root(size)))
      assert.ok(!verifyInclusion({ ...good, path: [...path, leaf(0)] }, root(size)))
    }),
  )
})

test('a consistency proof with any byte altered fails', () => {
  fc.assert(
    fc.property(sizes, fc.nat(20), ({ size, index, byte }, pick) => {
      const first = Math.max(1, index)
      const path = BIG.prove(consistencyPlan(first, size))
      const good = { first, second: size, firstRoot: root(first), secondRoot: root(size), path }
      const at = pick % Math.max(1, path.length)
      assert.ok(path.length === 0 || !verifyConsistency({ ...good, path: path.map((hash, i) => (i === at ? flipped(hash, byte) : hash)) }))
      assert.ok(!verifyConsistency({ ...good, firstRoot: flipped(root(first), byte) }))
      assert.ok(!verifyConsistency({ ...good, secondRoot: flipped(root(size), byte) }))
      assert.ok(!verifyConsistency({ ...good, path: path.slice(1) }) || path.length === 0)
      assert.ok(!verifyConsistency({ ...good, path: [...path, leaf(0)] }))
    }),
  )
})

test('malformed proofs are refused, not thrown', () => {
  const short = Buffer.alloc(31)
  assert.ok(!verifyInclusion({ index: 1, size: 1, leaf: leaf(0), path: [] }, root(1)))
  assert.ok(!verifyInclusion({ index: -1, size: 1, leaf: leaf(0), path: [] }, root(1)))
  assert.ok(!verifyInclusion({ index: 0.5, size: 2, leaf: leaf(0), path: [leaf(1)] }, root(2)))
  assert.ok(!verifyInclusion({ index: 0, size: 2, leaf: leaf(0), path: [short] }, root(2)))
  assert.ok(!verifyInclusion({ index: 0, size: Number.NaN, leaf: leaf(0), path: [] }, root(1)))
  assert.ok(!verifyConsistency({ first: 2, second: 1, firstRoot: root(2), secondRoot: root(1), path: [] }))
  assert.ok(!verifyConsistency({ first: 3, second: 5, firstRoot: root(3), secondRoot: root(5), path: [] }))
  assert.ok(!verifyConsistency({ first: 0, second: 5, firstRoot: root(1), secondRoot: root(5), path: [] }), 'the empty tree has one root')
  assert.throws(() => inclusionPlan(5, 5), RangeError)
  assert.throws(() => consistencyPlan(6, 5), RangeError)
})

test('plans of trees past 2^32 leaves stay small and aligned', () => {
  const size = 2 ** 40 + 12345
  const plan = inclusionPlan(2 ** 33 + 7, size)
  assert.ok(plan.length <= 41)
  for (const { level, index } of plan.flat()) assert.ok(Number.isSafeInteger(index) && level <= 40 && (index + 1) * 2 ** level <= size)
  assert.deepEqual(nodesOf(2 ** 40, 2 ** 40 + 3), [
    { level: 1, index: 2 ** 39 },
    { level: 0, index: 2 ** 40 + 2 },
  ])
})
