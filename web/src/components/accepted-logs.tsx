import { useState } from 'react'
import { Panel } from '#components/panel.tsx'
import { acceptances } from '#services/acceptances.ts'
import { counted } from '#services/counted.ts'
import { whenText } from '#services/when.ts'
import styles from '#components/pairs.module.css'

/** What was accepted in this browser as restored from a backup: by whose word, and why. Nothing where nothing was. */
export const AcceptedLogs = () => {
  const [kept] = useState(acceptances)
  if (kept.length === 0) return null
  return (
    <Panel title="Accepted in this browser as restored from a backup" note="kept here alone, newest first">
      <ul className={styles.stack}>
        {kept.map(({ at, who, why, before, now }) => (
          <li key={at}>
            <b>{whenText(at)} IST</b>, {counted(now.size, 'record')} in place of {before.size.toLocaleString('en-IN')}. Told by {who}: {why}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
