import { SegmentedControl } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { useId, type ReactNode } from 'react'
import styles from '#components/choice.module.css'

type Props<Value extends string> = {
  readonly label: string
  readonly value: Value
  readonly onChange: (value: Value) => void
  readonly options: readonly (readonly [value: Value, word: string, sign?: Icon])[]
  readonly hint?: ReactNode
}

/** One of two or three, all in view. */
export const Choice = <Value extends string>({ label, value, onChange, options, hint }: Props<Value>) => {
  const id = useId()
  return (
    <div className={styles.choice}>
      <span id={id} className={styles.label}>
        {label}
      </span>
      <SegmentedControl
        aria-labelledby={id}
        fullWidth
        value={value}
        onChange={onChange}
        data={options.map(([option, word, Sign]) => ({
          value: option,
          label: Sign ? (
            <span className={styles.signed}>
              <Sign size={16} stroke={1.6} aria-hidden="true" />
              {word}
            </span>
          ) : (
            word
          ),
        }))}
        classNames={{ root: styles.root ?? '', indicator: styles.indicator ?? '', label: styles.word ?? '' }}
      />
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
    </div>
  )
}
