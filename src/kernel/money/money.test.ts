import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { Amount, AmountOrZero, MAX_AMOUNT, formatAmount, parseAmount } from './amount.ts'
import { apportion } from './apportion.ts'
import { CurrencyCode, currencies, exponentOf, isCurrency, majorUnit } from './currency.ts'
import type { Currency } from './currency.ts'
import { WHOLE, precisionFor, roundFixed } from './fixed.ts'
import { RATE_DENOMINATOR, RateText, formatRate, parseRate } from './rate.ts'
import { divide, roundTo } from './rounding.ts'
import type { Rounding } from './rounding.ts'

const runs = Number(process.env['HOLDFAST_ROUNDS'] ?? 100)

test('each rounding does what its name says, on both sides of zero', () => {
  // columns: 5/2, 7/2, 11/4 (2.75), 9/4 (2.25), and the same below zero
  const table: Record<Rounding, readonly number[]> = {
    half_up: [3, 4, 3, 2, -3, -4, -3, -2],
    half_even: [2, 4, 3, 2, -2, -4, -3, -2],
    up: [3, 4, 3, 3, -3, -4, -3, -3],
    down: [2, 3, 2, 2, -2, -3, -2, -2],
    ceiling: [3, 4, 3, 3, -2, -3, -2, -2],
    floor: [2, 3, 2, 2, -3, -4, -3, -3],
  }
  for (const [rounding, row] of Object.entries(table)) {
    const how = rounding as Rounding
    const plus = [divide(5n, 2n, how), divide(7n, 2n, how), divide(11n, 4n, how), divide(9n, 4n, how)]
    const minus = [divide(-5n, 2n, how), divide(7n, -2n, how), divide(-11n, 4n, how), divide(9n, -4n, how)]
    assert.deepEqual([...plus, ...minus].map(Number), row, rounding)
    assert.equal(divide(-12n, -4n, how), 3n)
  }
  assert.throws(() => divide(1n, 0n, 'down'), RangeError)
})

test('amounts round to the rupee and no further', () => {
  assert.equal(roundTo(96_973n, 100n, 'half_up'), 97_000n)
  assert.equal(roundTo(96_950n, 100n, 'half_up'), 97_000n)
  assert.equal(roundTo(96_949n, 100n, 'half_up'), 96_900n)
  assert.equal(roundTo(96_901n, 100n, 'up'), 97_000n)
  assert.equal(roundTo(96_900n, 100n, 'up'), 96_900n)
})

test('a fixed-point value an error away from a step counts as the step', () => {
  for (const growth of [0, 1, 40]) {
    const { scale, near } = precisionFor(growth)
    assert.equal(scale, near * near)
    const paisa = (value: bigint, rounding: Rounding): bigint => roundFixed(value, { scale, near }, { step: 1n, rounding })
    for (const off of [0n, 3n, near]) {
      assert.equal(paisa(101n * scale + off, 'up'), 101n)
      assert.equal(paisa(101n * scale - off, 'down'), 101n)
      assert.equal(paisa(101n * scale + scale / 2n - off, 'half_up'), 102n)
      assert.equal(paisa(-101n * scale + off, 'floor'), -101n)
      assert.equal(paisa(-101n * scale - scale / 2n + off, 'half_up'), -102n)
      assert.equal(roundFixed(10_100n * scale + off, { scale, near }, { step: 100n, rounding: 'up' }), 10_100n)
    }
    const off = near + 1n
    assert.equal(paisa(101n * scale + off, 'up'), 102n)
    assert.equal(paisa(101n * scale - off, 'down'), 100n)
    assert.equal(paisa(101n * scale + scale / 2n - off, 'half_up'), 101n)
    assert.equal(paisa(-101n * scale - scale / 2n + off, 'half_up'), -101n)
    assert.equal(roundFixed(10_100n * scale + off, { scale, near }, { step: 100n, rounding: 'up' }), 10_200n)
  }
  assert.equal(roundFixed(7n, WHOLE, { step: 1n, rounding: 'up' }), 7n)
  assert.equal(roundFixed(101n, WHOLE, { step: 100n, rounding: 'up' }), 200n)
  assert.equal(roundFixed(-150n, WHOLE, { step: 100n, rounding: 'half_up' }), -200n)
})

test('rates are read exactly, and nothing else is read', () => {
  const good = [
    ['15', '15'],
    ['12.75', '12.75'],
    ['0', '0'],
    ['0.000000000001', '0.000000000001'],
    ['9999.999999999999', '9999.999999999999'],
    ['12.50', '12.5'],
  ] as const
  for (const [text, back] of good) assert.equal(formatRate(parseRate(text)), back)
  assert.equal(parseRate('15') * 20n, 3n * RATE_DENOMINATOR)
  for (const text of [
    '',
    ' 15',
    '15 ',
    '+15',
    '-1',
    '015',
    '15.',
    '.5',
    '1e1',
    '15,5',
    '10000',
    '0.0000000000001',
    'NaN',
    '１５',
    '15\n',
    '0x10',
  ])
    assert.throws(() => parseRate(text), RangeError, JSON.stringify(text))
  assert.equal(RateText.safeParse('15\n').success, false)
  assert.equal(RateText.safeParse(15).success, false)
  assert.equal(RateText.safeParse('15').success, true)
})

test('amounts at the edge are whole numbers of at most 15 digits', () => {
  for (const ok of [1, MAX_AMOUNT]) assert.equal(Amount.safeParse(ok).success, true)
  for (const bad of [0, -1, MAX_AMOUNT + 1, 1.5, '1', true, null, Number.NaN, Infinity, 1n, [1]])
    assert.equal(Amount.safeParse(bad).success, false, String(bad))
  assert.equal(AmountOrZero.safeParse(0).success, true)
  assert.equal(AmountOrZero.safeParse(-1).success, false)
})

test('currencies have their exponents and strangers are refused', () => {
  assert.deepEqual([exponentOf('INR'), exponentOf('JPY'), exponentOf('KWD')], [2, 0, 3])
  assert.deepEqual([majorUnit('INR'), majorUnit('JPY'), majorUnit('KWD')], [100n, 1n, 1000n])
  for (const code of ['inr', 'XXX', '', 'toString', '__proto__', 'constructor']) {
    assert.equal(isCurrency(code), false, code)
    assert.equal(CurrencyCode.safeParse(code).success, false, code)
  }
})

test('amounts are written and read in the grouping of their currency', () => {
  const table: readonly (readonly [bigint, Currency, string])[] = [
    [0n, 'INR', '0.00'],
    [5n, 'INR', '0.05'],
    [-5n, 'INR', '-0.05'],
    [99_999n, 'INR', '999.99'],
    [100_000n, 'INR', '1,000.00'],
    [9_999_999n, 'INR', '99,999.99'],
    [10_000_000n, 'INR', '1,00,000.00'],
    [123_456_789n, 'INR', '12,34,567.89'],
    [12_345_678_901_234n, 'INR', '1,23,45,67,89,012.34'],
    [123_456_789n, 'USD', '1,234,567.89'],
    [1_234_567n, 'JPY', '1,234,567'],
    [1_234_567n, 'KWD', '1,234.567'],
  ]
  for (const [amount, currency, text] of table) {
    assert.equal(formatAmount(amount, currency), text)
    assert.equal(parseAmount(text, currency), amount)
    assert.equal(parseAmount(text.replaceAll(',', ''), currency), amount)
  }
  assert.equal(parseAmount('1.5', 'INR'), 150n)
  assert.equal(parseAmount(' 12 ', 'JPY'), 12n)
  for (const bad of ['', '-', '.5', '1.', '1.234', '1,23,45', '1,234,567.00', '1,00', '12,34', '١٢', '1e3', '1 000', '9'.repeat(40)])
    assert.equal(parseAmount(bad, 'INR'), null, bad)
})

test('every amount can be written and read back', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.constantFrom(...currencies),
      (amount, currency) => parseAmount(formatAmount(amount, currency), currency) === amount,
    ),
    { numRuns: runs },
  )
})

test('apportioned parts sum to the whole and lie within one unit of their share', () => {
  assert.deepEqual(apportion(10_000n, [1n, 1n, 1n]), [3334n, 3333n, 3333n])
  assert.deepEqual(apportion(-10_000n, [1n, 1n, 1n]), [-3334n, -3333n, -3333n])
  assert.deepEqual(apportion(5n, [0n, 1n]), [0n, 5n])
  assert.throws(() => apportion(5n, [0n]), RangeError)
  assert.throws(() => apportion(5n, []), RangeError)
  assert.throws(() => apportion(5n, [2n, -1n]), RangeError)
  const weights = fc
    .array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 30 })
    .filter((list) => list.some((weight) => weight > 0n))
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), weights, (whole, list) => {
      const parts = apportion(whole, list)
      const sum = list.reduce((a, b) => a + b, 0n)
      assert.equal(
        parts.reduce((a, b) => a + b, 0n),
        whole,
      )
      for (const [at, part] of parts.entries()) {
        const off = part * sum - whole * (list[at] ?? 0n)
        assert.ok((off < 0n ? -off : off) < sum)
      }
    }),
    { numRuns: runs },
  )
})

test('what whole units are left over go to the largest rest, and of equal ones to the first', () => {
  assert.deepEqual(apportion(5n, [1n, 1n, 1n]), [2n, 2n, 1n])
  assert.deepEqual(apportion(-4n, [1n, 1n, 1n]), [-2n, -1n, -1n])
  assert.deepEqual(apportion(10n, [1n, 3n, 1n, 2n]), [2n, 4n, 1n, 3n])
})

test('minor units are those of ISO 4217, as the platform tells them', () => {
  // The platform's are those people write, which for these two are none; ISO 4217 has two.
  const unwritten: readonly string[] = ['IDR', 'PKR']
  for (const currency of currencies) {
    if (unwritten.includes(currency)) {
      assert.equal(exponentOf(currency), 2, currency)
      continue
    }
    const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
    assert.equal(exponentOf(currency), maximumFractionDigits, currency)
  }
})
