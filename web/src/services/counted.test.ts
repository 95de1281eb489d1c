import assert from 'node:assert/strict'
import { test } from 'node:test'
import { counted } from '#services/counted.ts'

void test('one is one, and everything else is many, also nothing', () => {
  assert.deepEqual(
    [0, 1, 2, 123_456].map((n) => counted(n, 'record')),
    ['0 records', '1 record', '2 records', '1,23,456 records'],
  )
  assert.equal(counted(1, 'entry', 'entries'), '1 entry')
  assert.equal(counted(2, 'entry', 'entries'), '2 entries')
})
