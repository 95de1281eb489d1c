import type { ReactNode } from 'react'
import { ProblemNote } from '#components/problem-note.tsx'
import styles from '#components/field.module.css'

export type FieldError = string | Error | undefined

export type FieldFrame = {
  readonly label: string
  readonly optional?: boolean
  readonly hint?: ReactNode
  readonly error?: FieldError
}
type Props = FieldFrame & { readonly id: string; readonly children: ReactNode }

/** What a control in a frame needs to be read aloud with its hint and its fault. */
export const described = (id: string, { hint, error }: FieldFrame) => ({
  id,
  'aria-invalid': error !== undefined || undefined,
  'aria-describedby':
    [error !== undefined ? `${id}-error` : '', hint !== undefined ? `${id}-hint` : ''].filter(Boolean).join(' ') || undefined,
})

/** Label above, control, then what is wrong right beneath it: a sentence, or the server's refusal in full. */
export const Field = ({ id, label, optional = false, hint, error, children }: Props) => (
  <div className={styles.field} data-bad={error !== undefined || undefined}>
    <label htmlFor={id} className={styles.label}>
      {label}
      {optional && <span className={styles.optional}>optional</span>}
    </label>
    {children}
    {error !== undefined && (
      <div id={`${id}-error`}>
        {typeof error === 'string' ? (
          <p className={styles.error} role="alert">
            {error}
          </p>
        ) : (
          <ProblemNote error={error} />
        )}
      </div>
    )}
    {hint !== undefined && (
      <p id={`${id}-hint`} className={styles.hint}>
        {hint}
      </p>
    )}
  </div>
)
