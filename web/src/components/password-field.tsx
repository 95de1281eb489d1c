import { IconEye, IconEyeOff } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { described, Field, type FieldFrame } from '#components/field.tsx'
import styles from '#components/field.module.css'

type Props = FieldFrame & {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly autoComplete: 'current-password' | 'new-password'
}

export const PasswordField = (props: Props) => {
  const id = useId()
  const [shown, setShown] = useState(false)
  return (
    <Field {...props} id={id}>
      <div className={styles.box}>
        <input
          {...described(id, props)}
          className={styles.input}
          type={shown ? 'text' : 'password'}
          autoComplete={props.autoComplete}
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        />
        <button
          type="button"
          className={styles.pick}
          aria-label={shown ? `Hide: ${props.label}` : `Show: ${props.label}`}
          onClick={() => setShown(!shown)}
        >
          {shown ? <IconEye size={17} stroke={1.6} /> : <IconEyeOff size={17} stroke={1.6} />}
        </button>
      </div>
    </Field>
  )
}
