import { Link } from '@tanstack/react-router'
import { IconChevronRight } from '@tabler/icons-react'
import { useEffect, type ReactNode } from 'react'
import { arrive } from '#services/arrival.ts'
import styles from '#components/page.module.css'

type Crumb = { readonly word: ReactNode; readonly to?: string }
type Props = {
  readonly title: string
  readonly heading?: ReactNode
  readonly note?: ReactNode
  readonly crumbs?: readonly Crumb[]
  readonly badges?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
  /** The body reaches the edges: move and studio pages, which have a ground of their own. */
  readonly split?: boolean
  /** Its thing has not come yet: it is not the page that one went to. */
  readonly waiting?: boolean
}

/** Every page's frame: crumbs, the one h1, its badges and moves, the body. Names the tab after the page, and takes the focus of who came to it. */
export const PageFrame = ({ title, heading, note, crumbs, badges, actions, children, split = false, waiting = false }: Props) => {
  useEffect(() => {
    document.title = `${title} · Holdfast`
  }, [title])
  useEffect(() => {
    if (!waiting) arrive()
  }, [waiting])
  return (
    <div className={styles.page} data-split={split || undefined} data-waiting={waiting || undefined}>
      <header className={styles.head}>
        {crumbs && (
          <nav aria-label="Where you are" className={styles.crumbs}>
            {crumbs.map((crumb, at) => (
              <span key={at} className={styles.crumb}>
                {at > 0 && <IconChevronRight size={14} stroke={1.75} aria-hidden="true" />}
                {crumb.to ? <Link to={crumb.to}>{crumb.word}</Link> : <span>{crumb.word}</span>}
              </span>
            ))}
          </nav>
        )}
        <div className={styles.line}>
          <div className={styles.titles}>
            <h1>{heading ?? title}</h1>
            {note !== undefined && <span className={styles.note}>{note}</span>}
            {badges}
          </div>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </div>
      </header>
      <div className={styles.body}>{children}</div>
    </div>
  )
}
