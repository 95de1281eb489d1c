import { IconCalendar } from '@tabler/icons-react'
import { useId, useRef, useState } from 'react'
import { described, Field, type FieldFrame } from '#components/field.tsx'
import { dateText, parseDate } from '#services/when.ts'
import styles from '#components/field.module.css'

type Props = FieldFrame & { readonly value: string; readonly onChange: (iso: string) => void; readonly min?: string; readonly max?: string }

/** A day: typed as `12 Mar 2026`, `12/3/2026` or `2026-03-12`, or picked from the browser's own calendar. */
export const DateField = (props: Props) => {
  const id = useId()
  const native = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState<string>()
  const unread = typed !== undefined && typed.trim() !== '' && parseDate(typed) === undefined
  const frame = unread ? { ...props, error: 'Write a day such as 12 Mar 2026.' } : props
  return (
    <Field {...frame} id={id}>
      <div className={`${styles.box} ${styles.picker}`}>
        <input
          {...described(id, frame)}
          className={styles.input}
          autoComplete="off"
          placeholder="12 Mar 2026"
          value={typed ?? (props.value ? dateText(props.value) : '')}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            const found = parseDate(event.currentTarget.value)
            if (found) props.onChange(found)
          }}
          onBlur={() => {
            if (!unread) setTyped(undefined)
          }}
        />
        <input
          ref={native}
          className={styles.native}
          type="date"
          tabIndex={-1}
          aria-hidden="true"
          value={props.value}
          min={props.min}
          max={props.max}
          onChange={(event) => {
            if (event.currentTarget.value) props.onChange(event.currentTarget.value)
            setTyped(undefined)
          }}
        />
        <button
          type="button"
          className={styles.pick}
          aria-label={`Pick a day: ${props.label}`}
          onClick={() => native.current?.showPicker()}
        >
          <IconCalendar size={16} stroke={1.75} />
        </button>
      </div>
    </Field>
  )
}
