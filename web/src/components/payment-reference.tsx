import { IconCash, IconWallet } from '@tabler/icons-react'
import type { FieldError } from '#components/field.tsx'
import { TextField } from '#components/text-field.tsx'

/** Which field a refusal of a payment concerns. */
export const paymentFieldByCode = { 'lending.payment_known': 'payment', 'ledger.insufficient': 'amount' } as const

/** Where the money of a payment comes from, for the desk to say. */
export const PAID_FROM = [
  ['cash', 'Cash desk', IconCash],
  ['wallet', 'Wallet', IconWallet],
] as const

type Props = { readonly value: string; readonly onChange: (value: string) => void; readonly error: FieldError }

/** What names a payment outside: it is taken once, whoever sends it and however often. */
export const PaymentReference = (props: Props) => (
  <TextField {...props} label="Payment reference" mono hint="From the receipt or the bank. Each is taken only once." />
)
