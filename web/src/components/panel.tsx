import type { ReactNode } from 'react'
import styles from '#components/panel.module.css'

type Props = {
  readonly title: ReactNode
  readonly note?: ReactNode
  readonly right?: ReactNode
  readonly children: ReactNode
  readonly tone?: 'bad' | 'ok'
  readonly flush?: boolean
  readonly level?: 2 | 3
}

/** A bordered part of a page with its heading. `flush`: its rows reach the border. */
export const Panel = ({ title, note, right, children, tone, flush = false, level = 2 }: Props) => {
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <section className={styles.panel} data-tone={tone} data-flush={flush || undefined}>
      <header className={styles.head}>
        <Heading className={styles.title}>{title}</Heading>
        {note !== undefined && <span className={styles.note}>{note}</span>}
        {right !== undefined && <span className={styles.right}>{right}</span>}
      </header>
      {children}
    </section>
  )
}
