import { moneyText, symbolOf } from '#services/money.ts'
import styles from '#components/money.module.css'

type Props = {
  readonly minor: number | bigint | null | undefined
  readonly currency?: string
  /** With its symbol; in a table the symbol stands once, in the head. */
  readonly symbol?: boolean
  readonly why?: string
}

/** What is not known, or not there: a dash, pale as figures of no weight are, with its reason. */
export const Unknown = ({ why }: { readonly why: string }) => (
  <span className={styles.unknown} title={why} data-none>
    –
  </span>
)

/** An amount of minor units: `₹12,34,567.00`, zero pale, unknown as a dash with its reason. */
export const Money = ({ minor, currency = 'INR', symbol = false, why = 'Not known yet' }: Props) => {
  if (minor === null || minor === undefined) return <Unknown why={why} />
  return (
    <span className={Number(minor) === 0 && !symbol ? styles.zero : undefined}>
      {minor < 0 && '−'}
      {symbol && <span className={styles.symbol}>{symbolOf(currency)}</span>}
      {moneyText(minor < 0 ? -minor : minor, currency)}
    </span>
  )
}
