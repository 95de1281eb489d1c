import assert from 'node:assert/strict'
import test from 'node:test'
import { LoanQuote, LoanQuoteRequest, quoteOf } from './quote.ts'

const plain = {
  principal: 100_000,
  currency: 'INR',
  annualRate: '12',
  instalments: 1,
  frequency: 'monthly',
  method: 'emi',
  dayCount: 'per_period',
  disbursedOn: '2024-01-15',
  firstDueOn: '2024-02-15',
  fees: [],
}
const quote = (rounding: string, change: object): LoanQuote =>
  LoanQuote.parse(quoteOf(LoanQuoteRequest.parse({ ...plain, rounding: { instalment: rounding, residue: 'last' }, ...change })))

// A rate has 12 decimals, so a figure can miss a half, or a whole rupee, by less than a 10^12th of a paisa and still be on its own side of it.
// Each row was computed in exact fractions, outside the program.
test('the annual percentage rate tells a rate that just misses a half of a hundredth from one that meets it', () => {
  const table: readonly (readonly [string, object])[] = [
    ['12.34', { annualRate: '12.344999999999' }],
    ['12.35', { annualRate: '12.345' }],
    ['12.35', { annualRate: '12.345000000001' }],
    ['12.34', { annualRate: '12.344999999999', principal: 5, instalments: 2, frequency: 'weekly', method: 'equal_principal' }],
    ['12.34', { annualRate: '12.344999999999', principal: 600, instalments: 2 }],
    ['12.34', { annualRate: '12.344999999999', method: 'bullet', firstDueOn: '2024-03-15' }],
    ['24.37', { annualRate: '24.374999999999', principal: 6, frequency: 'fortnightly' }],
    ['24.38', { annualRate: '24.375', principal: 6, frequency: 'fortnightly' }],
    ['15.12', { annualRate: '15.124999999999', principal: 2, instalments: 3 }],
    ['33.27', { annualRate: '15.124999999999', principal: 150, dayCount: 'act/360', disbursedOn: '2023-05-30', firstDueOn: '2023-08-04' }],
  ]
  for (const [apr, change] of table) assert.equal(quote('none', change).apr, apr, JSON.stringify(change))
})

test('interest shown is halves up, and what only nearly is a half stays below', () => {
  const interest = (change: object): number | undefined => quote('none', change).schedule[0]?.interest
  assert.equal(interest({ principal: 100, annualRate: '6' }), 1)
  assert.equal(interest({ principal: 100, annualRate: '5.999999999999' }), 0)
  assert.equal(interest({ principal: 500, annualRate: '18', method: 'flat', instalments: 8 }), 8)
  assert.equal(interest({ principal: 500, annualRate: '17.999999999999', method: 'flat', instalments: 8 }), 7)
  assert.equal(
    quote('none', { principal: 1000, annualRate: '5.999999999997', instalments: 6, method: 'equal_principal' }).schedule[5]?.total,
    167,
  )
})

test('an instalment a hair above a whole rupee is rounded up to the next', () => {
  // 300 at 50 % a month is 1.5 flat rupees of interest: 150 and 150 are three rupees, and any more is four.
  const flat = { principal: 300, instalments: 2, method: 'flat' }
  assert.equal(quote('rupee_up', { ...flat, annualRate: '600' }).instalment, 300)
  assert.equal(quote('rupee_up', { ...flat, annualRate: '600.000000000001' }).instalment, 400)
  assert.equal(quote('rupee_up', { ...flat, annualRate: '599.999999999999' }).instalment, 300)
  assert.equal(quote('rupee_up', { principal: 1_000, annualRate: '120' }).instalment, 1_100)
  assert.equal(quote('rupee_up', { principal: 1_000, annualRate: '120.000000000001' }).instalment, 1_200)
})

test('what a debt of very high interest repays at first is told from nothing', () => {
  // 120 % a year over 50 years: the instalment is the interest and a 10^25th of the debt, and so is more than 100 rupees.
  const fifty = quote('rupee_up', { principal: 100_000, annualRate: '120', instalments: 600 })
  assert.deepEqual([fifty.instalment, fifty.schedule.length, fifty.schedule.at(-1)?.total], [10_100, 49, 4_429])
  // 250 % a quarter: the first interest is a half of a paisa, the second a 10^30th less.
  const quarters = quote('none', { principal: 729, annualRate: '1000', instalments: 59, frequency: 'quarterly' })
  assert.deepEqual(
    quarters.schedule.slice(0, 3).map((row) => row.interest),
    [1_823, 1_822, 1_822],
  )
})
