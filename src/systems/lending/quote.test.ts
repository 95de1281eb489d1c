import assert from 'node:assert/strict'
import test from 'node:test'
import { Fault } from '#kernel/faults'
import { lendingFaults } from './faults.ts'
import { LoanQuote, LoanQuoteRequest, quoteOf } from './quote.ts'

const plain = {
  principal: 12_000_000,
  currency: 'INR',
  annualRate: '12',
  instalments: 12,
  frequency: 'monthly',
  method: 'emi',
  dayCount: 'per_period',
  disbursedOn: '2024-01-15',
  firstDueOn: '2024-02-15',
  rounding: { instalment: 'paisa', residue: 'last' },
  fees: [],
}

const quote = (change: object): LoanQuote => LoanQuote.parse(quoteOf(LoanQuoteRequest.parse({ ...plain, ...change })))
const rounded = (instalment: string): object => ({ instalment, residue: 'last' })
const dues = (change: object): string[] => quote(change).schedule.map((row) => row.dueOn)

test('due dates clamp the anchor day into each month', () => {
  const table = [
    ['2024-01-31', '2024-02-29', 4, ['2024-02-29', '2024-03-31', '2024-04-30', '2024-05-31']],
    ['2023-01-30', '2023-02-28', 3, ['2023-02-28', '2023-03-30', '2023-04-30']],
    ['2023-01-15', '2023-02-28', 3, ['2023-02-28', '2023-03-28', '2023-04-28']],
    ['2024-01-31', '2024-03-05', 2, ['2024-03-05', '2024-04-05']],
    ['2024-01-10', '2024-01-31', 3, ['2024-01-31', '2024-02-29', '2024-03-31']],
    ['2024-12-31', '2025-02-28', 3, ['2025-02-28', '2025-03-31', '2025-04-30']],
    ['2024-11-30', '2024-12-30', 3, ['2024-12-30', '2025-01-30', '2025-02-28']],
  ] as const
  for (const [disbursedOn, firstDueOn, instalments, want] of table) assert.deepEqual(dues({ disbursedOn, firstDueOn, instalments }), want)
  const quarters = { frequency: 'quarterly', disbursedOn: '2023-11-30', firstDueOn: '2024-02-29', instalments: 4 }
  assert.deepEqual(dues(quarters), ['2024-02-29', '2024-05-30', '2024-08-30', '2024-11-30'])
  const weeks = { frequency: 'weekly', disbursedOn: '2024-02-15', firstDueOn: '2024-02-22', instalments: 3 }
  assert.deepEqual(dues(weeks), ['2024-02-22', '2024-02-29', '2024-03-07'])
  assert.deepEqual(dues({ ...weeks, frequency: 'fortnightly' }), ['2024-02-22', '2024-03-07', '2024-03-21'])
})

test('the first row bears the interest that its day count says', () => {
  const first = (change: object): number | undefined =>
    quote({ method: 'bullet', instalments: 2, principal: 36_500_000, ...change }).schedule[0]?.interest
  const gap = (disbursedOn: string, firstDueOn: string): object => ({ disbursedOn, firstDueOn })
  const table: readonly (readonly [string, object, number])[] = [
    ['per_period', gap('2023-01-31', '2023-03-15'), 365_000], // one period, broken or not
    ['30/360', gap('2023-01-31', '2023-02-28'), 365_000],
    ['30/360', gap('2022-12-31', '2023-02-28'), 730_000], // two whole months
    ['30/360', gap('2023-01-31', '2023-03-15'), 547_500], // 45 days of 360
    ['30/360', gap('2023-02-28', '2023-03-31'), 389_333], // 32 days of 360, no whole month
    ['act/360', gap('2023-01-31', '2023-02-28'), 340_667],
    ['act/365', gap('2023-01-31', '2023-02-28'), 336_000],
    ['act/365', gap('2024-01-31', '2024-03-01'), 360_000],
    ['act/act', gap('2024-01-31', '2024-02-29'), 347_049],
    ['act/act', gap('2023-12-15', '2024-01-15'), 371_541],
  ]
  for (const [dayCount, dates, want] of table) assert.equal(first({ dayCount, ...dates }), want, `${dayCount} ${JSON.stringify(dates)}`)
  // The second period is a month although its dates were clamped: 32 days of 360 lie between them.
  const clamped = quote({ method: 'bullet', instalments: 3, principal: 36_500_000, dayCount: '30/360', ...gap('2023-01-30', '2023-02-28') })
  assert.deepEqual(
    clamped.schedule.map(({ interest }) => interest),
    [365_000, 365_000, 365_000],
  )
  const weekly = { frequency: 'weekly', disbursedOn: '2024-01-29', firstDueOn: '2024-02-05' }
  assert.equal(first({ ...weekly, dayCount: '30/360' }), 73_000) // 29 → 5: six days of 360
  assert.equal(first({ ...weekly, dayCount: 'act/365' }), 84_000)
  assert.equal(first({ ...weekly, dayCount: 'per_period' }), 84_231)
})

test('rate zero divides the principal, and the residue falls on the last row', () => {
  const { schedule, instalment, apr, totals } = quote({ annualRate: '0', principal: 100_000, instalments: 3 })
  assert.deepEqual(
    schedule.map((row) => row.total),
    [33_333, 33_333, 33_334],
  )
  assert.deepEqual([instalment, apr, totals.interest, totals.total], [33_333, '0.00', 0, 100_000])
  const shown = quote({ annualRate: '0', principal: 100_000, instalments: 3, rounding: rounded('none') })
  assert.deepEqual(
    shown.schedule.map((row) => [row.total, row.closing]),
    [
      [33_333, 66_667],
      [33_333, 33_333],
      [33_333, 0],
    ],
  )
  assert.equal(shown.totals.total, 100_000)
})

test('one instalment pays everything', () => {
  for (const method of ['emi', 'flat', 'equal_principal', 'bullet']) {
    const got = quote({ method, instalments: 1 })
    assert.deepEqual(
      got.schedule.map((row) => [row.principal, row.interest, row.closing]),
      [[12_000_000, 120_000, 0]],
      method,
    )
    assert.equal(got.apr, '12.00', method)
  }
  // An instalment of exactly 1,01,000.00 stays so when rounded up.
  assert.equal(quote({ instalments: 1, principal: 10_000_000, rounding: rounded('rupee_up') }).instalment, 10_100_000)
})

test('rounding up can repay early: the row that would pass zero pays what is left, later rows are omitted', () => {
  const early = quote({ principal: 1050, instalments: 12, annualRate: '1', rounding: rounded('rupee_up') })
  assert.equal(early.instalment, 100)
  assert.equal(early.schedule.length, 11)
  assert.deepEqual(early.schedule.at(-1), {
    number: 11,
    dueOn: '2024-12-15',
    opening: 55,
    principal: 55,
    interest: 0,
    total: 55,
    closing: 0,
  })
  const byOne = quote({ principal: 199, instalments: 3, annualRate: '0', rounding: rounded('rupee_up') })
  assert.deepEqual(
    byOne.schedule.map((row) => row.total),
    [100, 99],
  )
  const exact = quote({ principal: 1000, instalments: 12, annualRate: '0', rounding: rounded('rupee_up') })
  assert.deepEqual([exact.schedule.length, exact.schedule.at(-1)?.total, exact.schedule.at(-1)?.closing], [10, 100, 0])
})

test('each method rounds its own figure', () => {
  const base = { principal: 10_000_000, annualRate: '13', instalments: 7 }
  const rows = (method: string, mode: string): (readonly number[])[] =>
    quote({ ...base, method, rounding: rounded(mode) }).schedule.map((row) => [row.principal, row.interest, row.total])
  assert.deepEqual(rows('flat', 'rupee_nearest')[0], [1_428_567, 108_333, 1_536_900])
  assert.deepEqual(rows('flat', 'rupee_up').at(-1), [1_427_998, 108_333, 1_536_331])
  assert.deepEqual(rows('equal_principal', 'rupee_nearest')[0], [1_428_600, 108_333, 1_536_933])
  assert.deepEqual(rows('equal_principal', 'rupee_up').at(-1), [1_428_400, 15_474, 1_443_874])
  assert.deepEqual(
    rows('bullet', 'rupee_up').map((row) => row[2]),
    [...Array.from({ length: 6 }, () => 108_333), 10_108_333],
  )
  assert.equal(quote({ ...base, method: 'equal_principal' }).instalment, 1_536_904)
  assert.equal(quote({ ...base, method: 'bullet' }).instalment, 108_333)
})

test('the annual percentage rate is nominal: per period × periods', () => {
  const rate = (change: object): string => quote({ rounding: rounded('none'), ...change }).apr
  const week = { frequency: 'weekly', disbursedOn: '2024-01-01', firstDueOn: '2024-01-08' }
  assert.equal(rate({}), '12.00')
  assert.equal(rate(week), '12.00')
  assert.equal(rate({ ...week, frequency: 'fortnightly' }), '12.00')
  assert.equal(rate({ ...week, frequency: 'quarterly' }), '12.00')
  assert.equal(rate({ annualRate: '12.345' }), '12.35') // exactly half: up
  assert.equal(rate({ annualRate: '12.344999999999' }), '12.34')
  assert.equal(rate({ method: 'flat' }), '21.46')
  // 1 period: 12,00,000 net of 1 % is 11,88,000; 12,12,000 ÷ 11,88,000 − 1 = 2.0202… % a month
  const fee = { amount: 120_000, name: 'fee' }
  for (const paid of ['deducted', 'upfront']) assert.equal(rate({ instalments: 1, fees: [{ ...fee, paid }] }), '24.24')
})

test('fees: each taxed and rounded by itself, all in the APR, only the deducted in what is disbursed', () => {
  const fees = [
    { name: 'processing', amount: 10_003, taxRate: '18', paid: 'deducted' },
    { name: 'documents', amount: 25, taxRate: '18', paid: 'upfront' },
    { name: 'stamp duty', amount: 5_000, paid: 'deducted' },
  ]
  const got = quote({ fees })
  assert.deepEqual([got.totals.fees, got.totals.tax], [15_028, 1_801 + 5]) // 1,800.54 and 4.5, halves up
  assert.equal(got.netDisbursed, 12_000_000 - 10_003 - 1_801 - 5_000)
  assert.equal(got.totals.total, got.totals.principal + got.totals.interest + 15_028 + 1_806)
  assert.equal(quote({ fees: [...fees].reverse() }).apr, got.apr)
})

test('an unrounded quote stays exact where debt grows fast', () => {
  const got = quote({ annualRate: '1000', instalments: 360, rounding: rounded('none') })
  assert.deepEqual([got.schedule.length, got.schedule.at(-1)?.closing, got.schedule[0]?.principal], [360, 0, 0])
  assert.deepEqual(
    got.schedule.slice(-3).map((row) => row.principal),
    [1_622_840, 2_975_207, 5_454_545],
  )
  assert.deepEqual([got.totals.principal, got.apr], [12_000_000, '1000.00'])
})

test('impossible combinations are refused with a code of the catalogue', () => {
  const table: readonly (readonly [object, string])[] = [
    [{ firstDueOn: '2024-01-15' }, 'lending.first_due_not_after_disbursal'],
    [{ firstDueOn: '2024-01-14' }, 'lending.first_due_not_after_disbursal'],
    [{ disbursedOn: '1899-12-31' }, 'lending.date_out_of_range'],
    [{ firstDueOn: '2200-01-01' }, 'lending.date_out_of_range'],
    [{ firstDueOn: '2034-02-01' }, 'lending.first_period_too_long'],
    [{ fees: [{ name: 'all of it', amount: 12_000_000, paid: 'upfront' }] }, 'lending.fees_exceed_principal'],
    [{ fees: [{ name: 'with its tax', amount: 10_169_492, taxRate: '18', paid: 'deducted' }] }, 'lending.fees_exceed_principal'],
    [{ principal: 999_999_999_999_999, annualRate: '1000', instalments: 1200 }, 'lending.quote_too_large'],
  ]
  for (const [change, code] of table)
    assert.throws(
      () => quote(change),
      (error) => error instanceof Fault && error.code === code && lendingFaults.some((entry) => entry.code === code),
      code,
    )
  assert.equal(quote({ fees: [{ name: 'nearly all', amount: 11_999_999, paid: 'upfront' }] }).netDisbursed, 12_000_000)
})

test('what is not the shape is refused, field by field', () => {
  const fee = { name: 'fee', amount: 1, paid: 'deducted' }
  const bad: readonly object[] = [
    { principal: 0 },
    { principal: -1 },
    { principal: 1.5 },
    { principal: '1' },
    { principal: true },
    { principal: null },
    { principal: 1e15 },
    { currency: 'inr' },
    { currency: 'XXX' },
    { annualRate: 12 },
    { annualRate: '-1' },
    { annualRate: '12,5' },
    { annualRate: '15%' },
    { annualRate: '1e3' },
    { annualRate: '١٥' },
    { annualRate: '5.1234567890123' },
    { annualRate: '' },
    { annualRate: '1000.000000000001' },
    { instalments: 0 },
    { instalments: 1201 },
    { instalments: 1.5 },
    { instalments: '12' },
    { frequency: 'daily' },
    { method: 'EMI' },
    { dayCount: '30E/360' },
    { instalmentBasis: 'days' },
    { instalmentBasis: null },
    { disbursedOn: '2023-02-29' },
    { firstDueOn: '2024-2-15' },
    { firstDueOn: '2024-02-15T00:00:00Z' },
    { rounding: 'paisa' },
    { rounding: { instalment: 'paisa' } },
    { rounding: { instalment: 'paisa', residue: 'first' } },
    { fees: {} },
    { fees: [{ ...fee, amount: 0 }] },
    { fees: [{ ...fee, paid: 'later' }] },
    { fees: [{ ...fee, taxRate: 18 }] },
    { fees: [{ ...fee, taxRate: '100.000000000001' }] },
    { fees: [{ ...fee, taxRate: '18%' }] },
    { fees: [{ ...fee, name: 'x'.repeat(81) }] },
    { fees: [{ ...fee, name: '' }] },
    { fees: [{ ...fee, name: 'a\u0000b' }] },
    { fees: [{ ...fee, name: '  ' }] },
    { fees: [{ ...fee, more: 1 }] },
    { fees: Array.from({ length: 21 }, () => fee) },
    { surprise: 1 },
  ]
  for (const change of bad) assert.equal(LoanQuoteRequest.safeParse({ ...plain, ...change }).success, false, JSON.stringify(change))
  for (const key of Object.keys(plain)) assert.equal(LoanQuoteRequest.safeParse({ ...plain, [key]: undefined }).success, false, key)
  for (const body of [null, [], 'x', 1]) assert.equal(LoanQuoteRequest.safeParse(body).success, false)
  const everything = LoanQuoteRequest.safeParse({ ...plain, principal: 0, currency: 'x', instalments: 0 })
  assert.equal(everything.error?.issues.length, 3)
})

test('a refusal says what to write', () => {
  const said = (change: object): string | undefined => LoanQuoteRequest.safeParse({ ...plain, ...change }).error?.issues[0]?.message
  assert.match(said({ annualRate: '15%' }) ?? '', /plain digits, such as "12.75"/)
  assert.match(said({ annualRate: '1000.1' }) ?? '', /above 1000 percent/)
  assert.match(said({ firstDueOn: '15.02.2024' }) ?? '', /written as 2024-01-31/)
  assert.match(said({ fees: [{ name: ' ', amount: 1, paid: 'deducted' }] }) ?? '', /not blank/)
})
