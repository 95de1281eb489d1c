import { IconAlertCircle } from '@tabler/icons-react'
import { useId, type HTMLAttributes } from 'react'
import { described, Field, type FieldFrame } from '#components/field.tsx'
import styles from '#components/field.module.css'

type Props = FieldFrame & {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
  readonly autoComplete?: string
  readonly autoFocus?: boolean
  readonly mono?: boolean
  readonly lines?: boolean
  readonly affix?: string
  readonly inputMode?: HTMLAttributes<HTMLInputElement>['inputMode']
  readonly type?: 'text' | 'email' | 'tel'
}

/** One line of text, or several with `lines`; also the rate widget, with `%` as its affix. */
export const TextField = (props: Props) => {
  const id = useId()
  const { value, onChange, placeholder, autoComplete, autoFocus, mono, lines, affix, inputMode, type = 'text' } = props
  const input = {
    ...described(id, props),
    className: `${styles.input} ${mono ? styles.mono : ''}`,
    value,
    placeholder,
    autoComplete: autoComplete ?? 'off',
    // the form opened because the person asked for it, so its first field may take the focus
    autoFocus,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  }
  return (
    <Field {...props} id={id}>
      <div className={`${styles.box} ${lines ? styles.area : ''}`}>
        {lines ? <textarea {...input} rows={3} /> : <input {...input} type={type} inputMode={inputMode} />}
        {affix && <span className={styles.affix}>{affix}</span>}
        {props.error !== undefined && <IconAlertCircle size={16} stroke={1.75} aria-hidden="true" />}
      </div>
    </Field>
  )
}
