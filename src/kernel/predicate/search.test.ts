import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './predicate.ts'
import { PredicateError } from './predicate-error.ts'

const fields = {
  dpd: 'int',
  emi: 'money',
  name: 'string',
  due: 'date',
  tags: { list: 'string' },
  scores: { list: 'int' },
  flags: { list: 'bool' },
  contacts: { list: { object: { type: 'string', verified: 'bool' } } },
  address: { object: { city: 'string' } },
} as const

test('queries for the common shapes', () => {
  const cases: readonly [string, object][] = [
    ['dpd >= 30', { range: { dpd: { gte: 30 } } }],
    ['dpd > 30 && dpd < 60', { bool: { filter: [{ range: { dpd: { gte: 31 } } }, { range: { dpd: { lte: 59 } } }] } }],
    ['name == "a"', { term: { name: 'a' } }],
    ['name in ["a", "b"]', { terms: { name: ['a', 'b'] } }],
    ['name != "a"', { bool: { filter: [{ exists: { field: 'name' } }, { bool: { must_not: [{ term: { name: 'a' } }] } }] } }],
    ['emi == 9007199254740993', { term: { emi: '9007199254740993' } }],
    ['due > date("2026-01-31")', { range: { due: { gte: '2026-02-01' } } }],
    ['name.contains("50%*")', { wildcard: { name: { value: '*50%\\**' } } }],
    ['name.startsWith("a*")', { prefix: { name: { value: 'a*' } } }],
    ['has(row.dpd)', { exists: { field: 'dpd' } }],
    ['dpd == null', { bool: { must_not: [{ exists: { field: 'dpd' } }] } }],
    ['"vip" in tags', { term: { tags: 'vip' } }],
    ['dpd / 7 + 1 > 4', { range: { dpd: { gte: 28 } } }],
    ['dpd < 9223372036854775808', { exists: { field: 'dpd' } }],
    ['dpd > 9223372036854775807', { match_none: {} }],
    ['due > date("9999-12-31")', { match_none: {} }],
    ['due < date("0001-01-01")', { match_none: {} }],
    ['flags.exists(f, !f)', { term: { flags: false } }],
    ['flags.exists(f, f != false)', { term: { flags: true } }],
    ['size(tags) >= 2', { range: { 'shape.size.tags': { gte: 2 } } }],
    [
      'contacts.exists(c, c.verified && c.type == "mobile")',
      {
        nested: {
          path: 'contacts',
          query: { bool: { filter: [{ term: { 'contacts.verified': true } }, { term: { 'contacts.type': 'mobile' } }] } },
        },
      },
    ],
  ]
  for (const [text, expected] of cases) {
    const query = compile(text, fields).search()
    assert.deepEqual(query, expected, text)
  }
})

test('a condition on the row inside a list is asked outside the nested query', () => {
  const query = JSON.stringify(compile('contacts.exists(c, c.verified && dpd > 3)', fields).search())
  assert.equal(
    query,
    '{"bool":{"filter":[{"range":{"dpd":{"gte":4}}},{"nested":{"path":"contacts","query":{"term":{"contacts.verified":true}}}}]}}',
  )
})

test('what documents cannot be asked for is refused with a place', () => {
  for (const [text, column] of [
    ['dpd > emi', 1],
    ['dpd % 2 == 0', 1],
    ['name + "b" == "ab"', 1],
    ['contacts.exists(c, c.type == name)', 20],
    ['tags.exists_one(t, t == "a")', 1],
    ['name in tags', 1],
    ['contacts.exists(c, tags.exists(t, c.verified))', 20],
    ['contacts.exists(c, flags.all(f, f || c.verified))', 20],
  ] as const) {
    assert.throws(
      () => compile(text, fields).search(),
      (error) => error instanceof PredicateError && error.column === column && error.message.startsWith('not searchable'),
      text,
    )
  }
})
