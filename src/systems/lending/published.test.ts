import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { LoanQuote, LoanQuoteRequest, quoteOf } from './quote.ts'

const file = (name: string): string => readFileSync(new URL(`../../../test/lending/${name}`, import.meta.url), 'utf8')

const quote = (request: unknown): LoanQuote => LoanQuote.parse(quoteOf(LoanQuoteRequest.parse(request)))

type Illustration = {
  loan: { principal_rupees: number; annual_rate_percent: number; instalments: number; fees_rupees: number }
  rows: { n: number; outstanding: number; principal: number; interest: number }[]
}

const rbi = (minorUnits: number, currency: string): { got: LoanQuote; want: Illustration } => {
  const want = JSON.parse(file('rbi-illustration.json')) as Illustration
  const got = quote({
    principal: want.loan.principal_rupees * minorUnits,
    currency,
    annualRate: `${want.loan.annual_rate_percent}`,
    instalments: want.loan.instalments,
    frequency: 'monthly',
    method: 'emi',
    dayCount: 'per_period',
    disbursedOn: '2024-10-01',
    firstDueOn: '2024-11-01',
    rounding: { instalment: 'none', residue: 'last' },
    fees: [{ name: 'processing', amount: want.loan.fees_rupees * minorUnits, paid: 'deducted' }],
  })
  return { got, want }
}

test("RBI's own illustration matches row for row, with its APR (RBI/DOR/2021-22/89, Annex II and III)", () => {
  const { got, want } = rbi(100, 'INR')
  assert.equal(got.schedule.length, 24)
  for (const [at, row] of want.rows.entries()) {
    const mine = got.schedule[at]
    assert.ok(mine)
    const rupees = [mine.opening, mine.principal, mine.interest].map((paise) => Math.round(paise / 100))
    assert.deepEqual([mine.number, ...rupees], [row.n, row.outstanding, row.principal, row.interest])
  }
  assert.equal(got.instalment, 96_973)
  assert.equal(got.netDisbursed, 1_960_000)
  assert.equal(got.apr, '17.07')
  assert.equal(got.totals.interest, 327_359)
})

test('it matches in a currency without minor units too, where the API itself rounds to the unit', () => {
  const { got, want } = rbi(1, 'JPY')
  assert.deepEqual(
    got.schedule.map((row) => [row.number, row.opening, row.principal, row.interest]),
    want.rows.map((row) => [row.n, row.outstanding, row.principal, row.interest]),
  )
  assert.deepEqual([got.instalment, got.apr, got.totals.interest], [970, '17.07', 3274])
})

type Published = {
  id: string
  request: unknown
  schedule: { dueOn: string; principal: number; interest: number; total: number; closing: number }[]
  tolerance: number
}

test('17 schedules published by Apache Fineract match within their tolerance', async (t) => {
  const published = file('fineract-schedules.ndjson')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Published)
  assert.equal(published.length, 17)
  for (const { id, request, schedule, tolerance } of published) {
    await t.test(id, () => {
      const got = quote(request).schedule
      assert.deepEqual(
        got.map((row) => row.dueOn),
        schedule.map((row) => row.dueOn),
      )
      for (const [at, want] of schedule.entries()) {
        const mine = got[at]
        assert.ok(mine)
        for (const key of ['principal', 'interest', 'total', 'closing'] as const)
          assert.ok(Math.abs(mine[key] - want[key]) <= tolerance, `row ${at + 1} ${key}: ${mine[key]} for ${want[key]}`)
      }
    })
  }
})
