import { IconArrowRight, IconBan, IconCircleCheck } from '@tabler/icons-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { isNowhere } from '#services/focus.ts'
import { useKeys } from '#services/keys.ts'
import { secondsText } from '#services/when.ts'
import styles from '#components/consequence.module.css'

/** The heading of the right side. */
export const WhatHappens = ({ note }: { readonly note?: string }) => (
  <div className={styles.head}>
    <h2>What will happen</h2> {note && <span>{note}</span>}
  </div>
)

export type Change = { readonly what: string; readonly before: ReactNode; readonly after: ReactNode }

/** Before → after, one line each. */
export const Changes = ({ changes }: { readonly changes: readonly Change[] }) => (
  <dl className={styles.changes}>
    {changes.map((change) => (
      <div key={change.what}>
        <dt>{change.what}</dt>
        <dd>{change.before}</dd>
        <dd>
          <IconArrowRight size={15} stroke={1.6} aria-label="becomes" role="img" />
        </dd>
        <dd>{change.after}</dd>
      </div>
    ))}
  </dl>
)

/** After a refusal the right side says plainly that nothing happened. */
export const NothingRecorded = ({ children }: { readonly children?: ReactNode }) => {
  const [at] = useState(() => new Date().toISOString())
  return (
    <div className={styles.card} data-tone="bad">
      <IconBan size={22} stroke={1.6} aria-hidden="true" />
      <h2>Nothing was recorded</h2>
      <p>
        The server refused this at {secondsText(at)} IST, and no entry, event or message was written. {children}
      </p>
    </div>
  )
}

/** Enter takes the first way on, wherever the focus is but on another. */
const takeFirst = (ways: HTMLElement | null) => ways?.querySelector<HTMLElement>('a, button')?.click()

/** Done: the receipt, and where to go next, the usual first. It takes the focus of the form that is over, unless somebody went on meanwhile. */
export const Done = ({ title, children, ways }: { readonly title: string; readonly children: ReactNode; readonly ways: ReactNode }) => {
  const heading = useRef<HTMLHeadingElement>(null)
  const next = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isNowhere()) heading.current?.focus()
  }, [])
  useKeys({ Enter: ['Go on', () => takeFirst(next.current)] })
  return (
    <div className={styles.card} data-tone="ok" data-receipt>
      <div className={styles.title} role="status">
        <IconCircleCheck size={22} stroke={1.6} aria-hidden="true" />
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
      </div>
      <div>{children}</div>
      <div className={styles.ways} ref={next}>
        {ways}
      </div>
    </div>
  )
}
