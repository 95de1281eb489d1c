import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from './predicate.ts'
import { PredicateError } from './predicate-error.ts'
import { Chance, randomRow, sampleFields } from './random-case.sample.ts'
import { randomPredicate } from './random-predicate.sample.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 1)
const pieces = ['dpd', 'emi', 'name', 'tags', 'contacts', 'row', '.', '(', ')', '[', ']', '{', '}', ',', ':', '?', '!', '-', '+', '*', '/', '%', '&&', '||', '&', '|',
  '==', '!=', '<', '<=', '>', '>=', '=', 'in', 'null', 'true', 'has', 'size', 'date', 'timestamp', 'duration', 'exists', 'all', 'exists_one', 'matches',
  'startsWith', '"a"', "'", '"', '"""', "r'", 'b"x"', '\\', '1', '0x1F', '1u', '1.5', '1e999', '99999999999999999999', '__proto__', 'constructor', 'cel',
  'optional', 'type', 'int', 'dyn', 'map', 'filter', 'bind', 'c', 'c.verified', '//', '\n', '\0', '\uD800', '😀', '`', '"^a"', '"^(a"', '"^[z-a]"', '"^a{2,1}"'] // prettier-ignore

/** Compiles, and runs every form; a refusal is fine, any other error is not. */
function tryAll(text: string, chance: Chance): boolean {
  try {
    const predicate = compile(text, sampleFields)
    const row = randomRow(chance)
    assert.ok([true, false, null].includes(predicate.test(row)), text)
    assert.equal(predicate.explain(row).value, predicate.test(row), text)
    predicate.sql('r')
    predicate.search()
    return true
  } catch (error) {
    assert.ok(error instanceof PredicateError, `${JSON.stringify(text)}: ${error instanceof Error ? error.stack : String(error)}`)
    assert.ok(error.line >= 1 && error.column >= 1 && error.message !== '')
    return false
  }
}

test('random text is compiled or refused, and nothing else', () => {
  const chance = new Chance(3)
  for (let each = 0; each < 4_000 * rounds; each++) {
    const text = Array.from({ length: 1 + chance.below(14) }, () => chance.pick(pieces)).join(chance.often(50) ? ' ' : '')
    tryAll(text, chance)
  }
})

test('predicates with one place changed are compiled or refused, and nothing else', () => {
  const chance = new Chance(4)
  let compiled = 0
  for (let each = 0; each < 1_500 * rounds; each++) {
    const text = randomPredicate(chance, chance.below(3))
    const at = chance.below(text.length)
    const mutated = text.slice(0, at) + (chance.often(70) ? chance.pick(pieces) : '') + text.slice(at + chance.below(4))
    if (tryAll(mutated, chance)) compiled++
  }
  assert.ok(compiled > 20 * rounds, `only ${compiled} compiled`)
})
