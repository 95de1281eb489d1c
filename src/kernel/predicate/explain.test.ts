import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './predicate.ts'
import { Chance, randomRow, sampleFields } from './random-case.sample.ts'
import type { Explanation } from './explain.ts'

const fields = {
  dpd: 'int',
  tags: { list: 'string' },
  days: { list: 'int' },
  bucket: { enum: ['SMA1', 'SMA2'] },
  contacts: { list: { object: { type: 'string', verified: 'bool' } } },
} as const

test('each part says what it came to and why', () => {
  const told = compile('dpd >= 30 && bucket == "SMA1"', fields).explain({ dpd: 45 })
  assert.equal(told.value, null)
  assert.equal(told.why, 'bucket == "SMA1" is unknown')
  assert.deepEqual(
    told.parts.map((part) => [part.text, part.value, part.why]),
    [
      ['dpd >= 30', true, 'dpd is 45'],
      ['bucket == "SMA1"', null, 'bucket is missing'],
    ],
  )
})

test('why something is unknown', () => {
  const why = (text: string, row: Record<string, unknown>): string => compile(text, fields).explain(row).why
  assert.equal(why('dpd > 3', { dpd: null }), 'dpd is null')
  assert.equal(why('dpd > 3', { dpd: 'many' }), 'dpd is "many", which is no int')
  assert.equal(why('dpd / (dpd - dpd) > 3', { dpd: 4 }), 'dpd is 4, nothing is divided by zero')
  assert.equal(why('contacts.all(c, c.verified)', {}), 'contacts is missing')
  assert.equal(why('"a" in tags', { tags: ['b', null] }), 'tags has 2 elements, an element is unknown')
  assert.equal(why('dpd / 0 in days', { dpd: 1, days: [1] }), 'dpd is 1, days has 1 elements, nothing is divided by zero')
})

test('elements of a list are told one by one', () => {
  const row = { contacts: [{ type: 'mobile', verified: true }, { type: 'home' }] }
  const told = compile('contacts.exists(c, c.verified && c.type == "home")', fields).explain(row)
  assert.equal(told.value, null)
  assert.equal(told.why, 'of 2 elements of contacts 0 true, 1 false, 1 unknown: unknown')
  assert.deepEqual(
    told.parts[1]?.parts.map((part) => [part.text, part.value, part.why]),
    [
      ['c.verified [1]', null, 'c.verified is missing'],
      ['c.type == "home" [1]', true, 'c.type is "home"'],
    ],
  )
})

test('the whole always comes to what test says', () => {
  const chance = new Chance(7)
  const predicates = ['dpd > 3 || ok', '(ok ? dpd : score) > 3', 'tags.exists_one(t, t == name)', '!(has(row.name) && vip)'].map((text) =>
    compile(text, sampleFields),
  )
  for (let each = 0; each < 200; each++) {
    const row = randomRow(chance)
    for (const predicate of predicates) {
      const told: Explanation = predicate.explain(row)
      assert.equal(told.value, predicate.test(row))
      assert.notEqual(told.why, '')
    }
  }
})
