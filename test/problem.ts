import assert from 'node:assert/strict'
import { catalogued } from '#kernel/faults'
import type { Heard } from './whole-program.ts'

/** That an answer is a refusal as the catalogue has it, in the shape of RFC 9457, with every field that a caller may count on. */
export function isProblem({ headers, body, status, code }: Heard): void {
  assert.match(String(headers['content-type']), /^application\/problem\+json/)
  const { meaning, remedy, status: declared } = catalogued(code ?? '')
  assert.deepEqual([body['status'], body['title'], body['detail'], body['type']], [declared, meaning, remedy, `/docs/faults#${code}`])
  assert.deepEqual([status, body['requestId']], [declared, headers['x-request-id']])
  assert.equal(typeof body['facts'], 'object')
  assert.equal(Array.isArray(body['errors']), code === 'operations.input_invalid')
}
