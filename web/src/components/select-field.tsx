import { IconChevronDown } from '@tabler/icons-react'
import { useId } from 'react'
import { described, Field, type FieldFrame } from '#components/field.tsx'
import styles from '#components/field.module.css'

type Props = FieldFrame & {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: readonly (readonly [value: string, word: string])[]
  readonly placeholder?: string
}

/** One of a few, with the browser's own list: right on a phone and for a screen reader. */
export const SelectField = (props: Props) => {
  const id = useId()
  return (
    <Field {...props} id={id}>
      <div className={styles.box}>
        <select
          {...described(id, props)}
          className={styles.select}
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        >
          {props.placeholder !== undefined && <option value="">{props.placeholder}</option>}
          {props.options.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
        <IconChevronDown size={16} stroke={1.75} aria-hidden="true" />
      </div>
    </Field>
  )
}
