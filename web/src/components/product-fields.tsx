import { DAY_COUNTS, METHODS, ROUNDINGS } from '#components/calculator-input.ts'
import { CountField } from '#components/count-field.tsx'
import { MoneyField } from '#components/money-field.tsx'
import { SelectField } from '#components/select-field.tsx'
import { TextField } from '#components/text-field.tsx'
import type { useForm } from '#services/form.ts'
import type { Product } from '#services/products.ts'
import type { Schema } from '#services/schema.ts'
import styles from '#components/product-fields.module.css'

/** A product's terms, flat; each field is named as the operation's schema has it. */
export type ProductValues = {
  readonly product: string | undefined
  readonly name: string
  readonly currency: string
  readonly 'principal/min': number | undefined
  readonly 'principal/max': number | undefined
  readonly 'instalments/min': number | undefined
  readonly 'instalments/max': number | undefined
  readonly annualRate: string
  readonly method: string
  readonly dayCount: string
  readonly 'rounding/instalment': string
  readonly 'rounding/residue': string
  readonly 'fee/rate': string
  readonly 'fee/taxRate': string
  readonly 'lateCharge/perDay': string
  readonly 'lateCharge/rule': string
  readonly 'foreclosure/chargeRate': string
  readonly 'foreclosure/taxRate': string
  readonly approval: string
}

const NEW: ProductValues = {
  product: undefined,
  name: '',
  currency: 'INR',
  'principal/min': undefined,
  'principal/max': undefined,
  'instalments/min': undefined,
  'instalments/max': undefined,
  annualRate: '',
  method: 'emi',
  dayCount: 'per_period',
  'rounding/instalment': 'rupee_nearest',
  'rounding/residue': 'last',
  'fee/rate': '0',
  'fee/taxRate': '18',
  'lateCharge/perDay': '0',
  'lateCharge/rule': 'india-rbi',
  'foreclosure/chargeRate': '0',
  'foreclosure/taxRate': '18',
  approval: 'score',
}

/** The values of a new product, or of one as it stands, to be made into its next version. */
export const productValues = (product?: Product): ProductValues =>
  product
    ? {
        product: product.id,
        name: product.name,
        currency: product.currency,
        'principal/min': product.principal.min,
        'principal/max': product.principal.max,
        'instalments/min': product.instalments.min,
        'instalments/max': product.instalments.max,
        annualRate: product.annualRate,
        method: product.method,
        dayCount: product.dayCount,
        'rounding/instalment': product.rounding.instalment,
        'rounding/residue': product.rounding.residue,
        'fee/rate': product.fee.rate,
        'fee/taxRate': product.fee.taxRate,
        'lateCharge/perDay': product.lateCharge.perDay,
        'lateCharge/rule': product.lateCharge.rule,
        'foreclosure/chargeRate': product.foreclosure.chargeRate,
        'foreclosure/taxRate': product.foreclosure.taxRate,
        approval: product.approval,
      }
    : NEW

export const APPROVALS = [
  ['score', 'The scorecard'],
  ['officer', 'An officer, always'],
] as const

type Form = ReturnType<typeof useForm<ProductValues>>
type Props = { readonly form: Form; readonly schema: Schema; readonly refused: unknown }
type Name<Value> = { [Key in keyof ProductValues]: ProductValues[Key] extends Value ? Key : never }[keyof ProductValues]

/** The words for what the schema allows; before it is known, all that have one. */
const allowed = (schema: Schema, name: string, words: readonly (readonly [string, string])[]) => {
  const values = schema.properties?.[name]?.enum
  return values ? words.filter(([value]) => values.includes(value)) : words
}

const textOf = ({ form, refused }: Props, name: Name<string>) => ({
  value: form.values[name],
  onChange: (value: string) => form.set(name, value.trim() === '' ? '' : value),
  error: form.errorOf(name, refused),
})
const percentOf = (props: Props, name: Name<string>) => ({ ...textOf(props, name), affix: '%', inputMode: 'decimal' as const })
const amountOf = ({ form, refused }: Props, name: 'principal/min' | 'principal/max') => ({
  currency: form.values.currency,
  minor: form.values[name],
  onChange: (amount: number | undefined) => form.set(name, amount),
  error: form.errorOf(name, refused),
})
const countOf = ({ form, refused }: Props, name: 'instalments/min' | 'instalments/max') => ({
  count: form.values[name],
  onChange: (count: number | undefined) => form.set(name, count),
  error: form.errorOf(name, refused),
})

const Prices = (props: Props) => (
  <>
    <div className={styles.pair}>
      <TextField label="Processing fee" {...percentOf(props, 'fee/rate')} hint="Of the principal." />
      <TextField label="GST on the fee" {...percentOf(props, 'fee/taxRate')} />
    </div>
    <div className={styles.pair}>
      <TextField label="Foreclosure charge" {...percentOf(props, 'foreclosure/chargeRate')} hint="Of what is outstanding." />
      <TextField label="GST on the charge" {...percentOf(props, 'foreclosure/taxRate')} />
    </div>
    <TextField
      label="Late charge a day"
      {...percentOf(props, 'lateCharge/perDay')}
      hint="Of the overdue amount; a penal charge that never earns interest, without GST (RBI)."
    />
  </>
)

/** The fields of a product, their rules and choices from the operation's schema. */
export const ProductFields = (props: Props) => {
  const { form, schema } = props
  return (
    <>
      <TextField label="Name" autoFocus={form.values.product === undefined} {...textOf(props, 'name')} />
      <div className={styles.pair}>
        <MoneyField label="Smallest amount" {...amountOf(props, 'principal/min')} />
        <MoneyField label="Largest amount" {...amountOf(props, 'principal/max')} />
      </div>
      <div className={styles.pair}>
        <CountField label="Fewest instalments" {...countOf(props, 'instalments/min')} />
        <CountField label="Most instalments" {...countOf(props, 'instalments/max')} />
      </div>
      <div className={styles.pair}>
        <TextField label="Rate a year" {...percentOf(props, 'annualRate')} />
        <SelectField label="Method" options={allowed(schema, 'method', METHODS)} {...textOf(props, 'method')} />
      </div>
      <div className={styles.pair}>
        <SelectField label="Day count" options={allowed(schema, 'dayCount', DAY_COUNTS)} {...textOf(props, 'dayCount')} />
        <SelectField
          label="Instalment rounded to"
          options={allowed(schema, 'rounding/instalment', ROUNDINGS)}
          {...textOf(props, 'rounding/instalment')}
        />
      </div>
      <Prices {...props} />
      <SelectField label="Decided by" options={allowed(schema, 'approval', APPROVALS)} {...textOf(props, 'approval')} />
    </>
  )
}
