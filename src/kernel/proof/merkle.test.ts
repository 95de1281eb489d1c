import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EMPTY_ROOT, Frontier, leafHash, nodeHash } from './merkle.ts'
import { treeOf } from './sample-tree.ts'

// The leaves and roots of the Certificate Transparency reference tests (testonly/constants.go of transparency-dev/merkle).
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

test('the roots of 0 to 8 leaves are those of the reference', () => {
  const frontier = new Frontier()
  assert.equal(frontier.root().toString('hex'), ROOTS[0])
  for (const [i, leaf] of LEAVES.entries()) {
    frontier.append(leafHash(Buffer.from(leaf, 'hex')))
    assert.equal(frontier.root().toString('hex'), ROOTS[i + 1], `${i + 1} leaves`)
  }
})

test('the prefixes tell a leaf from a node', () => {
  const [a, b] = [leafHash(Buffer.from('a')), leafHash(Buffer.from('b'))]
  assert.notDeepEqual(nodeHash(a, b), leafHash(Buffer.concat([a, b])))
  assert.notDeepEqual(nodeHash(a, b), nodeHash(b, a))
  assert.notDeepEqual(leafHash(Buffer.alloc(0)), EMPTY_ROOT)
})

test('a frontier taken up again from its hashes goes on as if it had never stopped', () => {
  const leaves = treeOf(131).leaves
  const whole = new Frontier()
  for (const [i, leaf] of leaves.entries()) {
    whole.append(leaf)
    const resumed = new Frontier(whole.size, whole.hashes)
    for (const later of leaves.slice(i + 1)) resumed.append(later)
    assert.deepEqual(resumed.root(), treeOf(131).root)
  }
})

test('every interior node is announced once, when its last leaf arrives', () => {
  const seen = new Map<string, number>()
  const frontier = new Frontier()
  for (const leaf of treeOf(100).leaves) frontier.append(leaf, (level, index) => seen.set(`${level}/${index}`, frontier.size))
  const expected = [1, 2, 3, 4, 5, 6].flatMap((level) => Array.from({ length: Math.floor(100 / 2 ** level) }, (_, i) => `${level}/${i}`))
  assert.deepEqual([...seen.keys()].sort(), expected.sort())
  assert.equal(seen.get('6/0'), 63, 'during the append of leaf 63')
})

test('a frontier that does not fit its size is refused', () => {
  assert.throws(() => new Frontier(3, [EMPTY_ROOT]), RangeError)
  assert.throws(() => new Frontier(-1, []), RangeError)
  assert.throws(() => new Frontier(0.5, []), RangeError)
})
