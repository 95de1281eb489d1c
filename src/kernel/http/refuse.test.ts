import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#kernel/faults'
import { httpFaults } from './index.ts'
import { translated } from './refuse.ts'

test('what a file server refuses is a refusal of the caller, and no failure of ours', () => {
  assert.ok(httpFaults.some(({ status }) => status === 412))
  const told = translated(Object.assign(new Error('Precondition Failed'), { statusCode: 412 }))
  assert.ok(told instanceof Fault)
  assert.deepEqual([told.code, told.status], ['http.precondition_failed', 412])
  const ours = new Error('ours')
  assert.equal(translated(ours), ours)
})
