import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { DAY_COUNTS, feeOf, METHODS, ROUNDINGS } from '#components/calculator-input.ts'
import { Changes, Done, NothingRecorded, WhatHappens, type Change } from '#components/consequence.tsx'
import { MovePage } from '#components/move-page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { APPROVALS, ProductFields, productValues, type ProductValues } from '#components/product-fields.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { counted } from '#services/counted.ts'
import { useForm } from '#services/form.ts'
import { infoQuery } from '#services/info.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { useMove } from '#services/move.ts'
import { flatSchema, nested } from '#services/nested.ts'
import { productQuery, type Product } from '#services/products.ts'
import { quoteQuery, type QuoteInput } from '#services/quotes.ts'
import { useBodySchema } from '#services/schema.ts'
import { addMonths } from '#services/when.ts'

const RATE = /^\d{1,4}(\.\d{1,12})?$/
const EXAMPLE_MONTHS = 12

const byCode = { 'lending.currency_mismatch': 'currency', 'lending.fees_exceed_principal': 'fee/rate' } as const

/** The largest loan over a year, or what of that the product allows: what it costs says more than its rates. */
const exampleOf = (values: ProductValues, today: string | undefined): QuoteInput | undefined => {
  const { annualRate, 'principal/max': principal, 'instalments/min': least, 'instalments/max': most } = values
  if (!today || !principal || !least || !most || ![annualRate, values['fee/rate'], values['fee/taxRate']].every((rate) => RATE.test(rate)))
    return undefined
  const fee = feeOf(principal, values['fee/rate'])
  return {
    principal,
    currency: values.currency,
    annualRate,
    instalments: Math.min(most, Math.max(least, EXAMPLE_MONTHS)),
    frequency: 'monthly',
    method: values.method as QuoteInput['method'],
    dayCount: values.dayCount as QuoteInput['dayCount'],
    disbursedOn: today,
    firstDueOn: addMonths(today, 1),
    rounding: { instalment: values['rounding/instalment'] as QuoteInput['rounding']['instalment'], residue: 'last' },
    fees: fee > 0 ? [{ name: 'Processing fee', amount: fee, taxRate: values['fee/taxRate'], paid: 'deducted' }] : [],
  }
}

const Example = ({ values }: { readonly values: ProductValues }) => {
  const { data: info } = useQuery(infoQuery)
  const input = exampleOf(values, info?.businessDate)
  const { data, error } = useQuery({ ...quoteQuery(input as QuoteInput), enabled: input !== undefined })
  if (!input) return <p>With amounts, instalments and a rate, what a loan of it would cost appears here.</p>
  if (error) return <ProblemNote error={error} />
  return (
    data && (
      <Panel title="For example" level={3}>
        <p>
          {moneyWithSymbol(input.principal, input.currency)} over {counted(input.instalments, 'month')}:{' '}
          {counted(input.instalments, 'instalment')} of <b>{moneyWithSymbol(data.instalment, input.currency)}</b>,{' '}
          {moneyWithSymbol(data.netDisbursed, input.currency)} paid out, APR <b>{data.apr} %</b>.
        </p>
      </Panel>
    )
  )
}

const WORDS: Partial<Record<keyof ProductValues, string>> = {
  name: 'Name',
  'principal/min': 'Smallest amount',
  'principal/max': 'Largest amount',
  'instalments/min': 'Fewest instalments',
  'instalments/max': 'Most instalments',
  annualRate: 'Rate a year, %',
  method: 'Method',
  dayCount: 'Day count',
  'rounding/instalment': 'Rounded to',
  'fee/rate': 'Processing fee, %',
  'fee/taxRate': 'GST on the fee, %',
  'lateCharge/perDay': 'Late charge a day, %',
  'foreclosure/chargeRate': 'Foreclosure charge, %',
  'foreclosure/taxRate': 'GST on the charge, %',
  approval: 'Decided by',
}

const CHOICES: ReadonlyMap<unknown, string> = new Map([...METHODS, ...DAY_COUNTS, ...ROUNDINGS, ...APPROVALS])
/** A choice as its field words it; what was typed stands for itself. */
const choiceWord = (value: string | number | undefined): string =>
  CHOICES.get(value) ?? String(value === undefined || value === '' ? '–' : value)

const changesOf = (before: ProductValues, after: ProductValues): readonly Change[] =>
  (Object.entries(WORDS) as [keyof ProductValues, string][]).flatMap(([name, what]) => {
    if (before[name] === after[name]) return []
    const show = (value: string | number | undefined) =>
      typeof value === 'number' && name.startsWith('principal') ? moneyWithSymbol(value, after.currency) : choiceWord(value)
    return [{ what, before: show(before[name]), after: show(after[name]) }]
  })

const Consequence = ({ before, values }: { readonly before: Product | undefined; readonly values: ProductValues }) => {
  const changes = before ? changesOf(productValues(before), values) : []
  return (
    <>
      <WhatHappens />
      <p>
        {before
          ? `New applications take version ${before.version + 1}. Loans and applications already made keep the version they were made with.`
          : 'It is offered at once: applications can be taken for it.'}
      </p>
      {changes.length > 0 && (
        <Panel title="What changes" level={3}>
          <Changes changes={changes} />
        </Panel>
      )}
      <Example values={values} />
    </>
  )
}

const MakeForm = ({ product }: { readonly product?: Product }) => {
  // As it was when the form opened: once the next version is made, that is the newest.
  const [before] = useState(product)
  const operation = useBodySchema('lending.make_product')
  const schema = useMemo(() => flatSchema(operation), [operation])
  const move = useMove<Product>(`product:${before?.id ?? 'new'}`)
  const amount = (minor: number) => moneyWithSymbol(minor, 'INR')
  const show = { 'principal/min': amount, 'principal/max': amount }
  const form = useForm<ProductValues>(productValues(before), schema, { byCode, show })
  const refused = move.state === 'refused' ? move.error : undefined
  const title = before ? `New version of ${before.name}` : 'New product'
  const back = before ? `/products/${before.id}` : '/products'
  const unchanged = before !== undefined && changesOf(productValues(before), form.values).length === 0
  const made = move.state === 'done' ? move.answer : undefined
  return (
    <MovePage
      title={title}
      crumbs={[{ word: 'Products', to: '/products' }, ...(before ? [{ word: before.name, to: back }] : [])]}
      back={back}
      button={before ? `Make version ${before.version + 1}` : 'Make the product'}
      {...(unchanged ? { under: 'Nothing is changed yet.' } : {})}
      disabled={unchanged && move.state === 'form'}
      state={move.state}
      onSend={() => form.ready() && move.submit('/api/v1/loan-products', nested(form.values))}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={<ProductFields form={form} schema={schema} refused={refused} />}
      consequence={
        made ? (
          <Done title={`${made.name}, version ${made.version}, is offered`} ways={<Link to={`/products/${made.id}`}>Open it</Link>}>
            Applications can be taken for it now.
          </Done>
        ) : (
          <>
            {refused && <NothingRecorded />}
            <Consequence before={before} values={form.values} />
          </>
        )
      }
    />
  )
}

export const NewProductPage = () => <MakeForm />

export const NewVersionPage = () => {
  const { product: id = '' } = useParams({ strict: false })
  const { data: product, error } = useQuery(productQuery(id))
  return product ? <MakeForm key={product.id} product={product} /> : <PageWait title="New version" error={error} />
}
