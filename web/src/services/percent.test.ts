import assert from 'node:assert/strict'
import { test } from 'node:test'
import { percentText } from '#services/percent.ts'

void test('a rate keeps every decimal that says something', () => {
  for (const [rate, text] of [
    ['12', '12.00'],
    ['12.5', '12.50'],
    ['12.345', '12.345'],
    ['12.3450', '12.345'],
    ['0.000000000001', '0.000000000001'],
    ['10.25', '10.25'],
    ['0', '0.00'],
    ['100.00', '100.00'],
  ] as const)
    assert.equal(percentText(rate), text)
})
