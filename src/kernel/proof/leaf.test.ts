import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { encode, sha256 } from './canonical.ts'
import { leafOf } from './leaf.ts'

test('a leaf is SHA-256(0x00 ‖ canonical stream, id and digest)', () => {
  fc.assert(
    fc.property(fc.constantFrom('transfer', 'audit'), fc.string({ unit: 'grapheme', maxLength: 60 }), (stream, id) => {
      const digest = sha256(Buffer.from(id))
      const data = encode('holdfast.leaf.v1', [stream, id, digest])
      assert.deepEqual(leafOf(stream, id, digest), createHash('sha256').update(Buffer.of(0)).update(data).digest())
    }),
  )
})

test('stream, id and digest each change it', () => {
  const [a, b] = [sha256(Buffer.from('a')), sha256(Buffer.from('b'))]
  const leaves = [leafOf('s', 'i', a), leafOf('s', 'i', b), leafOf('s', 'j', a), leafOf('t', 'i', a), leafOf('si', '', a)]
  assert.equal(new Set(leaves.map((leaf) => leaf.toString('hex'))).size, leaves.length)
})

test('what is no digest or no id is refused', () => {
  assert.throws(() => leafOf('s', 'i', Buffer.alloc(31)), /32 bytes/)
  assert.throws(() => leafOf('s', 'x'.repeat(5_000), Buffer.alloc(32)), /not the id/)
  assert.throws(() => leafOf('s', 'a\ud800', Buffer.alloc(32)), /not the id/)
})
