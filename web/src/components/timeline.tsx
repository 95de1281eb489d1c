import type { ReactNode } from 'react'
import styles from '#components/timeline.module.css'

export type Moment = {
  readonly id: string
  readonly title: string
  readonly why?: ReactNode
  readonly when: string
  readonly tone: 'ok' | 'bad' | 'attention' | 'going' | 'neutral'
  /** Filled: money moved or a fact stands. A ring: said, or waiting. */
  readonly filled: boolean
}

/** What happened, newest first. */
export const Timeline = ({ moments }: { readonly moments: readonly Moment[] }) => (
  <ol className={styles.line}>
    {moments.map((moment) => (
      <li key={moment.id} className={styles.moment} data-tone={moment.tone} data-filled={moment.filled || undefined}>
        <p className={styles.title}>{moment.title}</p>
        {moment.why !== undefined && <p className={styles.why}>{moment.why}</p>}
        <p className={styles.when}>{moment.when}</p>
      </li>
    ))}
  </ol>
)
