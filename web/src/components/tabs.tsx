import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import styles from '#components/tabs.module.css'

export type Tab = { readonly id: string; readonly word: string; readonly count?: number | undefined }
type Props = {
  readonly label: string
  readonly tabs: readonly Tab[]
  readonly here: string
  readonly name: string
  readonly right?: ReactNode
  readonly keep?: readonly string[]
}

/** Underlined tabs that are links: each has its address. `name` is the word in the address; what else stands there is kept if named in `keep`. */
export const Tabs = ({ label, tabs, here, name, right, keep = [] }: Props) => (
  <div className={styles.bar}>
    <nav aria-label={label} className={styles.tabs}>
      {tabs.map((tab, at) => (
        <Link
          key={tab.id}
          to="."
          search={(old: Record<string, string | undefined>) => ({
            ...Object.fromEntries(keep.flatMap((word) => (old[word] === undefined ? [] : [[word, old[word]]]))),
            ...(at === 0 ? {} : { [name]: tab.id }),
          })}
          resetScroll={false}
          className={styles.tab}
          data-here={tab.id === here || undefined}
          aria-current={tab.id === here ? 'page' : undefined}
        >
          {tab.word}
          {tab.count !== undefined && <span>{tab.count.toLocaleString('en-IN')}</span>}
        </Link>
      ))}
    </nav>
    {right && <div className={styles.right}>{right}</div>}
  </div>
)
