import { useId, useState } from 'react'
import { described, Field, type FieldFrame } from '#components/field.tsx'
import { moneyText, parseMoney, symbolOf } from '#services/money.ts'
import styles from '#components/field.module.css'

type Props = FieldFrame & {
  readonly minor: number | undefined
  readonly onChange: (minor: number | undefined) => void
  readonly currency?: string
  readonly autoFocus?: boolean
  readonly big?: boolean
}

/** An amount as people write it (`12,000`, `1,234.5`), held as minor units; tidied when the field is left. */
export const MoneyField = (props: Props) => {
  const id = useId()
  const { minor, onChange, currency = 'INR', autoFocus, big } = props
  const [written, setTyped] = useState<string>()
  // What was typed stands only while it is what the form holds: a figure put there by a button shows at once.
  const typed = written !== undefined && parseMoney(written, currency) === minor ? written : undefined
  const shown = typed ?? (minor === undefined ? '' : moneyText(minor, currency))
  const unread = typed !== undefined && typed.trim() !== '' && parseMoney(typed, currency) === undefined
  const frame = unread ? { ...props, error: 'Write an amount, with at most two decimals.' } : props
  return (
    <Field {...frame} id={id}>
      <div className={styles.box} data-big={big || undefined}>
        <span className={styles.affix}>{symbolOf(currency)}</span>
        <input
          {...described(id, frame)}
          className={styles.input}
          inputMode="decimal"
          autoComplete="off"
          autoFocus={autoFocus}
          value={shown}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            onChange(parseMoney(event.currentTarget.value, currency))
          }}
          onBlur={() => {
            if (!unread) setTyped(undefined)
          }}
        />
        <span className={styles.affix}>{currency}</span>
      </div>
    </Field>
  )
}
