import { IconBell, IconCalendar, IconMenu2, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Ref } from 'react'
import { Keycap } from '#components/keycap.tsx'
import { LiveSign } from '#components/live-sign.tsx'
import { PersonMenu } from '#components/person-menu.tsx'
import { SandboxClock } from '#components/sandbox-clock.tsx'
import { infoQuery } from '#services/info.ts'
import { overviewQuery } from '#services/overview.ts'
import { openSearch } from '#services/searching.ts'
import { useMay } from '#services/session.ts'
import { dateWithDay } from '#services/when.ts'
import styles from '#components/top-bar.module.css'

type Props = {
  readonly railOpen: boolean
  readonly menu: Ref<HTMLButtonElement>
  readonly onRail: () => void
}

export const TopBar = ({ railOpen, menu, onRail }: Props) => {
  const may = useMay()
  const { data: info } = useQuery(infoQuery)
  const { data: overview } = useQuery({ ...overviewQuery, enabled: may('lending.overview') })
  const date = info?.businessDate ?? overview?.businessDate
  return (
    <header className={styles.bar}>
      <button
        type="button"
        className={styles.menu}
        ref={menu}
        onClick={onRail}
        aria-label="Open the menu"
        aria-expanded={railOpen}
        aria-controls="rail"
      >
        <IconMenu2 size={20} stroke={1.75} />
      </button>
      <button type="button" className={styles.search} onClick={() => openSearch()} aria-keyshortcuts="Control+K">
        <IconSearch size={17} stroke={1.75} aria-hidden="true" />
        <span className={styles.hint}>Search a loan, person, receipt or move</span>
        <span className={styles.keys}>
          <Keycap>Ctrl</Keycap> <Keycap>K</Keycap>
        </span>
      </button>
      <div className={styles.right}>
        <LiveSign quiet />
        {date && (
          <span className={styles.date} title="The business date">
            <IconCalendar size={16} stroke={1.6} aria-hidden="true" />
            {dateWithDay(date)}
          </span>
        )}
        <SandboxClock />
        {overview?.waiting && (
          <Link to="/applications" search={{ view: 'waiting' }} className={styles.waiting}>
            <IconBell size={16} stroke={1.6} aria-hidden="true" />
            <b>{overview.waiting.count}</b>
            <span className={styles.wide}>waiting</span>
          </Link>
        )}
        <PersonMenu />
      </div>
    </header>
  )
}
