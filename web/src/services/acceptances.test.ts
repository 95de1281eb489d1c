import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAcceptances } from '#services/acceptances.ts'

const standing = (size: number) => ({ size, root: 'ab'.repeat(32), time: '2026-03-12T05:00:00Z' })
const one = { at: '2026-03-13T05:00:00Z', who: 'Rekha Nair', why: 'the backup of Thursday', before: standing(20), now: standing(12) }

void test('what was accepted is read as it was kept, and nothing else is taken for it', () => {
  assert.deepEqual(readAcceptances(JSON.stringify([one, one])), [one, one])
  for (const text of [null, '', '{', '"text"', 'null', '{}', '[]']) assert.deepEqual(readAcceptances(text), [], String(text))
  for (const other of [
    null,
    7,
    [],
    {},
    { ...one, at: 'never' },
    { ...one, who: undefined },
    { ...one, why: 1 },
    { ...one, before: null },
    { ...one, now: { ...one.now, root: 'short' } },
    { ...one, now: { ...one.now, size: 1.5 } },
  ])
    assert.deepEqual(readAcceptances(JSON.stringify([other, one])), [one], JSON.stringify(other))
})
