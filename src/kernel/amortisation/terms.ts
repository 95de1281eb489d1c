import type { Currency, IsoDate, Rate } from '#kernel/money'

export const PERIODS_PER_YEAR = { monthly: 12, quarterly: 4, fortnightly: 26, weekly: 52 } as const
export type Frequency = keyof typeof PERIODS_PER_YEAR

export const METHODS = ['emi', 'flat', 'equal_principal', 'bullet'] as const
export type Method = (typeof METHODS)[number]

// per_period charges the yearly rate divided by the periods of a year, whatever the dates; the others count days.
export const DAY_COUNTS = ['per_period', '30/360', 'act/360', 'act/365', 'act/act'] as const
export type LoanDayCount = (typeof DAY_COUNTS)[number]

// What a level instalment is solved from: the rate per period, or the interest factors of the actual days.
export const INSTALMENT_BASES = ['period_rate', 'day_factors'] as const
export type InstalmentBasis = (typeof INSTALMENT_BASES)[number]

// none keeps everything unrounded inside; the others round the instalment (the principal part, for equal_principal).
export const INSTALMENT_ROUNDINGS = ['none', 'paisa', 'rupee_nearest', 'rupee_up'] as const
export type InstalmentRounding = (typeof INSTALMENT_ROUNDINGS)[number]

// 1,200 instalments are a hundred years of months; above that a request is a mistake.
export const MAX_INSTALMENTS = 1200

// All that decides a loan's schedule. `principal` is in minor units of `currency`.
export type Terms = {
  readonly principal: bigint
  readonly currency: Currency
  readonly annualRate: Rate
  readonly instalments: number
  readonly frequency: Frequency
  readonly method: Method
  readonly dayCount: LoanDayCount
  readonly instalmentBasis: InstalmentBasis
  readonly disbursedOn: IsoDate
  readonly firstDueOn: IsoDate // after disbursedOn
  readonly rounding: InstalmentRounding
}
