import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moneyText, moneyWithSymbol, parseMoney } from '#services/money.ts'

void test('amounts are written to the last minor unit, however large', () => {
  for (const [minor, text] of [
    [0, '0.00'],
    [7, '0.07'],
    [123_456_789, '12,34,567.89'],
    [-123_456_789, '−12,34,567.89'],
    [Number.MAX_SAFE_INTEGER, '9,00,71,99,25,47,409.91'],
    // Beyond what a number holds: a proof shows what was sealed, not what is near it.
    [9_007_199_254_740_993n, '9,00,71,99,25,47,409.93'],
    [-9_007_199_254_740_993n, '−9,00,71,99,25,47,409.93'],
  ] as const)
    assert.equal(moneyText(minor), text)
  assert.equal(moneyWithSymbol(-50n), '−₹0.50')
  assert.equal(moneyWithSymbol(500_000, 'INR', 'whole'), '₹5,000')
  assert.equal(moneyText(1234, 'JPY'), '1,234')
  assert.equal(moneyText(1_234_567, 'KWD'), '1,234.567')
})

void test('an amount is read as it is written, and what is none is not', () => {
  for (const [text, minor] of [
    ['12,34,567.89', 123_456_789],
    ['₹ 1,234.5', 123_450],
    ['7.', 700],
    ['0', 0],
    ['1.005', undefined],
    ['-5', undefined],
    ['twelve', undefined],
    ['', undefined],
    ['99999999999999', undefined],
  ] as const)
    assert.equal(parseMoney(text), minor, text)
})
