import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isoDay, parseDate } from '#services/when.ts'

void test('a day is read however people write it', () => {
  for (const [typed, day] of [
    ['12 Mar 2026', '2026-03-12'],
    ['12 march 2026', '2026-03-12'],
    ['12mar 2026', '2026-03-12'],
    ['12-Mar-2026', '2026-03-12'],
    ['1 Sept 2026', '2026-09-01'],
    ['March 12, 2026', '2026-03-12'],
    ['Mar 12 2026', '2026-03-12'],
    ['12/3/2026', '2026-03-12'],
    ['12.03.2026', '2026-03-12'],
    ['12-3-2026', '2026-03-12'],
    ['2026-03-12', '2026-03-12'],
    ['2026-3-2', '2026-03-02'],
    ['  29  feb 2028 ', '2028-02-29'],
  ] as const)
    assert.equal(parseDate(typed), day, typed)
})

void test('what is no day of the calendar is none', () => {
  for (const typed of [
    '',
    '31 Apr 2026',
    '29 Feb 2026',
    '30/2/2026',
    '2026-02-31',
    '12/13/2026',
    '0 Mar 2026',
    '12 junk 2026',
    '12 ma 2026',
    '12 Mar',
    '12 Mar 26',
    '12 Mar 20261',
  ])
    assert.equal(parseDate(typed), undefined, typed)
})

void test('an address holds a day only as it is written there', () => {
  assert.equal(isoDay('2026-03-12'), '2026-03-12')
  for (const text of [undefined, '', 'abc', '2026-02-31', '2026-3-2', '12 Mar 2026']) assert.equal(isoDay(text), undefined, text)
})
