import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, type ReactNode, type RefObject } from 'react'
import { Keycap } from '#components/keycap.tsx'
import { PageFrame } from '#components/page.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { isNowhere } from '#services/focus.ts'
import { useKeys } from '#services/keys.ts'
import type { MoveState } from '#services/move.ts'
import styles from '#components/move-page.module.css'

type Props = {
  readonly title: string
  readonly note?: ReactNode
  readonly crumbs: readonly { readonly word: ReactNode; readonly to?: string }[]
  readonly back: string
  readonly fields: ReactNode
  readonly consequence: ReactNode
  readonly button: string
  readonly danger?: boolean
  readonly under?: string
  readonly state: MoveState
  readonly onSend: () => void
  /** A refusal that belongs to no field. */
  readonly error?: unknown
  readonly disabled?: boolean
}

const SAID: Partial<Record<MoveState, string>> = {
  sent: 'Sent. Waiting for the answer…',
  asking: 'No answer came. Asking the server what became of it, with the same key…',
  lost: 'Still no answer. Sending again is safe: it has the same key, and cannot be recorded twice.',
}

type SendProps = Pick<Props, 'button' | 'danger' | 'state' | 'disabled' | 'under'>

const Send = ({ button, danger = false, state, disabled = false, under }: SendProps) => (
  <>
    {state !== 'done' && (
      <div className={styles.send}>
        <Button
          type="submit"
          variant="filled"
          {...(danger ? { color: 'red' } : {})}
          loading={state === 'sent' || state === 'asking'}
          disabled={disabled}
          rightSection={state === 'form' || state === 'refused' ? <Keycap onAccent>Ctrl ↵</Keycap> : undefined}
        >
          {state === 'lost' ? 'Send again with the same key' : button}
        </Button>
      </div>
    )}
    <p className={styles.said} role="status" data-lost={state === 'lost' || undefined}>
      {SAID[state] ?? (state === 'form' ? under : '')}
    </p>
  </>
)

/**
 * While a form is on its way its fields are switched off, and whoever was in one would be nowhere afterwards: after a refusal the focus goes to
 * the field that it concerns, else back to where it was; after a lost answer to the button that asks again.
 */
const useKeptFocus = (form: RefObject<HTMLFormElement | null>, state: MoveState) => {
  const held = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!isNowhere() || (state !== 'refused' && state !== 'lost')) return
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    const send = form.current?.querySelector<HTMLElement>('button[type="submit"]')
    for (const one of state === 'refused' ? [wrong, held.current, send] : [send]) {
      one?.focus()
      if (!isNowhere()) return
    }
  }, [form, state])
  return () => {
    held.current = document.activeElement instanceof HTMLElement ? document.activeElement : null
  }
}

/** The move template: form at the left, what will happen at the right. Money is never optimistic. */
export const MovePage = (props: Props) => {
  const { title, note, crumbs, back, fields, consequence, button, danger = false, under, state, onSend, error, disabled = false } = props
  const navigate = useNavigate()
  const form = useRef<HTMLFormElement>(null)
  useKeys({
    Escape: ['Leave without sending', () => void navigate({ to: back })],
    'Ctrl Enter': ['Send the form', () => form.current?.requestSubmit()],
  })
  const hold = useKeptFocus(form, state)
  const busy = state === 'sent' || state === 'asking'
  return (
    <PageFrame
      title={title}
      note={note}
      crumbs={crumbs}
      split
      actions={
        <Button variant="subtle" color="gray" rightSection={<Keycap>Esc</Keycap>} onClick={() => void navigate({ to: back })}>
          {state === 'done' ? 'Back' : 'Cancel'}
        </Button>
      }
    >
      <div className={styles.split} data-done={state === 'done' || undefined}>
        <form
          ref={form}
          className={styles.form}
          aria-label={title}
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            if (busy || state === 'done' || disabled) return
            hold()
            onSend()
          }}
        >
          <fieldset className={styles.fields} disabled={busy || state === 'done' || state === 'lost'}>
            <legend className="visually-hidden">{title}</legend>
            {fields}
          </fieldset>
          {error !== undefined && error !== null && state !== 'lost' && <ProblemNote error={error} />}
          <Send button={button} danger={danger} state={state} disabled={disabled} {...(under ? { under } : {})} />
        </form>
        <section className={styles.consequence} aria-label="What will happen">
          {consequence}
        </section>
      </div>
    </PageFrame>
  )
}
