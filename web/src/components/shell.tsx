import { Outlet, useNavigate } from '@tanstack/react-router'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { KeysHelp } from '#components/keys-help.tsx'
import { Palette, prepareSearch } from '#components/palette.tsx'
import { Rail } from '#components/rail.tsx'
import { useRail } from '#components/rail-entries.ts'
import { TopBar } from '#components/top-bar.tsx'
import { infoQuery } from '#services/info.ts'
import { openKeys, useKeys } from '#services/keys.ts'
import { startAsking, startLive } from '#services/live.ts'
import { openSearch } from '#services/searching.ts'
import { useIsStaff, useMay, useOnePerson } from '#services/session.ts'
import styles from '#components/shell.module.css'

/** What the page itself needs is fetched by then. */
const QUIET_MS = 1_500
/** From here on the rail stands beside the page. */
const BESIDE = '(min-width: 801px)'
const focusSearch = () => document.querySelector<HTMLInputElement>('[data-page-search]')?.focus()

/** Another business day: what is due, late or expired changes with no event to say so. */
const useNewDay = () => {
  const queries = useQueryClient()
  const day = useQuery(infoQuery).data?.businessDate
  const seen = useRef(day)
  useEffect(() => {
    if (seen.current !== undefined && seen.current !== day) void queries.invalidateQueries()
    seen.current = day
  }, [day, queries])
}

/** On a phone the menu lies over the page: who opens it by keyboard is in it, stays in it, and comes back to its button. */
const useRailOver = () => {
  const [railOpen, setRailOpen] = useState(false)
  const side = useRef<HTMLDivElement>(null)
  const menu = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!railOpen) return undefined
    side.current?.querySelector('a')?.focus()
    const wide = matchMedia(BESIDE)
    const beside = () => setRailOpen(false)
    wide.addEventListener('change', beside)
    return () => wide.removeEventListener('change', beside)
  }, [railOpen])
  const closeRail = () => {
    setRailOpen(false)
    // Its button is out of reach until the page is drawn anew.
    requestAnimationFrame(() => menu.current?.focus())
  }
  return { side, menu, railOpen, setRailOpen, closeRail }
}

/** The frame of every page behind the sign-in: rail, top bar, the page, and what reacts to keys everywhere. */
export const Shell = () => {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const may = useMay()
  const { side, menu, railOpen, setRailOpen, closeRail } = useRailOver()
  const staff = useIsStaff()
  const rail = useRail()
  useEffect(() => (staff ? startLive(queries) : startAsking(queries)), [queries, staff])
  useNewDay()
  useOnePerson()
  useEffect(() => {
    const timer = setTimeout(prepareSearch, QUIET_MS)
    return () => clearTimeout(timer)
  }, [])
  const goTo = Object.fromEntries(
    rail.flatMap((group) =>
      group.entries.flatMap((entry) =>
        entry.key ? [[`g ${entry.key}`, [`Go to ${entry.word}`, () => void navigate({ to: entry.to })] as const]] : [],
      ),
    ),
  )
  useKeys(
    {
      'Ctrl K': ['Search everything', () => openSearch()],
      '/': ['Search this page', () => (document.querySelector('[data-page-search]') ? focusSearch() : openSearch())],
      '?': ['Show these keys', openKeys],
      Escape: ['Close the menu', railOpen ? closeRail : undefined],
      n: ['New application', may('lending.apply') ? () => void navigate({ to: '/apply' }) : undefined],
      r: ['Take a repayment', staff && may('lending.repay') ? () => openSearch('repayment') : undefined],
      ...goTo,
    },
    { everywhere: true },
  )
  return (
    <div className={styles.shell} data-rail-open={railOpen || undefined}>
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <div className={styles.rail} ref={side} id="rail">
        <Rail onGo={() => setRailOpen(false)} />
      </div>
      {railOpen && <button type="button" className={styles.veil} aria-label="Close the menu" onClick={closeRail} />}
      <div className={styles.bar} inert={railOpen}>
        <TopBar railOpen={railOpen} menu={menu} onRail={() => setRailOpen(true)} />
      </div>
      <main id="page" className={styles.main} tabIndex={-1} data-scroll inert={railOpen}>
        <Outlet />
      </main>
      <Palette />
      <KeysHelp />
    </div>
  )
}
