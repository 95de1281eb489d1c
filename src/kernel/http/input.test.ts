import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unstorable } from './input.ts'

test('what PostgreSQL cannot keep is told by its place, in names and in values, at any depth', () => {
  const input = { a: ['x', 'a\0', { 'b\ud800': 1 }], 'c/d': '\udfff', e: null, f: 7 }
  assert.deepEqual(
    unstorable(input).map(({ pointer, code }) => [pointer, code]),
    [
      ['/a/1', 'null_character'],
      ['/a/2', 'not_unicode'],
      ['/c~1d', 'not_unicode'],
    ],
  )
})

test('a body full of them is told by the first fifty, and is no work', () => {
  const body = { a: Array.from({ length: 100_000 }, () => '\0') }
  const before = process.cpuUsage()
  assert.equal(unstorable(body).length, 50)
  const { user } = process.cpuUsage(before)
  assert.ok(user < 1_000_000, `${user} µs`)
})
