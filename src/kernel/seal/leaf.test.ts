import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { encode, sha256 } from './canonical.ts'
import { leafOf } from './leaf.ts'

test('a leaf is SHA-256(0x00 ‖ canonical stream, id and digest)', () => {
  const digest = sha256(Buffer.from('row'))
  const data = encode('holdfast.leaf.v1', ['transfer', 'tr_1', digest])
  assert.deepEqual(leafOf('transfer', 'tr_1', digest), createHash('sha256').update(Buffer.of(0)).update(data).digest())
})

test('stream, id and digest each change it', () => {
  const [a, b] = [sha256(Buffer.from('a')), sha256(Buffer.from('b'))]
  const leaves = [leafOf('s', 'i', a), leafOf('s', 'i', b), leafOf('s', 'j', a), leafOf('t', 'i', a), leafOf('si', '', a)]
  assert.equal(new Set(leaves.map((leaf) => leaf.toString('hex'))).size, leaves.length)
})
