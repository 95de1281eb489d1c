import { Link } from '@tanstack/react-router'
import { Done } from '#components/consequence.tsx'
import { ShortId } from '#components/short-id.tsx'
import { moneyWithSymbol } from '#services/money.ts'

/** What the server answers to a payment. */
export type PaymentAnswer = { readonly id: string; readonly receipt: string }

type Props = {
  readonly amount: number
  readonly currency: string
  readonly answer: PaymentAnswer
  readonly back: { readonly to: string; readonly name: string }
}

/** A payment is in the books: its receipt, the way back, and to its proof. */
export const PaymentRecorded = ({ amount, currency, answer: { receipt }, back }: Props) => (
  <Done
    title={`${moneyWithSymbol(amount, currency)} recorded`}
    ways={
      <>
        <Link to={back.to}>Back to {back.name}</Link>
        <Link to={`/proof/${receipt}`}>Verify the entry</Link>
      </>
    }
  >
    Receipt <ShortId id={receipt} copy />
  </Done>
)
