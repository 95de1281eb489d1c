import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { addDays, parseRate } from '#kernel/money'
import { appropriate, isPaidOff } from './appropriate.ts'
import type { Appropriation, LoanPosition } from './appropriate.ts'
import { foreclosureFigures } from './foreclosure.ts'
import { loanRowsOf, outstandingPrincipal } from './loan-row.ts'
import { lateChargeDue, lateChargeSoFar, noLateCharge } from './penalty.ts'
import { LoanQuoteRequest, quoteOf } from './quote.ts'
import { DAY_COUNTS, METHODS } from '#kernel/amortisation'
import type { Terms } from '#kernel/amortisation'

const runs = Number(process.env['HOLDFAST_ROUNDS'] ?? 150)

const termsAny: fc.Arbitrary<Terms> = fc
  .record({
    principal: fc.bigInt({ min: 100_000n, max: 10n ** 11n }),
    annualRate: fc.integer({ min: 0, max: 600_000 }).map((n) => parseRate((n / 10_000).toFixed(4))),
    instalments: fc.integer({ min: 1, max: 40 }),
    frequency: fc.constantFrom('monthly', 'quarterly', 'fortnightly', 'weekly'),
    method: fc.constantFrom(...METHODS),
    dayCount: fc.constantFrom(...DAY_COUNTS),
    instalmentBasis: fc.constantFrom('period_rate', 'day_factors'),
    start: fc.integer({ min: 0, max: 3000 }),
    gap: fc.integer({ min: 5, max: 31 }),
    rounding: fc.constantFrom('paisa', 'rupee_nearest', 'rupee_up'),
  })
  .map(({ start, gap, ...rest }) => {
    const disbursedOn = addDays('2022-01-01', start)
    return { ...rest, currency: 'INR', disbursedOn, firstDueOn: addDays(disbursedOn, gap) } as const
  })

const positionOf = (terms: Terms): LoanPosition | null => {
  try {
    return { terms, rows: loanRowsOf(terms), lateCharge: noLateCharge(parseRate('0.06'), terms.disbursedOn) }
  } catch {
    return null // a row below its interest: not a loan
  }
}

const paymentsAny = fc.array(
  fc.record({
    days: fc.integer({ min: 0, max: 70 }),
    share: fc.integer({ min: 1, max: 400 }),
    excess: fc.constantFrom('wallet', 'prepay'),
  }),
  { maxLength: 30 },
)

const parts = ({ lateCharge, interest, principal, prepaid, toWallet }: Appropriation): bigint =>
  lateCharge + interest + principal + prepaid + toWallet

test('whatever is paid whenever, no paisa is made or lost', () => {
  fc.assert(
    fc.property(termsAny, paymentsAny, (terms, payments) => {
      let position = positionOf(terms)
      fc.pre(position !== null)
      let on = terms.disbursedOn
      let principalPaid = 0n
      for (const { days, share, excess } of payments) {
        on = addDays(on, days)
        const amount: bigint = (((position.rows[0]?.principal ?? 1n) + 100n) * BigInt(share)) / 100n + 1n
        const before = outstandingPrincipal(position.rows)
        const got = appropriate(position, { amount, on, excess })
        assert.equal(parts(got), amount)
        assert.equal(
          got.shares.reduce((sum, row) => sum + row.interest + row.principal, 0n),
          got.interest + got.principal,
        )
        assert.ok(got.lateCharge >= 0n && got.toWallet >= 0n && got.prepaid >= 0n && got.inAdvance <= got.interest)
        assert.equal(outstandingPrincipal(got.position.rows), before - got.principal - got.prepaid)
        for (const row of got.position.rows)
          assert.ok(row.paidInterest <= row.interest && row.paidPrincipal <= row.principal && row.paidInterest >= 0n)
        assert.ok(lateChargeDue(got.position.lateCharge) >= 0n)
        principalPaid += got.principal + got.prepaid
        position = got.position
      }
      assert.equal(principalPaid + outstandingPrincipal(position.rows), terms.principal)
    }),
    { numRuns: runs },
  )
})

test('a sum that reaches no further than one row ahead, paid at once or in parts on the same day, comes to the same', () => {
  fc.assert(
    fc.property(
      termsAny,
      fc.integer({ min: 0, max: 500 }),
      fc.bigInt({ min: 2n, max: 10n ** 10n }),
      fc.bigInt({ min: 1n, max: 10n ** 10n }),
      (terms, days, wanted, cut) => {
        const position = positionOf(terms)
        fc.pre(position !== null)
        const on = addDays(terms.disbursedOn, days)
        const all = 10n ** 15n
        const most = all - appropriate(position, { amount: all, on, excess: 'wallet' }).toWallet
        const amount = wanted < most ? wanted : most
        const first = cut % amount
        const whole = appropriate(position, { amount, on, excess: 'wallet' })
        const one = appropriate(position, { amount: first, on, excess: 'wallet' })
        const two = appropriate(one.position, { amount: amount - first, on, excess: 'wallet' })
        assert.deepEqual(two.position, whole.position)
        assert.equal(one.toWallet + two.toWallet, whole.toWallet)
      },
    ),
    { numRuns: runs },
  )
})

test('the late charge does not depend on how often it is reckoned', () => {
  fc.assert(
    fc.property(termsAny, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 }), (terms, steps) => {
      const start = positionOf(terms)
      fc.pre(start !== null)
      let position = start
      let on = terms.disbursedOn
      for (const days of steps) {
        on = addDays(on, days)
        position = appropriate(position, { amount: 0n, on, excess: 'wallet' }).position
      }
      const once = appropriate(start, { amount: 0n, on, excess: 'wallet' }).position
      assert.equal(lateChargeSoFar(position.lateCharge), lateChargeSoFar(once.lateCharge))
    }),
    { numRuns: runs },
  )
})

test('a quote is figure for figure what is posted', () => {
  fc.assert(
    fc.property(termsAny, (terms) => {
      const position = positionOf(terms)
      fc.pre(position !== null)
      const { principal, rounding, annualRate, ...rest } = terms
      const rate = `${annualRate / 10n ** 12n}.${`${annualRate % 10n ** 12n}`.padStart(12, '0')}`
      const request = {
        ...rest,
        principal: Number(principal),
        annualRate: rate,
        rounding: { instalment: rounding, residue: 'last' },
        fees: [],
      }
      const shown = quoteOf(LoanQuoteRequest.parse(request)).schedule
      assert.deepEqual(
        position.rows.map((row) => [row.number, row.dueOn, row.opening, row.principal, row.interest]),
        shown.map((row) => [row.number, row.dueOn, BigInt(row.opening), BigInt(row.principal), BigInt(row.interest)]),
      )
      assert.equal(
        position.rows.reduce((sum, row) => sum + row.principal, 0n),
        principal,
      )
    }),
    { numRuns: runs },
  )
})

test('paying what is due, when it is due, ends the loan with nothing over', () => {
  fc.assert(
    fc.property(termsAny, (terms) => {
      let position = positionOf(terms)
      fc.pre(position !== null)
      for (const row of position.rows) {
        const got = appropriate(position, { amount: row.principal + row.interest, on: row.dueOn, excess: 'wallet' })
        assert.deepEqual([got.lateCharge, got.toWallet, got.inAdvance], [0n, 0n, 0n])
        position = got.position
      }
      assert.ok(isPaidOff(position))
    }),
    { numRuns: runs },
  )
})

test('foreclosing costs the sum of its parts, and no interest beyond the day', () => {
  const free = { feeRate: parseRate('0'), taxRate: parseRate('0') }
  fc.assert(
    fc.property(termsAny, fc.integer({ min: 0, max: 900 }), (terms, days) => {
      const position = positionOf(terms)
      fc.pre(position !== null)
      const on = addDays(terms.disbursedOn, days)
      const got = foreclosureFigures(position, free, on)
      const next = foreclosureFigures(position, free, addDays(on, 1))
      assert.equal(got.total, got.principal + got.overdueInterest + got.accruedInterest + got.lateCharge)
      assert.equal(got.principal, terms.principal)
      const bearing = ({ overdueInterest, accruedInterest }: typeof got): bigint => overdueInterest + accruedInterest
      assert.ok(bearing(next) >= bearing(got))
      const due = position.rows.reduce((sum, row) => sum + row.interest, 0n)
      assert.ok(bearing(got) <= due)
    }),
    { numRuns: runs },
  )
})
