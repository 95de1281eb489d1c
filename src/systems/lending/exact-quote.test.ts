import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { DAY_COUNTS } from '#kernel/amortisation'
import { addDays, addMonths, dayNumberOf, parseDate } from '#kernel/money'
import { LoanQuoteRequest, quoteOf } from './quote.ts'

// The conventions once more, written the plain way in exact fractions, to hold the fast fixed-point arithmetic to.
const runs = Number(process.env['HOLDFAST_ROUNDS'] ?? 60)

type Fraction = readonly [bigint, bigint]

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b))
const q = (n: bigint | number, d: bigint | number = 1n): Fraction => {
  const [a, b] = [BigInt(n), BigInt(d)]
  const g = gcd(a, b) * (b < 0n ? -1n : 1n)
  return [a / g, b / g]
}
const add = ([a, b]: Fraction, [c, d]: Fraction): Fraction => q(a * d + c * b, b * d)
const sub = (a: Fraction, [c, d]: Fraction): Fraction => add(a, [-c, d])
const mul = ([a, b]: Fraction, [c, d]: Fraction): Fraction => q(a * c, b * d)
const div = ([a, b]: Fraction, [c, d]: Fraction): Fraction => q(a * d, b * c)
const atLeast = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d >= c * b
const sumOf = (list: readonly Fraction[]): Fraction => list.reduce(add, q(0))

const halfUp = (x: Fraction, step = 1n): Fraction => {
  const [n, d] = div(x, q(step))
  const size = ((n < 0n ? -n : n) * 2n + d) / (2n * d)
  return q((n < 0n ? -size : size) * step)
}
const roundUp = (x: Fraction, step: bigint): Fraction => {
  const [n, d] = div(x, q(step))
  return q(((n + d - 1n) / d) * step)
}

const PERIODS = { monthly: 12, quarterly: 4, fortnightly: 26, weekly: 52 } as const

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

// ISDA, day by day: each is a 366th or a 365th of its own year.
const actualActual = (from: string, to: string): Fraction => {
  const days = { leap: 0, common: 0 }
  for (let day = from; day < to; day = addDays(day, 1)) days[isLeap(Number(day.slice(0, 4))) ? 'leap' : 'common'] += 1
  return add(q(days.leap, 366), q(days.common, 365))
}

// Whole months as twelfths, anything else by 30E/360.
const thirty360 = (from: string, to: string): Fraction => {
  for (let months = 1; addMonths(from, months) <= to; months += 1) if (addMonths(from, months) === to) return q(months, 12)
  const [y1, m1, d1, y2, m2, d2] = [...from.split('-'), ...to.split('-')].map(Number) as [number, number, number, number, number, number]
  return q(360 * (y2 - y1) + 30 * (m2 - m1) + Math.min(d2, 30) - Math.min(d1, 30), 360)
}

const STEPS = { monthly: 1, quarterly: 3, fortnightly: null, weekly: null } as const

const factorsOf = (request: LoanQuoteRequest, dues: readonly string[]): Fraction[] => {
  const rate = q(BigInt(request.annualRate.replace('.', '')), 100n * 10n ** BigInt(request.annualRate.split('.')[1]?.length ?? 0))
  const months = STEPS[request.frequency]
  const partOf = (from: string, to: string, at: number): Fraction => {
    const days = dayNumberOf(parseDate(to)) - dayNumberOf(parseDate(from))
    switch (request.dayCount) {
      case 'per_period':
        return q(1, PERIODS[request.frequency])
      case '30/360':
        return at > 0 && months !== null ? q(months, 12) : thirty360(from, to)
      case 'act/360':
        return q(days, 360)
      case 'act/365':
        return q(days, 365)
      case 'act/act':
        return actualActual(from, to)
    }
  }
  return dues.map((to, at) => mul(rate, partOf(dues[at - 1] ?? request.disbursedOn, to, at)))
}

const levelOf = (request: LoanQuoteRequest, factors: readonly Fraction[], perPeriod: Fraction): Fraction => {
  const [principal, count] = [q(request.principal), q(request.instalments)]
  if (request.method === 'flat') return add(div(principal, count), mul(principal, perPeriod))
  if (request.method === 'equal_principal') return div(principal, count)
  const grown = (upTo: number): Fraction =>
    (request.instalmentBasis === 'day_factors' ? factors : factors.map(() => perPeriod))
      .slice(0, upTo)
      .reduce((product, f) => mul(product, add(q(1), f)), q(1))
  return div(principal, sumOf(factors.map((_, at) => div(q(1), grown(at + 1)))))
}

type Row = { opening: Fraction; principal: Fraction; interest: Fraction }

const rowsOf = (request: LoanQuoteRequest, dues: readonly string[]): { level: Fraction; rows: Row[] } => {
  const factors = factorsOf(request, dues)
  const perPeriod = factorsOf({ ...request, dayCount: 'per_period' }, dues)[0] ?? q(0)
  const mode = request.rounding.instalment
  const exact = levelOf(request, factors, perPeriod)
  const level = mode === 'none' ? exact : mode === 'rupee_up' ? roundUp(exact, 100n) : halfUp(exact, mode === 'paisa' ? 1n : 100n)
  const rows: Row[] = []
  let opening = q(request.principal)
  for (const [at, factor] of factors.entries()) {
    const unrounded = request.method === 'flat' ? mul(q(request.principal), perPeriod) : mul(opening, factor)
    const interest = mode === 'none' ? unrounded : halfUp(unrounded)
    const wanted = request.method === 'bullet' ? q(0) : request.method === 'equal_principal' ? level : sub(level, interest)
    const principal = at === factors.length - 1 || atLeast(wanted, opening) ? opening : wanted
    rows.push({ opening, principal, interest })
    opening = sub(opening, principal)
    if (opening[0] === 0n) break
  }
  return { level, rows }
}

const shown = (x: Fraction): number => Number(halfUp(x)[0])

const requests = fc
  .record({
    principal: fc.oneof(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 100_000 }).map((hundreds) => hundreds * 100),
      fc.integer({ min: 100_000, max: 1e12 }),
    ),
    annualRate: fc.oneof(
      fc.constantFrom('0', '1', '2', '12', '15', '36', '12.345'),
      fc.integer({ min: 0, max: 9_999_999 }).map((n) => (n / 100_000).toFixed(5)),
    ),
    instalments: fc.integer({ min: 1, max: 26 }),
    frequency: fc.constantFrom('monthly', 'quarterly', 'fortnightly', 'weekly'),
    method: fc.constantFrom('emi', 'emi', 'flat', 'equal_principal', 'bullet'),
    dayCount: fc.constantFrom(...DAY_COUNTS),
    instalmentBasis: fc.constantFrom('period_rate', 'day_factors'),
    start: fc.integer({ min: 0, max: 3000 }),
    gap: fc.integer({ min: 1, max: 90 }),
    rounding: fc.constantFrom('none', 'paisa', 'rupee_nearest', 'rupee_up').map((instalment) => ({ instalment, residue: 'last' })),
  })
  .map(({ start, gap, ...rest }) => {
    const disbursedOn = addDays('2022-01-01', start)
    return LoanQuoteRequest.parse({ ...rest, disbursedOn, firstDueOn: addDays(disbursedOn, gap), currency: 'INR', fees: [] })
  })

test('every figure of a quote is what exact fractions give', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const got = quoteOf(request)
      // Rows omitted at the end still count in a level instalment over day factors, so all due dates are asked for.
      const dues = quoteOf({ ...request, method: 'bullet' }).schedule.map((row) => row.dueOn)
      const { level, rows } = rowsOf(request, dues)
      assert.deepEqual(
        got.schedule.map((row) => [row.opening, row.principal, row.interest, row.total, row.closing]),
        rows.map(({ opening, principal, interest }) =>
          [opening, principal, interest, add(principal, interest), sub(opening, principal)].map(shown),
        ),
      )
      const interest = sumOf(rows.map((row) => row.interest))
      assert.deepEqual(got.totals, {
        principal: request.principal,
        interest: shown(interest),
        fees: 0,
        tax: 0,
        total: shown(add(q(request.principal), interest)),
      })
      const first = rows[0] ?? { principal: q(0), interest: q(0) }
      const levelTotal = request.method === 'emi' || request.method === 'flat'
      assert.equal(got.instalment, shown(levelTotal ? level : add(first.principal, first.interest)))
    }),
    { numRuns: runs },
  )
})
