import { keys, rows, sql } from '#kernel/db'
import { emit } from '#kernel/events'
import { Fault } from '#kernel/faults'
import { inQuery, paged, pageFields, pageOf, readCursor } from '#kernel/http'
import { idOf, newId } from '#kernel/ids'
import { Amount, CurrencyCode, parseRate, RateText } from '#kernel/money'
import { operation, view } from '#kernel/operations'
import { each, keyed, type Tx } from '#kernel/tx'
import { DAY_COUNTS, MAX_INSTALMENTS, METHODS } from '#kernel/amortisation'
import type { Frequency, InstalmentRounding, LoanDayCount, Method } from '#kernel/amortisation'
import { z } from 'zod'
import { HOUSE_CURRENCY } from './accounts.ts'
import { productChanged, productMade } from './events.ts'
import { percentOf } from './foreclosure.ts'
import { refuseOtherCurrency } from './wallet.ts'

export const ProductId = idOf('product')

// Names are shown to people: no control characters, not blank.
const ProductName = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}\p{Cn}\p{Co}<>]+$/u)

const range = (bound: z.ZodNumber) =>
  z.strictObject({ min: bound, max: bound }).refine(({ min, max }) => min <= max, { error: 'min is above max', path: ['min'] })

const terms = {
  name: ProductName,
  currency: CurrencyCode,
  principal: range(Amount),
  instalments: range(z.int().min(1).max(MAX_INSTALMENTS)),
  annualRate: RateText,
  method: z.enum(METHODS).default('emi'),
  frequency: z.literal('monthly').default('monthly'),
  dayCount: z.enum(DAY_COUNTS).default('per_period'),
  rounding: z
    .strictObject({ instalment: z.enum(['paisa', 'rupee_nearest', 'rupee_up']), residue: z.literal('last') })
    .default({ instalment: 'rupee_nearest', residue: 'last' }),
  // Percent of the principal, and of that fee. Deducted at disbursal.
  fee: z.strictObject({ rate: RateText, taxRate: RateText }).default({ rate: '0', taxRate: '0' }),
  // Percent a day of what is overdue. india-rbi: a penal charge, never capitalised, the same for all loans of the product, no GST.
  lateCharge: z.strictObject({ perDay: RateText, rule: z.literal('india-rbi') }).default({ perDay: '0', rule: 'india-rbi' }),
  // Percent of the principal outstanding, and of that charge.
  foreclosure: z.strictObject({ chargeRate: RateText, taxRate: RateText }).default({ chargeRate: '0', taxRate: '0' }),
  // officer: every application that isn't rejected is referred.
  approval: z.enum(['score', 'officer']).default('score'),
}

const ProductAnswer = z.strictObject({
  id: z.string(),
  version: z.int(),
  state: z.literal('offered'),
  ...z.object(terms).shape,
  frequency: z.string(),
})

// A version of a product, as stored.
export interface Product {
  readonly id: string
  readonly version: number
  readonly name: string
  readonly currency: z.infer<typeof CurrencyCode>
  readonly principal_min: bigint
  readonly principal_max: bigint
  readonly instalments_min: number
  readonly instalments_max: number
  readonly annual_rate: string
  readonly method: Method
  readonly frequency: Frequency
  readonly day_count: LoanDayCount
  readonly rounding: Exclude<InstalmentRounding, 'none'>
  readonly fee_rate: string
  readonly fee_tax: string
  readonly late_per_day: string
  readonly foreclosure_rate: string
  readonly foreclosure_tax: string
  readonly approval: 'score' | 'officer'
  readonly made_at: string
}

const columns = sql`id, version, name, currency, principal_min, principal_max, instalments_min, instalments_max, annual_rate, method,
  frequency, day_count, rounding, fee_rate, fee_tax, late_per_day, foreclosure_rate, foreclosure_tax, approval, made_at`
const newest = keyed<Product>(
  sql`select distinct on (id) ${columns} from lending.product where id = any(${keys('text')}) order by id, version desc`,
  'id',
)

// The newest version of a product, or a 404.
export const findProduct = async (tx: Tx, id: string): Promise<Product> => {
  const product = await newest(tx, id)
  if (!product) throw new Fault('lending.product_unknown', { id })
  return product
}

const insert = each<Product>(sql`
  insert into lending.product (${columns}) select ${columns} from ${rows({
    id: 'text',
    version: 'integer',
    name: 'text',
    currency: 'text',
    principal_min: 'bigint',
    principal_max: 'bigint',
    instalments_min: 'integer',
    instalments_max: 'integer',
    annual_rate: 'text',
    method: 'text',
    frequency: 'text',
    day_count: 'text',
    rounding: 'text',
    fee_rate: 'text',
    fee_tax: 'text',
    late_per_day: 'text',
    foreclosure_rate: 'text',
    foreclosure_tax: 'text',
    approval: 'text',
    made_at: 'timestamptz',
  })} x`)

const shown = (product: Product): z.infer<typeof ProductAnswer> => ({
  id: product.id,
  name: product.name,
  version: product.version,
  state: 'offered',
  currency: product.currency,
  principal: { min: Number(product.principal_min), max: Number(product.principal_max) },
  instalments: { min: product.instalments_min, max: product.instalments_max },
  annualRate: product.annual_rate,
  method: product.method,
  frequency: product.frequency,
  dayCount: product.day_count,
  rounding: { instalment: product.rounding, residue: 'last' },
  fee: { rate: product.fee_rate, taxRate: product.fee_tax },
  lateCharge: { perDay: product.late_per_day, rule: 'india-rbi' },
  foreclosure: { chargeRate: product.foreclosure_rate, taxRate: product.foreclosure_tax },
  approval: product.approval,
})

// The fee on a principal and the tax on that fee. They must leave something of it.
export const feesOn = (product: Pick<Product, 'fee_rate' | 'fee_tax'>, principal: bigint): { fee: bigint; feeTax: bigint } => {
  const fee = percentOf(principal, parseRate(product.fee_rate))
  const feeTax = percentOf(fee, parseRate(product.fee_tax))
  if (fee + feeTax >= principal)
    throw new Fault('lending.fees_exceed_principal', { principal: Number(principal), fees: Number(fee), tax: Number(feeTax) })
  return { fee, feeTax }
}

// Makes a product, or with `product` its next version: new loans take the newest, loans already made keep theirs.
export const makeProduct = operation(
  'lending.make_product',
  {
    summary: 'Make a loan product, or a new version of one',
    input: z.strictObject({ product: ProductId.optional(), ...terms }),
    answer: ProductAnswer,
    status: 201,
    locks: ({ product }) => (product === undefined ? [] : [product]),
    may: ['admin'],
    faults: ['lending.product_unknown', 'lending.currency_mismatch', 'lending.fees_exceed_principal'],
  },
  async ({ tx }, i) => {
    const before = i.product === undefined ? null : await findProduct(tx, i.product)
    refuseOtherCurrency(i.currency, HOUSE_CURRENCY)
    const product: Product = {
      id: before?.id ?? newId('product'),
      version: (before?.version ?? 0) + 1,
      name: i.name,
      currency: i.currency,
      principal_min: BigInt(i.principal.min),
      principal_max: BigInt(i.principal.max),
      instalments_min: i.instalments.min,
      instalments_max: i.instalments.max,
      annual_rate: i.annualRate,
      method: i.method,
      frequency: i.frequency,
      day_count: i.dayCount,
      rounding: i.rounding.instalment,
      fee_rate: i.fee.rate,
      fee_tax: i.fee.taxRate,
      late_per_day: i.lateCharge.perDay,
      foreclosure_rate: i.foreclosure.chargeRate,
      foreclosure_tax: i.foreclosure.taxRate,
      approval: i.approval,
      made_at: tx.moment.at,
    }
    // Nobody could ever apply for it.
    for (const principal of [product.principal_min, product.principal_max]) feesOn(product, principal)
    insert(tx, product)
    const { id, version, name } = product
    emit(tx, before ? productChanged : productMade, id, { product: id, version, name })
    return shown(product)
  },
)

const everyone = ['admin', 'credit_officer', 'cashier', 'auditor', 'borrower'] as const

// Products in their newest versions, newest first.
export const products = view(
  'lending.products',
  {
    summary: 'Loan products, newest first',
    input: z.strictObject(pageFields),
    answer: pageOf(ProductAnswer),
    may: everyone,
    faults: ['http.cursor_invalid'],
  },
  async ({ read }, { limit, after }) => {
    const cursor = readCursor(after, 1)
    const found = await read<Product>(sql`
      select distinct on (id) ${columns} from lending.product where ${cursor?.[0] ?? null}::text is null or id < ${cursor?.[0] ?? null}
      order by id desc, version desc limit ${limit + 1}`)
    return paged(found, limit, shown, (row) => [row.id])
  },
)

// One product, newest or as it was in a version.
export const product = view(
  'lending.product',
  {
    summary: 'One loan product',
    input: z.strictObject({ product: ProductId, version: inQuery(z.int().min(1).max(1_000_000)).optional() }),
    answer: ProductAnswer,
    may: everyone,
    faults: ['lending.product_unknown'],
  },
  async ({ read }, { product: id, version = null }) => {
    const [found] = await read<Product>(sql`
      select ${columns} from lending.product where id = ${id} and (${version}::integer is null or version = ${version})
      order by version desc limit 1`)
    if (!found) throw new Fault('lending.product_unknown', { id })
    return shown(found)
  },
)
