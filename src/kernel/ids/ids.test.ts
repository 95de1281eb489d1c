import assert from 'node:assert/strict'
import test from 'node:test'
import { idOf, idSource, isId, timeOfId } from './id.ts'
import { newId, seededIds, useIds } from './source.ts'

test('ids have their shape, their prefix and their time', () => {
  const id = newId('loan')
  assert.match(id, /^loan_[0-7][0-9a-hjkmnp-tv-z]{25}$/)
  assert.equal(isId('loan', id), true)
  assert.equal(idOf('loan').safeParse(id).success, true)
  assert.ok(Math.abs(timeOfId(id) - Date.now()) < 5000)
  const at = idSource({ now: () => 1_700_000_000_123, random: () => 0n })
  assert.equal(timeOfId(at('loan')), 1_700_000_000_123)
})

test('other texts are not ids', () => {
  const id = newId('loan')
  const body = id.slice(5)
  for (const bad of [
    '',
    'loan_',
    `person_${body}`,
    `loan_${body}x`,
    id.slice(0, -1),
    id.toUpperCase(),
    `loan_8${body.slice(1)}`,
    `loan_${body.slice(0, -1)}u`,
    `${id}\n`,
    ` ${id}`,
    `loan-${body}`,
  ]) {
    assert.equal(isId('loan', bad), false, JSON.stringify(bad))
    assert.equal(idOf('loan').safeParse(bad).success, false, JSON.stringify(bad))
  }
  for (const prefix of ['', 'l', 'Loan', 'loan_x', 'a'.repeat(17)]) assert.throws(() => newId(prefix), RangeError)
})

test('ids grow as text: within a millisecond, and when the clock steps back', () => {
  const times = [5, 5, 5, 3, 6, 6, 2 ** 48 + 5, 2 ** 48 + 6]
  let at = 0
  const make = idSource({ now: () => times[at++ % times.length] ?? 0, random: () => (1n << 80n) - 1n })
  const made = times.map(() => make('loan'))
  assert.deepEqual(made, [...new Set(made)].sort())
  const many = Array.from({ length: 20_000 }, () => newId('leg'))
  assert.deepEqual(many, [...new Set(many)].sort())
})

test('a seed repeats its ids, and gives them back to the machine afterwards', () => {
  const draw = (seed: number): string[] => {
    let now = 1_000
    const restore = useIds(seededIds(seed, () => (now += 7)))
    try {
      return Array.from({ length: 100 }, () => newId('loan'))
    } finally {
      restore()
    }
  }
  assert.deepEqual(draw(42), draw(42))
  assert.notDeepEqual(draw(42), draw(43))
  assert.ok(timeOfId(newId('loan')) > 1_600_000_000_000)
})
