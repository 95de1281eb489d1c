import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Done, NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { CountField } from '#components/count-field.tsx'
import { feeOf } from '#components/calculator-input.ts'
import { Empty } from '#components/empty.tsx'
import { MoneyField } from '#components/money-field.tsx'
import { MovePage } from '#components/move-page.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { PersonField } from '#components/person-field.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { QuoteView } from '#components/quote-view.tsx'
import { SelectField } from '#components/select-field.tsx'
import { useForm } from '#services/form.ts'
import { infoQuery } from '#services/info.ts'
import type { Loan } from '#services/loans.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { useMove } from '#services/move.ts'
import { productsQuery, type Product } from '#services/products.ts'
import { quoteQuery, type QuoteInput } from '#services/quotes.ts'
import { useBodySchema, type Schema } from '#services/schema.ts'
import { sessionQuery, useIsStaff, useMay } from '#services/session.ts'
import { useUrl, wholeNumber, type UrlState } from '#services/url.ts'
import { addMonths } from '#services/when.ts'

type Values = {
  readonly person: string
  readonly product: string
  readonly principal: number | undefined
  readonly currency: string
  readonly instalments: number | undefined
  readonly monthlyIncome: number | undefined
}

const BY_CODE = {
  'lending.person_unknown': 'person',
  'identity.person_unknown': 'person',
  'lending.product_unknown': 'product',
  'lending.principal_out_of_range': 'principal',
  'lending.instalments_out_of_range': 'instalments',
}

/** The operation's own rules, narrowed to the product's ranges, which the product itself declares. */
const narrowed = (schema: Schema, product: Product | undefined): Schema =>
  product
    ? {
        ...schema,
        properties: {
          ...schema.properties,
          principal: { ...schema.properties?.['principal'], minimum: product.principal.min, maximum: product.principal.max },
          instalments: { ...schema.properties?.['instalments'], minimum: product.instalments.min, maximum: product.instalments.max },
        },
      }
    : schema

const feesOf = ({ fee }: Product, principal: number): QuoteInput['fees'] => {
  const amount = feeOf(principal, fee.rate)
  return amount > 0 ? [{ name: 'Processing fee', amount, taxRate: fee.taxRate, paid: 'deducted' }] : []
}

const within = (value: number | undefined, { min, max }: { readonly min: number; readonly max: number }): value is number =>
  value !== undefined && value >= min && value <= max

const quoteInput = (product: Product, values: Values, today: string): QuoteInput | undefined =>
  within(values.principal, product.principal) && within(values.instalments, product.instalments)
    ? {
        principal: values.principal,
        currency: product.currency,
        annualRate: product.annualRate,
        instalments: values.instalments,
        frequency: product.frequency,
        method: product.method,
        dayCount: product.dayCount,
        disbursedOn: today,
        firstDueOn: addMonths(today, 1),
        rounding: product.rounding,
        fees: feesOf(product, values.principal),
      }
    : undefined

const Costs = ({ product, values, today }: { readonly product: Product | undefined; readonly values: Values; readonly today: string }) => {
  const input = product ? quoteInput(product, values, today) : undefined
  const { data, error } = useQuery({ ...quoteQuery(input as QuoteInput), enabled: input !== undefined })
  if (!input)
    return (
      <p>
        {values.principal && values.instalments
          ? 'This product does not lend this much for this long; with what it lends, the schedule and the APR appear here.'
          : 'Choose a product, an amount and the number of instalments: the schedule and the APR appear here.'}
      </p>
    )
  return (
    <>
      {error && <ProblemNote error={error} />}
      {data && <QuoteView quote={data} input={input} />}
    </>
  )
}

type Form = ReturnType<typeof useForm<Values>>
type FieldsProps = {
  readonly form: Form
  readonly products: readonly Product[]
  readonly product: Product | undefined
  readonly refused: unknown
}

const rangeOf = ({ annualRate, principal, currency }: Product) =>
  `${Number(annualRate)} % a year; ${moneyWithSymbol(principal.min, currency, 'whole')} to ${moneyWithSymbol(principal.max, currency, 'whole')}`

const Fields = ({ form, products, product, refused }: FieldsProps) => {
  const may = useMay()
  const { values, set, errorOf } = form
  return (
    <>
      {may('identity.people') && (
        <PersonField
          label="Borrower"
          autoFocus={values.person === ''}
          value={values.person}
          onChange={(person) => set('person', person)}
          error={errorOf('person', refused)}
          hint={may('identity.register') ? <Link to="/people/new">Not known yet? Add the person first</Link> : undefined}
        />
      )}
      <SelectField
        label="Product"
        value={values.product}
        options={products.map(({ id, name }) => [id, name] as const)}
        onChange={(value) => {
          set('product', value)
          const chosen = products.find(({ id }) => id === value)
          if (chosen) set('currency', chosen.currency)
        }}
        error={errorOf('product', refused)}
        hint={product && rangeOf(product)}
      />
      <MoneyField
        label="Amount"
        autoFocus={values.person !== ''}
        currency={values.currency}
        minor={values.principal}
        onChange={(principal) => set('principal', principal)}
        error={errorOf('principal', refused)}
      />
      <CountField
        label="Instalments"
        count={values.instalments}
        onChange={(instalments) => set('instalments', instalments)}
        error={errorOf('instalments', refused)}
        hint={product && `${product.instalments.min} to ${product.instalments.max}, one a month`}
      />
      <MoneyField
        label="Monthly income"
        optional
        currency={values.currency}
        minor={values.monthlyIncome}
        onChange={(monthlyIncome) => set('monthlyIncome', monthlyIncome)}
        error={errorOf('monthlyIncome', refused)}
        hint="The scorecard compares the instalment with it."
      />
    </>
  )
}

const Taken = ({ loan, onAnew }: { readonly loan: Loan; readonly onAnew: () => void }) => (
  <Done
    title="Application taken"
    ways={
      <>
        <Link to={`/loans/${loan.id}`}>Open it</Link>
        <Link to="/apply" onClick={onAnew} search={{}}>
          Another one
        </Link>
      </>
    }
  >
    The credit check is on its way; the answer appears on the loan by itself.
  </Done>
)

const USUAL = 24
/** Two years, or as near to them as the product lends. */
const usualInstalments = ({ instalments: { min, max } }: Product): number => Math.min(max, Math.max(min, USUAL))

const firstValues = (url: UrlState, first: Product | undefined, own: string): Values => ({
  person: url['person'] ?? own,
  product: first?.id ?? '',
  principal: wholeNumber(url['principal']),
  currency: first?.currency ?? 'INR',
  instalments: wholeNumber(url['instalments']) ?? (first && usualInstalments(first)),
  monthlyIncome: undefined,
})

type ApplyProps = {
  readonly products: readonly Product[]
  readonly today: string
  readonly own: string
  /** What the form begins with, from the address. */
  readonly given: UrlState
  readonly onAnew: () => void
}

const ApplyForm = ({ products, today, own, given, onAnew }: ApplyProps) => {
  const staff = useIsStaff()
  const [chosen, setChosen] = useState(products.some(({ id }) => id === given['product']) ? given['product'] : products[0]?.id)
  const product = products.find(({ id }) => id === chosen)
  const schema = useBodySchema('lending.apply')
  const move = useMove<Loan>('apply')
  const show = { principal: (minor: number) => moneyWithSymbol(minor, product?.currency, 'whole') }
  const form = useForm<Values>(firstValues(given, product, own), narrowed(schema, product), { byCode: BY_CODE, show })
  const { values } = form
  if (values.product !== chosen) setChosen(values.product)
  const refused = move.state === 'refused' ? move.error : undefined
  return (
    <MovePage
      title="New application"
      note="the credit check starts when it is sent"
      crumbs={[staff ? { word: 'Applications', to: '/applications' } : { word: 'My loan', to: '/my-loan' }]}
      back={staff ? '/applications' : '/my-loan'}
      button={values.principal ? `Apply for ${moneyWithSymbol(values.principal, values.currency)}` : 'Apply'}
      under="A scorecard approves, refers to an officer, or rejects, with its reasons. Nobody approves what they applied for."
      state={move.state}
      onSend={() => form.ready() && move.submit('/api/v1/loans', values)}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={<Fields form={form} products={products} product={product} refused={refused} />}
      consequence={
        move.state === 'done' && move.answer ? (
          <Taken
            loan={move.answer}
            onAnew={() => {
              move.anew()
              onAnew()
            }}
          />
        ) : (
          <>
            {refused && <NothingRecorded />}
            <WhatHappens note="if the offer is accepted today; computed by the server" />
            <Costs product={product} values={values} today={today} />
          </>
        )
      }
    />
  )
}

export const ApplyPage = () => {
  const may = useMay()
  const [url] = useUrl()
  const [round, setRound] = useState(0)
  const { data: session } = useQuery(sessionQuery)
  const { data: products, error } = useQuery(productsQuery)
  const { data: info } = useQuery(infoQuery)
  if (!products || !info?.businessDate || !session) return <PageWait title="New application" error={error} />
  const offered = products.filter(({ state }) => state !== 'retired')
  if (offered.length === 0)
    return (
      <PageFrame title="New application">
        <Empty title="Nothing is lent yet" way={may('lending.make_product') && <Link to="/products/new">Make the first product</Link>}>
          An application is for a product, and there is none so far.
        </Empty>
      </PageFrame>
    )
  // Who may not look for people applies for themselves.
  const own = may('identity.people') ? '' : session.person.id
  // The next application begins empty: not with whom and what the one before was for.
  const begin = { given: round === 0 ? url : {}, onAnew: () => setRound(round + 1) }
  return <ApplyForm key={round} products={offered} today={info.businessDate} own={own} {...begin} />
}
