import assert from 'node:assert/strict'
import test from 'node:test'
import { LoanQuote, LoanQuoteRequest, quoteOf } from './quote.ts'

// Figures that others published, each with its source. Amounts are in hundredths, as the sources have two decimals.
const plain = {
  currency: 'INR',
  frequency: 'monthly',
  method: 'emi',
  dayCount: 'per_period',
  disbursedOn: '2024-01-15',
  firstDueOn: '2024-02-15',
  fees: [],
}
const quote = (rounding: string, change: object): LoanQuote =>
  LoanQuote.parse(quoteOf(LoanQuoteRequest.parse({ ...plain, rounding: { instalment: rounding, residue: 'last' }, ...change })))

const loan = (principal: number, annualRate: string, instalments: number): object => ({ principal, annualRate, instalments })
const sum = (figures: readonly number[]): number => figures.reduce((a, b) => a + b, 0)

test('instalments and their parts are those that spreadsheets document', () => {
  const got = (...terms: Parameters<typeof loan>): LoanQuote => quote('none', loan(...terms))
  // support.microsoft.com, function PMT: 8 % a year, 10 months, 10,000.
  assert.equal(got(1_000_000, '8', 10).instalment, 103_703)
  // support.microsoft.com, functions CUMIPMT and CUMPRINC: 9 %, 30 years, 125,000; the first month, and the second year. Cells are rounded
  // each by itself, so that the twelve of interest may be off by one from their sum.
  const house = got(12_500_000, '9', 360).schedule
  assert.deepEqual([house[0]?.interest, house[0]?.principal], [93_750, 6_828])
  assert.ok(Math.abs(sum(house.slice(12, 24).map((row) => row.interest)) - 1_113_523) <= 6)
  assert.ok(Math.abs((house[11]?.closing ?? 0) - (house[23]?.closing ?? 0) - 93_411) <= 1)
  // support.microsoft.com, functions IPMT (10 %, 3 years, 8,000) and PPMT (10 %, 2 years, 2,000): the first month.
  assert.equal(got(800_000, '10', 36).schedule[0]?.interest, 6_667)
  assert.equal(got(200_000, '10', 24).schedule[0]?.principal, 7_562)
  // wiki.openoffice.org, functions PMT and CUMIPMT: 5.5 %, 2 years, 5,000; months 4 to 6 are 57.80.
  const car = got(500_000, '5.5', 24)
  assert.equal(car.instalment, 22_048)
  assert.ok(Math.abs(sum(car.schedule.slice(3, 6).map((row) => row.interest)) - 5_780) <= 1)
  // numpy.org/numpy-financial, function pmt: 7.5 %, 15 years, 200,000.
  assert.equal(got(20_000_000, '7.5', 180).instalment, 185_402)
})

test('a schedule shown unrounded is the one that numpy documents with ipmt and ppmt', () => {
  // numpy.org/numpy-financial, function ipmt: 2,500 at 8.24 %, 12 months; principal, interest and what is left.
  const rows = [
    [20_058, 1_717, 229_942],
    [20_196, 1_579, 209_746],
    [20_335, 1_440, 189_411],
    [20_474, 1_301, 168_937],
    [20_615, 1_160, 148_322],
    [20_756, 1_018, 127_566],
    [20_899, 876, 106_667],
    [21_042, 732, 85_625],
    [21_187, 588, 64_438],
    [21_332, 442, 43_105],
    [21_479, 296, 21_626],
    [21_626, 149, 0],
  ]
  const got = quote('none', loan(250_000, '8.24', 12))
  assert.deepEqual(
    got.schedule.map((row) => [row.principal, row.interest, row.closing]),
    rows,
  )
  assert.equal(got.totals.interest, 11_298)
})

test('annual percentage rates are those of the rules and tables of others', () => {
  const kept = (amount: number): object => ({ fees: [{ name: 'fee', amount, paid: 'deducted' }] })
  const flat = { method: 'flat' }
  const table: readonly (readonly [string, object, number, string])[] = [
    // 12 CFR 1026, appendix J (c)(1)(i): 5,000 against 24 monthly payments of 230; 5.2 % flat makes just those.
    ['Regulation Z', { ...loan(500_000, '5.2', 24), ...flat }, 23_000, '9.69'],
    // support.microsoft.com, function RATE: 8,000 against 48 payments of 200 is 0.77 % a month, 9.24 % a year.
    ['RATE', { ...loan(800_000, '5', 48), ...flat }, 20_000, '9.24'],
    // help.adobe.com, function Apr: 35,000 against 360 payments of 269.50 is 8.515404566 %.
    ['Apr', { ...loan(3_500_000, '5.906666666667', 360), ...flat }, 26_950, '8.52'],
    // What borrowers in India are told that a flat rate comes to: emi-calc.com (12 %, 3 years), smartinvestors.club (10 %, 5 years).
    ['flat 12 %', { ...loan(10_000_000, '12', 36), ...flat }, 377_778, '21.20'],
    ['flat 10 %', { ...loan(10_000_000, '10', 60), ...flat }, 250_000, '17.27'],
    // CGAP, Occasional Paper 1, "Microcredit Interest Rates": 1,000 over four months at 3 % a month; with a fee of 3 %; flat; in sixteen weeks.
    ['CGAP, base', loan(100_000, '36', 4), 26_903, '36.00'],
    ['CGAP, initial fee', { ...loan(100_000, '36', 4), ...kept(3_000) }, 26_903, '51.43'],
    ['CGAP, flat', { ...loan(100_000, '36', 4), ...flat }, 28_000, '56.31'],
  ]
  for (const [source, terms, instalment, apr] of table) {
    const got = quote('paisa', terms)
    assert.deepEqual([got.instalment, got.apr], [instalment, apr], source)
  }
})

test('actual/actual is that of the examples in ISDA’s paper on EMU and market conventions (1998)', () => {
  // 10,000 at 10 %: regular period, short first, long first, short final and long final ones.
  const table = [
    ['2003-11-01', '2004-05-01', 49_772],
    ['1999-02-01', '1999-07-01', 41_096],
    ['1999-07-01', '2000-07-01', 100_138],
    ['2002-08-15', '2003-07-15', 91_507],
    ['2003-07-15', '2004-01-15', 50_400],
    ['1999-07-30', '2000-01-30', 50_389],
    ['2000-01-30', '2000-06-30', 41_530],
    ['1999-11-30', '2000-04-30', 41_554],
  ] as const
  for (const [disbursedOn, firstDueOn, interest] of table) {
    const got = quote('paisa', { ...loan(1_000_000, '10', 1), method: 'bullet', dayCount: 'act/act', disbursedOn, firstDueOn })
    assert.equal(got.schedule[0]?.interest, interest, disbursedOn)
  }
})

test('a broken period counts the days of 30E/360, as in ISDA’s examples for its definitions of 2006', () => {
  // isda.org, "30/360 day count conventions" (2008), which QuantLib's tests of Thirty360::EurobondBasis repeat.
  const table = [
    ['2006-08-20', '2007-02-20', 180],
    ['2006-02-28', '2006-08-31', 182],
    ['2008-02-29', '2008-08-31', 181],
    ['2006-02-14', '2006-02-28', 14],
    ['2006-09-30', '2006-10-31', 30],
    ['2006-10-31', '2006-11-28', 28],
    ['2007-02-26', '2008-02-29', 363],
    ['2008-02-28', '2008-03-30', 32],
    ['2008-02-28', '2008-03-31', 32],
    // 30E/360 itself has 178, 179 and 359 of these; but the later date is the earlier day clamped into its month, so whole months count.
    ['2006-08-31', '2007-02-28', 180],
    ['2007-08-31', '2008-02-29', 180],
    ['2008-02-29', '2009-02-28', 360],
  ] as const
  for (const [disbursedOn, firstDueOn, days] of table) {
    const got = quote('paisa', { ...loan(360_000, '100', 1), method: 'bullet', dayCount: '30/360', disbursedOn, firstDueOn })
    assert.equal(got.schedule[0]?.interest, days * 1_000, `${disbursedOn} to ${firstDueOn}`)
  }
})

test('flat loans are those of Apache Fineract, what is left falling on the last principal', () => {
  const rows = (rounding: string, terms: object): number[][] =>
    quote(rounding, { method: 'flat', ...terms }).schedule.map((row) => [row.principal, row.interest, row.total])
  // ProgressiveEMICalculatorTest, flat and same as repayment period: 1,000 over 3 and 10,000 over 24 months at 12 %.
  assert.deepEqual(rows('paisa', loan(100_000, '12', 3)), [
    [33_333, 1_000, 34_333],
    [33_333, 1_000, 34_333],
    [33_334, 1_000, 34_334],
  ])
  const long = rows('paisa', loan(1_000_000, '12', 24))
  assert.deepEqual(
    long,
    long.map((_, at) => (at < 23 ? [41_667, 10_000, 51_667] : [41_659, 10_000, 51_659])),
  )
  assert.equal(long.length, 24)
  // the same, weekly: 1,000 over 10 weeks of 52 a year, at 5.2 %.
  const week = { ...loan(100_000, '5.2', 10), frequency: 'weekly' }
  assert.deepEqual(
    rows('paisa', week),
    Array.from({ length: 10 }, () => [10_000, 100, 10_100]),
  )
  // LoanInstallmentMultiplesOfTest: 1,250 over 3 months at 12 %, the instalment a whole unit.
  assert.deepEqual(rows('rupee_nearest', loan(125_000, '12', 3)), [
    [41_650, 1_250, 42_900],
    [41_650, 1_250, 42_900],
    [41_700, 1_250, 42_950],
  ])
})
