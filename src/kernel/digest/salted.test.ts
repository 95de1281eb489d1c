import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { digestOf, salted } from './salted.ts'

test('a digest is SHA-256 of salt and body, whatever the length of the body', () => {
  for (const body of ['', '{}', '₹'.repeat(9_000), 'x'.repeat(100_000), '{"a":1}']) {
    const { salt, digest } = salted(body)
    assert.deepEqual(digest, createHash('sha256').update(salt).update(body).digest())
    assert.deepEqual(digestOf(salt, body), digest)
  }
})

test('a thousand salts are a thousand different ones', () => {
  assert.equal(new Set(Array.from({ length: 1_000 }, () => salted('').salt.toString('hex'))).size, 1_000)
})
