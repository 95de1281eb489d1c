import assert from 'node:assert/strict'
import { test } from 'node:test'
import { instalmentText, isOverdue, pastDueText } from '#services/arrears.ts'

void test('an instalment says the same days past due as its loan, and once paid how late it came', () => {
  // due on the 6th, today the 9th: three days since, the fourth day past due
  assert.equal(pastDueText(4), '4 days past due')
  assert.equal(instalmentText({ state: 'late', daysLate: 3 }).word, pastDueText(4))
  assert.equal(instalmentText({ state: 'late', daysLate: 1 }).word, '2 days past due')
  assert.equal(instalmentText({ state: 'paid', daysLate: 3 }).word, 'paid 3 days late')
  assert.equal(instalmentText({ state: 'paid', daysLate: 1 }).word, 'paid 1 day late')
})

void test('on its due date an instalment is due and nothing is overdue', () => {
  assert.equal(pastDueText(1), 'due today')
  assert.deepEqual(
    [0, 1, 2].map((dpd) => isOverdue({ dpd })),
    [false, false, true],
  )
  for (const [state, word] of [
    ['due', 'due'],
    ['part', 'part paid'],
    ['to come', 'to come'],
    ['paid', 'paid'],
  ] as const)
    assert.deepEqual(instalmentText({ state, daysLate: 0 }), { word })
})
