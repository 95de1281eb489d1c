import { useEffect, useState } from 'react'
import styles from '#components/waiting.module.css'

const QUIET_MS = 200

/** Bars where rows will be, only if the wait is long enough to be noticed. */
export const Waiting = ({ rows = 6, what }: { readonly rows?: number; readonly what: string }) => {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), QUIET_MS)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div role="status" className={styles.waiting}>
      <span className="visually-hidden">Fetching {what}</span>
      {shown && Array.from({ length: rows }, (_, at) => <span key={at} className={styles.bar} />)}
    </div>
  )
}
