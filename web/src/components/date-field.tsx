import { IconCalendar } from '@tabler/icons-react'
import { useId, useRef, useState } from 'react'
import { described, Field, type FieldFrame } from '#components/field.tsx'
import { dateText, parseDate } from '#services/when.ts'
import styles from '#components/field.module.css'

type Props = FieldFrame & {
  readonly value: string
  /** Undefined while what stands in the field is no day, or none that may be chosen: whoever acts on the day must not act on the one before. */
  readonly onChange: (iso: string | undefined) => void
  readonly min?: string
  readonly max?: string
}
type Read = { readonly day?: string; readonly fault?: string }

const read = (typed: string, { value, min, max }: Props): Read => {
  if (typed.trim() === '') return {}
  const day = parseDate(typed)
  const counts = value ? ` Until then ${dateText(value)} counts.` : ''
  if (day === undefined) return { fault: `Write a day of the calendar, such as 12 Mar 2026.${counts}` }
  if (min !== undefined && day < min) return { fault: `Not before ${dateText(min)}.${counts}` }
  if (max !== undefined && day > max) return { fault: `Not after ${dateText(max)}.${counts}` }
  return { day }
}

/** A day: typed as `12 Mar 2026`, `12/3/2026` or `2026-03-12`, or picked from the browser's own calendar. */
export const DateField = (props: Props) => {
  const id = useId()
  const native = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useState<string>()
  const [seen, setSeen] = useState(props.value)
  const { day, fault } = typed === undefined ? { day: props.value } : read(typed, props)
  // Another day came from elsewhere, by Back or by a button: what was typed for the one before gives way.
  if (seen !== props.value) {
    setSeen(props.value)
    if (typed !== undefined && day !== props.value && props.value !== '') setTyped(undefined)
  }
  const frame = fault === undefined ? props : { ...props, error: fault }
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
            props.onChange(read(event.currentTarget.value, props).day)
          }}
          onBlur={() => {
            if (fault !== undefined || typed === undefined) return
            // Left empty, the day before stands again.
            if (day === undefined) props.onChange(props.value || undefined)
            setTyped(undefined)
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
            const picked = event.currentTarget.value
            setTyped(undefined)
            if (picked) props.onChange(picked)
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
