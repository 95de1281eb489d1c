import { Button } from '@mantine/core'
import { IconPrinter } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Done } from '#components/consequence.tsx'
import { Keycap } from '#components/keycap.tsx'
import { Money } from '#components/money.tsx'
import { ShortId } from '#components/short-id.tsx'
import { useKeys } from '#services/keys.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { instantText } from '#services/when.ts'
import styles from '#components/payment-recorded.module.css'

/** What the server answers to a payment. */
export type PaymentAnswer = {
  readonly id: string
  readonly receipt: string
  readonly payment: string
  readonly at: string
  /** Of a repayment: where it went. */
  readonly split?: Readonly<Record<'lateCharge' | 'interest' | 'principal' | 'prepaid' | 'wallet', number>>
}

/** A line of a receipt. `strong`: a sum. */
export type ReceiptLine = { readonly what: string; readonly minor: number; readonly strong?: boolean }

const PARTS = [
  ['lateCharge', 'Late charge'],
  ['interest', 'Interest'],
  ['principal', 'Principal'],
  ['prepaid', 'Principal, in advance'],
  ['wallet', 'To the wallet'],
] as const

/** Where a repayment went, part by part. */
export const splitLines = (split: NonNullable<PaymentAnswer['split']>): readonly ReceiptLine[] =>
  PARTS.flatMap(([name, what]) => (split[name] > 0 ? [{ what, minor: split[name] }] : []))

type Props = {
  readonly amount: number
  readonly currency: string
  readonly answer: PaymentAnswer
  /** Whose payment it is, and of which loan. */
  readonly of: string
  readonly lines: readonly ReceiptLine[]
  readonly back: { readonly to: string; readonly name: string }
  /** What comes next at a desk, before the way back. */
  readonly next?: ReactNode
}

/** A payment is in the books: a receipt to hand over, what comes next, the way back, and to its proof. */
export const PaymentRecorded = ({ amount, currency, answer: { receipt, payment, at }, of, lines, back, next }: Props) => {
  const print = () => globalThis.print()
  useKeys({ p: ['Print the receipt', print] })
  return (
    <Done
      title={`${moneyWithSymbol(amount, currency)} recorded`}
      ways={
        <>
          {next}
          <Link to={back.to}>Back to {back.name}</Link>
          <Link to={`/proof/${receipt}`}>Verify the entry</Link>
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconPrinter size={16} stroke={1.75} />}
            rightSection={<Keycap>P</Keycap>}
            aria-keyshortcuts="p"
            onClick={print}
          >
            Print
          </Button>
        </>
      }
    >
      <p>
        {of}, {instantText(at)} IST
      </p>
      <dl className={styles.lines}>
        {lines.map(({ what, minor, strong }) => (
          <div key={what} data-strong={strong || undefined}>
            <dt>{what}</dt>
            <dd>
              <Money minor={minor} currency={currency} {...(strong ? { symbol: true } : {})} />
            </dd>
          </div>
        ))}
        <div>
          <dt>Payment reference</dt>
          <dd>
            <code>{payment}</code>
          </dd>
        </div>
        <div>
          <dt>Receipt</dt>
          <dd className={styles.receipt}>
            <ShortId id={receipt} copy />
            <code>{receipt}</code>
          </dd>
        </div>
      </dl>
    </Done>
  )
}
