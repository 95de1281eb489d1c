import { aprOf, scheduleOf } from '#kernel/amortisation'
import { rows, sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { findPerson, PersonId, self } from '#kernel/identity'
import { newId } from '#kernel/ids'
import { addMonths, Amount, CurrencyCode, parseRate } from '#kernel/money'
import type { IsoDate } from '#kernel/money'
import { operation, own } from '#kernel/operations'
import { each } from '#kernel/tx'
import { z } from 'zod'
import { applied } from './events.ts'
import { loanRowsOf } from './loan-row.ts'
import { LOAN_STATES } from './loan.ts'
import { LATE_CHARGE_MAX } from './penalty.ts'
import { feesOn, findProduct, ProductId } from './product.ts'
import type { Product } from './product.ts'
import { refuseOtherCurrency } from './wallet.ts'

const Application = z.strictObject({
  person: PersonId,
  product: ProductId,
  principal: Amount,
  currency: CurrencyCode,
  instalments: z.int().min(1).max(1200),
  // Minor units a month; the scorecard compares the instalment with it where it is stated.
  monthlyIncome: Amount.optional(),
})

// What every move on an application answers.
export const LoanMoved = z.strictObject({
  id: z.string(),
  state: z.enum(LOAN_STATES),
  person: z.string(),
  principal: z.int(),
  currency: z.string(),
  instalments: z.int(),
  at: z.string(),
})
export const movedTo = <State extends (typeof LOAN_STATES)[number]>(
  loan: {
    readonly id: string
    readonly person: string
    readonly principal: bigint
    readonly currency: string
    readonly instalments: number
  },
  state: State,
  at: string,
) => ({
  id: loan.id,
  state,
  person: loan.person,
  principal: Number(loan.principal),
  currency: loan.currency,
  instalments: loan.instalments,
  at,
})

const refuseOutOfRange = ({ principal, instalments }: z.infer<typeof Application>, product: Product): void => {
  if (BigInt(principal) < product.principal_min || BigInt(principal) > product.principal_max)
    throw new Fault('lending.principal_out_of_range', { min: Number(product.principal_min), max: Number(product.principal_max) })
  if (instalments < product.instalments_min || instalments > product.instalments_max)
    throw new Fault('lending.instalments_out_of_range', { min: product.instalments_min, max: product.instalments_max })
}

// The price of the loan as it would be disbursed today; the same terms refuse the same things again on the day itself.
const priceOf = (product: Product, wanted: { readonly principal: bigint; readonly instalments: number }, today: IsoDate) => {
  const { fee, feeTax } = feesOn(product, wanted.principal)
  const terms = {
    ...wanted,
    currency: product.currency,
    annualRate: parseRate(product.annual_rate),
    method: product.method,
    frequency: product.frequency,
    dayCount: product.day_count,
    instalmentBasis: 'period_rate' as const,
    rounding: product.rounding,
    disbursedOn: today,
    firstDueOn: addMonths(today, 1),
  }
  loanRowsOf(terms)
  const schedule = scheduleOf(terms)
  // Every figure of the loan is told as a number of JSON, also with the late charge that it may come to bear.
  const largest = BigInt(Number.MAX_SAFE_INTEGER) - LATE_CHARGE_MAX
  if (schedule.rows.reduce((sum, { total }) => sum + total, 0n) > largest)
    throw new Fault('lending.quote_too_large', { largest: Number(largest) })
  return { fee, feeTax, instalment: schedule.instalment, apr: aprOf(schedule, wanted.principal - fee - feeTax, terms.frequency) }
}

const insert = each<{
  id: string
  person: string
  person_name: string
  pan: string | null
  product: string
  product_name: string
  product_version: number
  approval: string
  principal: bigint
  currency: string
  instalments: number
  annual_rate: string
  method: string
  frequency: string
  day_count: string
  rounding: string
  late_per_day: string
  foreclosure_rate: string
  foreclosure_tax: string
  fee: bigint
  fee_tax: bigint
  instalment: bigint
  apr: string
  monthly_income: bigint | null
  applied_at: string
  applied_by: string
}>(sql`
  insert into lending.loan (id, state, person, person_name, pan, product, product_name, product_version, approval, principal, currency,
    instalments, annual_rate, method, frequency, day_count, rounding, late_per_day, foreclosure_rate, foreclosure_tax, fee, fee_tax,
    instalment, apr, monthly_income, applied_at, applied_by)
  select id, 'applied', person, person_name, pan, product, product_name, product_version, approval, principal, currency,
    instalments, annual_rate, method, frequency, day_count, rounding, late_per_day, foreclosure_rate, foreclosure_tax, fee, fee_tax,
    instalment, apr, monthly_income, applied_at, applied_by
  from ${rows({
    id: 'text',
    person: 'text',
    person_name: 'text',
    pan: 'text',
    product: 'text',
    product_name: 'text',
    product_version: 'integer',
    approval: 'text',
    principal: 'bigint',
    currency: 'text',
    instalments: 'integer',
    annual_rate: 'text',
    method: 'text',
    frequency: 'text',
    day_count: 'text',
    rounding: 'text',
    late_per_day: 'text',
    foreclosure_rate: 'text',
    foreclosure_tax: 'text',
    fee: 'bigint',
    fee_tax: 'bigint',
    instalment: 'bigint',
    apr: 'text',
    monthly_income: 'bigint',
    applied_at: 'timestamptz',
    applied_by: 'text',
  })} x`)

// Takes an application: the product's newest version is kept with it, and the credit check follows by itself.
export const apply = operation(
  'lending.apply',
  {
    summary: 'Apply for a loan',
    input: Application,
    answer: LoanMoved,
    status: 201,
    may: ['admin', 'credit_officer', 'cashier', own('borrower', self)],
    faults: [
      'identity.person_unknown',
      'lending.product_unknown',
      'identity.deactivated',
      'lending.currency_mismatch',
      'lending.principal_out_of_range',
      'lending.instalments_out_of_range',
      'lending.fees_exceed_principal',
      'lending.instalment_below_interest',
      'lending.quote_too_large',
    ],
  },
  async ({ tx, principal: caller }, i) => {
    const [person, product] = await Promise.all([findPerson(tx, i.person), findProduct(tx, i.product)])
    if (person.state !== 'active') throw new Fault('identity.deactivated', { person: person.id })
    refuseOtherCurrency(i.currency, product.currency)
    refuseOutOfRange(i, product)
    const wanted = { principal: BigInt(i.principal), instalments: i.instalments }
    const { fee, feeTax, instalment, apr } = priceOf(product, wanted, tx.moment.today)
    const loan = {
      id: newId('loan'),
      person: person.id,
      person_name: person.name,
      pan: person.pan,
      product: product.id,
      product_name: product.name,
      product_version: product.version,
      currency: product.currency,
      monthly_income: i.monthlyIncome === undefined ? null : BigInt(i.monthlyIncome),
      applied_at: tx.moment.at,
      applied_by: caller.behalf ?? caller.id,
      ...wanted,
    }
    const { approval, annual_rate, method, frequency, day_count, rounding, late_per_day, foreclosure_rate, foreclosure_tax } = product
    const kept = { approval, annual_rate, method, frequency, day_count, rounding, late_per_day, foreclosure_rate, foreclosure_tax }
    insert(tx, { ...loan, ...kept, fee, fee_tax: feeTax, instalment, apr })
    const { principal, currency, instalments } = i
    emit(tx, applied, loan.id, { loan: loan.id, person: person.id, product: product.id, principal, currency, instalments })
    return movedTo(loan, 'applied', tx.moment.at)
  },
)
