import assert from 'node:assert/strict'
import { test } from 'node:test'
import { edgePredicates, edgeRows } from './edge-cases.sample.ts'
import { compile } from './predicate.ts'
import { PredicateError } from './predicate-error.ts'
import { matchesQuery } from './query-interpreter.sample.ts'
import { Chance, randomRow, sampleFields } from './random-case.sample.ts'
import { randomPredicate } from './random-predicate.sample.ts'
import { searchDocument, searchMapping } from './search-document.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 1)
const mapping = searchMapping(sampleFields)

test('the closure and the query agree on random predicates and documents', () => {
  let pairs = 0
  let truths = 0
  let refused = 0
  for (let round = 0; round < rounds; round++) {
    const chance = new Chance(50_000 + round)
    const rows = Array.from({ length: 50 }, () => randomRow(chance))
    const documents = rows.map((row) => JSON.parse(JSON.stringify(searchDocument(row, sampleFields))) as Record<string, unknown>)
    for (let each = 0; each < 100; each++) {
      const text = randomPredicate(chance, chance.below(4))
      const compiled = compiledOrRefused(text)
      if (compiled === null) {
        refused++
        continue
      }
      const query = JSON.parse(JSON.stringify(compiled.query)) as Record<string, unknown>
      for (const [index, row] of rows.entries()) {
        const expected = compiled.test(row)
        pairs++
        if (expected === true) truths++
        const actual = matchesQuery(query, documents[index] as Record<string, unknown>, mapping)
        assert.equal(
          actual,
          expected === true,
          `${text}\n${JSON.stringify(query)}\n${JSON.stringify(documents[index])} test says ${expected}`,
        )
      }
    }
  }
  assert.ok(truths > rounds * 100, `only ${truths} of ${pairs} pairs were true`)
  if (rounds > 1) console.log(`${pairs} pairs agreed, ${truths} true; ${refused} predicates not searchable`)
})

test('the closure and the query agree at the corners', () => {
  let compared = 0
  for (const text of edgePredicates) {
    const compiled = compiledOrRefused(text)
    if (compiled === null) continue
    compared++
    for (const row of edgeRows) {
      const stored = stripped(row)
      const document = JSON.parse(JSON.stringify(searchDocument(stored, sampleFields))) as Record<string, unknown>
      const expected = compiled.test(stored)
      assert.equal(
        matchesQuery({ ...compiled.query }, document, mapping),
        expected === true,
        `${text}\n${JSON.stringify(document)} test says ${expected}`,
      )
    }
  }
  assert.ok(compared > 35, `only ${compared} of ${edgePredicates.length} are searchable`)
})

// The index holds 64 bits; a row beyond them is no document.
function stripped(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '9223372036854775808'))
}

function compiledOrRefused(text: string): { query: object; test: (row: Record<string, unknown>) => boolean | null } | null {
  try {
    const predicate = compile(text, sampleFields)
    return { query: predicate.search(), test: predicate.test }
  } catch (error) {
    if (error instanceof PredicateError && /^(too dear|not searchable)/.test(error.message)) return null
    throw error
  }
}
