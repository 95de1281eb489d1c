import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Mark } from '#components/mark.tsx'
import { useRail, type RailEntry } from '#components/rail-entries.ts'
import { SealFoot } from '#components/seal-foot.tsx'
import { deadLettersQuery } from '#services/events.ts'
import { overviewQuery } from '#services/overview.ts'
import { useMay } from '#services/session.ts'
import styles from '#components/rail.module.css'

const Count = ({ entry }: { readonly entry: RailEntry }) => {
  const may = useMay()
  const parked = useQuery({ ...deadLettersQuery, enabled: entry.to === '/dead-letters' && may('events.dead_letters') })
  const overview = useQuery({ ...overviewQuery, enabled: entry.to === '/applications' && may('lending.overview') })
  if (entry.to === '/dead-letters' && parked.data?.items.length)
    return (
      <span className={styles.count} data-bad>
        {parked.data.items.length}
        <span className="visually-hidden"> parked</span>
      </span>
    )
  if (entry.to === '/applications' && overview.data?.waiting?.count)
    return (
      <span className={styles.count}>
        {overview.data.waiting.count}
        <span className="visually-hidden"> waiting</span>
      </span>
    )
  return null
}

const Entry = ({ entry, onGo }: { readonly entry: RailEntry; readonly onGo?: (() => void) | undefined }) => (
  <li>
    <Link
      to={entry.to}
      className={styles.entry}
      title={entry.word}
      activeOptions={{ exact: entry.to === '/', includeSearch: false }}
      activeProps={{ 'data-here': true, 'aria-current': 'page' }}
      {...(onGo ? { onClick: onGo } : {})}
    >
      <entry.icon size={17} stroke={1.6} aria-hidden="true" />
      <span className={styles.word}>{entry.word}</span>
      <Count entry={entry} />
    </Link>
  </li>
)

/** The left rail: what the caller may see, in groups, with the seal at its foot. */
export const Rail = ({ onGo }: { readonly onGo?: () => void }) => {
  const may = useMay()
  const groups = useRail()
  return (
    <nav className={styles.rail} aria-label="Main">
      <Link to="/" className={styles.brand} {...(onGo ? { onClick: onGo } : {})}>
        <Mark />
        <span className={styles.word}>Holdfast</span>
      </Link>
      <div className={styles.groups}>
        {groups.map((group) => (
          <section key={group.word ?? group.entries[0]?.to} className={styles.group}>
            {group.word && <p className={styles.groupWord}>{group.word}</p>}
            <ul>
              {group.entries.map((entry) => (
                <Entry key={entry.to} entry={entry} onGo={onGo} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      {may('seal.checkpoints') && <SealFoot />}
    </nav>
  )
}
