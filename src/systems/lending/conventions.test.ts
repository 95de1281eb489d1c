import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DAY_COUNTS, INSTALMENT_BASES, INSTALMENT_ROUNDINGS, METHODS, PERIODS_PER_YEAR } from '#kernel/amortisation'
import { addDays, addMonths } from '#kernel/money'
import { database } from '#test/database'
import { world } from '#test/world'
import { served } from '#test/world-http'
import { LoanQuote, LoanQuoteRequest, quoteOf } from './quote.ts'

const runs = Number(process.env['HOLDFAST_ROUNDS'] ?? 60)
const FREQUENCIES = Object.keys(PERIODS_PER_YEAR) as (keyof typeof PERIODS_PER_YEAR)[]
const plain = {
  principal: 10_000_000,
  currency: 'INR',
  annualRate: '15',
  instalments: 24,
  frequency: 'monthly',
  method: 'emi',
  dayCount: 'per_period',
  disbursedOn: '2024-01-31',
  firstDueOn: '2024-02-29',
  rounding: { instalment: 'paisa', residue: 'last' },
  fees: [],
}
const quote = (change: object): LoanQuote => LoanQuote.parse(quoteOf(LoanQuoteRequest.parse({ ...plain, ...change })))
const rounded = (instalment: string): object => ({ rounding: { instalment, residue: 'last' } })

/** What holds of every quote: the rows follow each other, pay the loan back and add up; `none` alone shows cells that need not add up. */
const holds = (request: { principal: number; rounding: { instalment: string } }, got: LoanQuote): void => {
  const loose = request.rounding.instalment === 'none' ? 1 : 0
  let opening = request.principal
  let [principal, interest] = [0, 0]
  for (const [at, row] of got.schedule.entries()) {
    assert.equal(row.number, at + 1)
    assert.equal(row.opening, opening)
    assert.ok(Math.abs(row.principal + row.interest - row.total) <= loose)
    assert.ok(Math.abs(row.opening - row.principal - row.closing) <= loose)
    assert.ok(row.interest >= 0 && row.total >= 0 && row.closing >= 0)
    if (at > 0) assert.ok(row.dueOn > (got.schedule[at - 1]?.dueOn ?? ''))
    opening = row.closing
    principal += row.principal
    interest += row.interest
  }
  assert.equal(opening, 0)
  assert.equal(got.totals.principal, request.principal)
  assert.ok(Math.abs(principal - request.principal) <= loose * got.schedule.length)
  assert.ok(Math.abs(interest - got.totals.interest) <= loose * got.schedule.length)
  assert.equal(got.totals.total - got.totals.fees - got.totals.tax, got.totals.principal + got.totals.interest)
}

for (const method of METHODS)
  for (const frequency of FREQUENCIES)
    test(`${method}, ${frequency}: every day count, basis and rounding, of amounts from a paisa to 15 digits`, () => {
      for (const dayCount of DAY_COUNTS)
        for (const instalmentBasis of INSTALMENT_BASES)
          for (const instalment of INSTALMENT_ROUNDINGS)
            for (const [principal, annualRate, instalments] of [
              [1, '15', 12],
              [99, '36', 3],
              [10_000_000, '15', 24],
              [999_999_999_999_999, '9.75', 36],
              [5_000_000, '0', 7],
              [123_457, '23.99', 1],
            ] as const) {
              const request = { principal, annualRate, instalments, frequency, method, dayCount, instalmentBasis, ...rounded(instalment) }
              const got = quote(request)
              holds({ principal, rounding: { instalment } }, got)
              assert.ok(got.schedule.length <= instalments)
              if (instalment === 'none') assert.equal(got.schedule.length, instalments)
              if (annualRate === '0') assert.deepEqual([got.apr, got.totals.interest], ['0.00', 0])
            }
    })

test('anything that can be asked: the rows add up, and the annual percentage rate is where the flows balance', () => {
  const asked = fc.record({
    principal: fc.integer({ min: 10_000, max: 1e12 }),
    annualRate: fc.integer({ min: 0, max: 6_000 }).map((hundredths) => (hundredths / 100).toFixed(2)),
    instalments: fc.integer({ min: 1, max: 60 }),
    frequency: fc.constantFrom(...FREQUENCIES),
    method: fc.constantFrom(...METHODS),
    dayCount: fc.constantFrom(...DAY_COUNTS),
    instalmentBasis: fc.constantFrom(...INSTALMENT_BASES),
    rounding: fc.constantFrom(...INSTALMENT_ROUNDINGS).map((instalment) => ({ instalment, residue: 'last' as const })),
    disbursedOn: fc.integer({ min: 0, max: 3_000 }).map((days) => addDays('2022-01-01', days)),
    gap: fc.integer({ min: 1, max: 60 }),
    fee: fc.integer({ min: 0, max: 40 }),
  })
  fc.assert(
    fc.property(asked, ({ gap, fee, ...rest }) => {
      const amount = Math.floor((rest.principal * fee) / 1_000)
      const fees = amount > 0 ? [{ name: 'fee', amount, paid: 'deducted', taxRate: '18' }] : []
      const got = quote({ ...rest, firstDueOn: addDays(rest.disbursedOn, gap), fees })
      // A long first period may leave less paid than its interest: then a row's principal is negative, and only the sums hold.
      if (got.schedule.every((row) => row.principal >= 0)) holds(rest, got)
      const received = rest.principal - got.totals.fees - got.totals.tax
      const worth = (percent: number): number => {
        const rate = percent / 100 / PERIODS_PER_YEAR[rest.frequency]
        return got.schedule.reduceRight((sum, row) => (sum + row.total) / (1 + rate), 0) - received
      }
      const slack = received * 1e-9 + (rest.rounding.instalment === 'none' ? got.schedule.length : 0)
      assert.ok(worth(Number(got.apr) - 0.00501) > -slack && worth(Number(got.apr) + 0.00501) < slack, got.apr)
    }),
    { numRuns: runs },
  )
})

test('every published word of a request is taken, and nothing else', () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['frequency', ['monthly', 'quarterly', 'fortnightly', 'weekly']],
    ['method', ['emi', 'flat', 'equal_principal', 'bullet']],
    ['dayCount', ['per_period', '30/360', 'act/360', 'act/365', 'act/act']],
    ['instalmentBasis', ['period_rate', 'day_factors']],
  ]
  for (const [field, words] of table)
    for (const word of words) assert.equal(LoanQuoteRequest.safeParse({ ...plain, [field]: word }).success, true)
  assert.deepEqual(quote({ instalmentBasis: 'period_rate' }), quote({}))
})

test('figures of exactly half a paisa are shown halves up, though no decimal holds a third', () => {
  // 100 ÷ 3 and its interest of 1 ÷ 6 are 33.5 together.
  const got = quote({ principal: 100, annualRate: '2', instalments: 3, method: 'equal_principal', ...rounded('none') })
  assert.deepEqual(
    got.schedule.map((row) => [row.opening, row.principal, row.interest, row.total, row.closing]),
    [
      [100, 33, 0, 34, 67],
      [67, 33, 0, 33, 33],
      [33, 33, 0, 33, 0],
    ],
  )
  assert.deepEqual([got.instalment, got.totals.interest, got.totals.total], [34, 0, 100])
})

test('an instalment of a whole rupee stays it when rounded up', () => {
  // 50 % a month over two months: nine tenths of the principal, exactly.
  assert.equal(quote({ principal: 1_000, annualRate: '600', instalments: 2, ...rounded('rupee_up') }).instalment, 900)
})

test('flat takes no notice of days; day factors change the level of emi alone', () => {
  for (const dayCount of DAY_COUNTS)
    assert.deepEqual(quote({ method: 'flat', dayCount }).schedule, quote({ method: 'flat', dayCount: 'per_period' }).schedule)
  const days = { dayCount: 'act/365', instalmentBasis: 'day_factors' }
  assert.notEqual(quote(days).instalment, quote({ dayCount: 'act/365' }).instalment)
  for (const method of ['flat', 'equal_principal', 'bullet'])
    assert.deepEqual(quote({ ...days, method }), quote({ dayCount: 'act/365', method }))
  // Solved over the days themselves, the last row differs from the others by rounding only.
  const rows = quote(days).schedule
  assert.ok(Math.abs((rows.at(-1)?.total ?? 0) - (rows[0]?.total ?? 0)) <= rows.length)
})

test('the anchor is the day of disbursal only if the first due date is that day clamped', () => {
  for (const [disbursedOn, firstDueOn, months] of [
    ['2024-01-31', '2024-02-29', 1],
    ['2023-08-31', '2023-09-30', 1],
    ['2024-01-29', '2024-02-29', 1],
    ['2023-11-30', '2024-02-29', 3],
  ] as const) {
    const frequency = months === 1 ? 'monthly' : 'quarterly'
    const got = quote({ disbursedOn, firstDueOn, frequency, instalments: 30 }).schedule.map((row) => row.dueOn)
    assert.deepEqual(
      got,
      got.map((_, at) => addMonths(disbursedOn, (at + 1) * months)),
    )
  }
})

test('over HTTP: no login, no key, nothing saved, all wrong fields at once', async () => {
  const { call } = await served(await world(await database()))
  const ask = (body: unknown) => call(null, 'POST /api/v1/loan-quotes', { body, key: null })
  const got = await ask(plain)
  assert.equal(got.status, 200)
  assert.deepEqual(got.body, quote({}))
  const wrong = await ask({ ...plain, principal: true, annualRate: 15, fees: [{ name: 'a\0', amount: '1', paid: 'never' }], colour: 'red' })
  assert.equal(wrong.status, 400)
  const refused = await ask({ ...plain, firstDueOn: plain.disbursedOn })
  assert.deepEqual([refused.status, refused.code], [422, 'lending.first_due_not_after_disbursal'])
  assert.equal((await call(null, 'GET /api/v1/loan-quotes')).status, 405)
})
