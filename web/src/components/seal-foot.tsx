import { IconLink, IconLinkOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { sealQuery } from '#services/seal.ts'
import { useFault } from '#services/seal-fault.ts'
import { shortSpan } from '#services/when.ts'
import styles from '#components/seal-foot.module.css'

const TICK_MS = 1000

/** The seal at the foot of the rail: how old the last checkpoint is, and whether a check in this browser found a fault. */
export const SealFoot = () => {
  const { data, dataUpdatedAt } = useQuery(sealQuery)
  const fault = useFault()
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  const [seen, setSeen] = useState({ at: now, updated: dataUpdatedAt })
  if (seen.updated !== dataUpdatedAt) setSeen({ at: performance.now(), updated: dataUpdatedAt })
  if (!data && !fault) return null
  const age = (data?.ageMs ?? 0) + Math.max(0, now - seen.at)
  return (
    <Link to="/proof" className={styles.foot} data-bad={fault !== undefined || undefined}>
      {fault ? <IconLinkOff size={17} stroke={1.75} aria-hidden="true" /> : <IconLink size={17} stroke={1.75} aria-hidden="true" />}
      <span className={styles.words}>
        <b>{fault ? '1 fault found' : `Sealed ${shortSpan(age)} ago`}</b>
        <span>{fault ?? `${data?.size.toLocaleString('en-IN')} records`}</span>
      </span>
    </Link>
  )
}
