import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { DateText, civilOf, dayNumberOf, formatCivil, parseDate, readDate } from './civil-date.ts'
import { addDays, addMonths, addWorkingDays, daysBetween, isWorkingDay, weekdayOf } from './date-steps.ts'
import { wholeMonths, yearFraction } from './day-count.ts'
import type { DayCount } from './day-count.ts'
import { internalRate } from './internal-rate.ts'

const runs = Number(process.env['HOLDFAST_ROUNDS'] ?? 100)

test('day numbers agree with the platform over eight centuries', () => {
  for (let day = -135_000; day < 170_000; day += 13) {
    const text = formatCivil(civilOf(day))
    assert.equal(Date.parse(`${text}T00:00:00Z`) / 86_400_000, day)
    assert.equal(dayNumberOf(parseDate(text)), day)
  }
})

test('only real dates are dates', () => {
  for (const ok of ['2024-02-29', '2000-02-29', '1600-01-01', '9999-12-31']) assert.equal(DateText.safeParse(ok).success, true, ok)
  for (const bad of [
    '2023-02-29',
    '1900-02-29',
    '2024-04-31',
    '2024-13-01',
    '2024-00-10',
    '2024-01-00',
    '2024-1-1',
    '24-01-01',
    '2024-01-01T00:00',
    '2024-01-01\n',
    '1599-12-31',
    '',
    '２０２４-01-01',
  ])
    assert.equal(readDate(bad), null, bad)
  assert.equal(DateText.safeParse(20240101).success, false)
  assert.throws(() => parseDate('2023-02-29'), RangeError)
})

test('months are clamped, days and weekdays run on', () => {
  assert.equal(addMonths('2024-01-31', 1), '2024-02-29')
  assert.equal(addMonths('2023-01-31', 1), '2023-02-28')
  assert.equal(addMonths('2024-01-31', -2), '2023-11-30')
  assert.equal(addMonths('2024-12-15', 13), '2026-01-15')
  assert.equal(addDays('2024-02-28', 2), '2024-03-01')
  assert.equal(daysBetween('2024-03-01', '2024-02-28'), -2)
  assert.deepEqual(['1969-12-31', '1970-01-01', '2024-02-29', '2026-11-21', '2026-11-22'].map(weekdayOf), [3, 4, 4, 6, 7])
})

test('working days pass over rest days and holidays', () => {
  const calendar = { restDays: [7], holidays: new Set(['2024-04-01']) }
  assert.equal(addWorkingDays('2024-03-29', 3, calendar), '2024-04-03')
  assert.equal(addWorkingDays('2024-03-29', 0, calendar), '2024-03-29')
  assert.equal(isWorkingDay('2024-03-31', calendar), false)
  assert.equal(isWorkingDay('2024-04-01', calendar), false)
  assert.equal(isWorkingDay('2024-04-02', calendar), true)
  assert.throws(() => addWorkingDays('2024-03-29', 1, { restDays: [1, 2, 3, 4, 5, 6, 7], holidays: new Set() }), RangeError)
})

test('day counts, with the cases on which conventions differ', () => {
  const table: readonly (readonly [DayCount, string, string, number, number])[] = [
    ['30/360', '2024-01-01', '2024-02-01', 1, 12],
    ['30/360', '2025-01-31', '2025-02-28', 1, 12],
    ['30/360', '2025-02-28', '2025-03-28', 1, 12],
    ['30/360', '2024-12-31', '2025-02-28', 2, 12],
    ['30/360', '2024-01-10', '2024-02-05', 25, 360],
    ['30/360', '2024-01-31', '2024-03-30', 60, 360],
    ['30E/360', '2025-01-31', '2025-02-28', 28, 360],
    ['30E/360', '2025-02-28', '2025-03-31', 32, 360],
    ['30E/360', '2024-01-31', '2024-03-31', 60, 360],
    ['act/360', '2024-01-01', '2024-03-01', 60, 360],
    ['act/365', '2024-01-01', '2024-03-01', 60, 365],
    ['act/act', '2023-12-12', '2024-01-12', 20 * 366 + 11 * 365, 365 * 366],
    ['act/act', '2024-12-31', '2025-01-31', 1 * 365 + 30 * 366, 365 * 366],
    ['act/act', '2024-02-01', '2024-03-01', 29, 366],
    ['act/act', '2023-06-01', '2023-07-01', 30, 365],
  ]
  for (const [convention, from, to, numerator, denominator] of table) {
    const got = yearFraction(convention, parseDate(from), parseDate(to))
    assert.equal(got.numerator * BigInt(denominator), BigInt(numerator) * got.denominator, `${convention} ${from} ${to}`)
  }
  const long = yearFraction('act/act', parseDate('2023-07-01'), parseDate('2025-07-01'))
  assert.equal(long.numerator * 365n * 366n, (184n * 366n + 366n * 365n + 181n * 366n) * long.denominator)
  assert.equal(wholeMonths(parseDate('2024-02-28'), parseDate('2024-03-31')), null)
})

test('act/act splits at any day without losing any', () => {
  const day = fc.integer({ min: 0, max: 40_000 })
  fc.assert(
    fc.property(day, day, day, (...days) => {
      const [a, b, c] = days.sort((x, y) => x - y).map(civilOf) as [
        ReturnType<typeof civilOf>,
        ReturnType<typeof civilOf>,
        ReturnType<typeof civilOf>,
      ]
      const [ab, bc, ac] = [yearFraction('act/act', a, b), yearFraction('act/act', b, c), yearFraction('act/act', a, c)]
      const parts = ab.numerator * bc.denominator + bc.numerator * ab.denominator
      assert.equal(parts * ac.denominator, ac.numerator * ab.denominator * bc.denominator)
    }),
    { numRuns: runs },
  )
})

test('internal rates, with exact halves up and extremes', () => {
  const rate = (paidOut: bigint, received: readonly bigint[], periodsPerYear = 12): bigint =>
    internalRate({ paidOut, received, periodsPerYear })
  assert.equal(rate(100_000n, [101_000n]), 1200n)
  assert.equal(rate(100_000n, [101_000n], 52), 5200n)
  assert.equal(rate(100_000n, [100_000n]), 0n)
  assert.equal(rate(2_400_000n, [2_424_690n]), 1235n) // 12.345 % exactly: halves up
  assert.equal(rate(24_000_000n, [24_246_899n]), 1234n)
  assert.equal(rate(100_000n, [90_000n]), -12_000n)
  assert.equal(rate(1n, [0n, 0n, 1_000_000n]), 11_880_000n)
  assert.equal(rate(1n, [10n ** 15n]), (10n ** 15n - 1n) * 120_000n)
  assert.throws(() => rate(0n, [1n]), RangeError)
  assert.throws(() => rate(1n, [0n]), RangeError)
  assert.throws(() => rate(1n, []), RangeError)
})

test('the internal rate is the hundredth that the definition names', () => {
  const flows = fc
    .array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 40 })
    .filter((list) => list.some((flow) => flow > 0n))
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 10n }), flows, fc.constantFrom(4, 12, 26, 52), (paidOut, received, periodsPerYear) => {
      fc.pre(received.reduce((a, b) => a + b, 0n) * 100n > paidOut) // a loss of nearly everything ends at the floor of the search
      const k = Number(internalRate({ paidOut: paidOut * 10n ** 12n, received: received.map((flow) => flow * 10n ** 12n), periodsPerYear }))
      const worth = (hundredths: number): number =>
        received.reduce((sum, flow, at) => sum + Number(flow) / (1 + hundredths / 10_000 / periodsPerYear) ** (at + 1), 0)
      assert.ok(worth(k - 0.5001) >= Number(paidOut) * (1 - 1e-9))
      assert.ok(worth(k + 0.5001) <= Number(paidOut) * (1 + 1e-9))
    }),
    { numRuns: runs },
  )
})
