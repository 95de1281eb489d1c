import fc from 'fast-check'
import type { Lent } from './loan-oracle.ts'

type Terms = Omit<Lent, 'principal' | 'instalments' | 'disbursedOn'>
const kind = (terms: Partial<Terms>, feeRate = 3n): { readonly lent: Terms; readonly feeRate: bigint; readonly product: object } => {
  const lent = { annualRate: '15', method: 'emi', dayCount: 'per_period', rounding: 'rupee_nearest', latePerDay: '0.05', ...terms } as const
  const { annualRate, method, dayCount, rounding, latePerDay } = lent
  const product = {
    annualRate,
    method,
    dayCount,
    fee: { rate: '2', taxRate: '18' },
    principal: { min: 1, max: 100_000_000 },
    instalments: { min: 1, max: 60 },
    rounding: { instalment: rounding, residue: 'last' },
    lateCharge: { perDay: latePerDay, rule: 'india-rbi' },
    foreclosure: { chargeRate: String(feeRate), taxRate: '18' },
  }
  return { lent, feeRate, product }
}

/** What loans are made from: every method, rounding and day count, no interest, no late charge, and a dear one. */
export const kinds = [
  kind({}),
  kind({ method: 'flat', rounding: 'paisa' }),
  kind({ method: 'equal_principal', dayCount: 'act/365', rounding: 'rupee_up' }),
  kind({ method: 'bullet', annualRate: '23.99', latePerDay: '0.1' }, 0n),
  kind({ annualRate: '0', rounding: 'paisa', latePerDay: '0' }, 0n),
  kind({ annualRate: '59.125', rounding: 'rupee_up', dayCount: 'act/360', latePerDay: '1' }),
  kind({ method: 'flat', annualRate: '9.5', rounding: 'rupee_up', latePerDay: '0.333333333333' }, 5n),
  kind({ method: 'bullet', annualRate: '0', rounding: 'paisa' }),
  kind({ method: 'equal_principal', annualRate: '36', rounding: 'paisa', latePerDay: '3' }, 0n),
  kind({ annualRate: '7.25', rounding: 'paisa', dayCount: 'act/365', latePerDay: '0' }),
] as const

/** How much is paid: a share of a lakh, or a mark and so many paise beside it. */
export interface Amount {
  readonly mark: 'share' | 'due' | 'next' | 'all' | 'prepaid'
  readonly off: number
  readonly share: number
}
export type Pay = {
  readonly kind: 'pay'
  readonly of: number
  readonly amount: Amount
  readonly from: 'cash' | 'wallet'
  readonly excess: 'wallet' | 'prepay'
  readonly again: boolean
}
export type Reverse = { readonly kind: 'reverse'; readonly of: number; readonly which: number; readonly again: boolean }
export type Cash = { readonly kind: 'cash'; readonly out: boolean; readonly amount: number }
export type Step =
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'due'; readonly of: number; readonly off: number }
  | Pay
  | Reverse
  | Cash
  | { readonly kind: 'foreclose'; readonly of: number; readonly from: 'cash' | 'wallet'; readonly later: number }
  | { readonly kind: 'together'; readonly steps: readonly (Pay | Reverse | Cash)[] }

const of = fc.nat(2)
const days = fc.record({
  kind: fc.constant('days' as const),
  days: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(28, 29, 30, 31, 95)),
})
const due = fc.record({ kind: fc.constant('due' as const), of, off: fc.constantFrom(0, 0, 1, -1) })
const pay: fc.Arbitrary<Pay> = fc.record({
  kind: fc.constant('pay' as const),
  of,
  amount: fc.record({
    mark: fc.constantFrom(
      'share' as const,
      'share' as const,
      'due' as const,
      'next' as const,
      'next' as const,
      'all' as const,
      'prepaid' as const,
    ),
    off: fc.constantFrom(0, 0, 1, -1, -5000, 5000),
    share: fc.oneof(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 100, max: 1_000_000 }),
      fc.integer({ min: 1_000_000, max: 12_000_000 }),
    ),
  }),
  from: fc.constantFrom('cash' as const, 'wallet' as const),
  excess: fc.constantFrom('wallet' as const, 'prepay' as const),
  again: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
})
const reverse: fc.Arbitrary<Reverse> = fc.record({
  kind: fc.constant('reverse' as const),
  of,
  which: fc.nat(20),
  again: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
})
const cash: fc.Arbitrary<Cash> = fc.record({
  kind: fc.constant('cash' as const),
  out: fc.boolean(),
  amount: fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1_000_000, max: 30_000_000 })),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: days },
  { weight: 3, arbitrary: due },
  { weight: 10, arbitrary: pay },
  { weight: 4, arbitrary: reverse },
  { weight: 2, arbitrary: cash },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('foreclose' as const),
      of,
      from: fc.constantFrom('cash' as const, 'wallet' as const),
      later: fc.oneof(fc.constant(0), fc.nat(45)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('together' as const),
      steps: fc.array(fc.oneof({ weight: 4, arbitrary: pay }, { weight: 1, arbitrary: reverse }, { weight: 1, arbitrary: cash }), {
        minLength: 2,
        maxLength: 8,
      }),
    }),
  },
)
const loan = fc.record({
  kind: fc.nat(kinds.length - 1),
  principal: fc.oneof(fc.constantFrom(10_000_000, 1_000_000, 1_234_567), fc.integer({ min: 50_000, max: 20_000_000 })),
  instalments: fc.oneof(fc.constant(12), fc.integer({ min: 1, max: 24 })),
})

/** Three loans and what befalls them. */
export const lifeOf = fc.record({
  loans: fc.array(loan, { minLength: 3, maxLength: 3 }),
  steps: fc.array(step, { minLength: 12, maxLength: 24 }),
})
