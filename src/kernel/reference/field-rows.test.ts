import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemaOf } from '#kernel/http'
import { z } from 'zod'
import { fieldRows } from './field-rows.ts'

test('fields of an input as rows: nested paths, types, choices, limits', () => {
  const schema = z.strictObject({
    amount: z.int().min(1).max(999),
    name: z.string().max(9).nullable(),
    from: z.enum(['wallet', 'cash']).default('wallet'),
    legs: z.array(z.strictObject({ account: z.string(), tags: z.array(z.string().max(3)) })).min(2),
    extra: z.strictObject({ on: z.iso.date() }).nullable().optional(),
  })
  const told = fieldRows(schemaOf(schema, 'input')).map(({ name, type, required, limits }) => `${name}|${type}|${required}|${limits}`)
  assert.deepEqual(told, [
    'amount|integer|true|≥ 1, ≤ 999',
    'name|string or null|true|',
    'from|"wallet" or "cash"|false|`wallet` unless given',
    'legs|list of object|true|at least 2',
    'legs[].account|string|true|',
    'legs[].tags|list of string|true|each at most 3 characters',
    'extra|object or null|false|',
    'extra.on|date|true|',
  ])
})
