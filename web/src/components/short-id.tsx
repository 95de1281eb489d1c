import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useState } from 'react'
import { shortId, shortWithin } from '#services/names.ts'
import styles from '#components/short-id.module.css'

const COPIED_MS = 1500

/** A shortened id; the whole is copied, and shown when pointed at. */
export const ShortId = ({ id, copy = false }: { readonly id: string; readonly copy?: boolean }) => {
  const [copied, setCopied] = useState(false)
  const take = async () => {
    try {
      await navigator.clipboard.writeText(id)
    } catch {
      // no leave to write there: the whole id is in the title, to be selected by hand
      return
    }
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <span className={styles.id}>
      <code title={id}>{id.includes(':') ? shortWithin(id) : shortId(id)}</code>
      {copy && (
        <button type="button" className={styles.copy} onClick={() => void take()} aria-label={copied ? 'Copied' : `Copy ${id}`}>
          {copied ? <IconCheck size={14} stroke={1.75} /> : <IconCopy size={14} stroke={1.75} />}
        </button>
      )}
    </span>
  )
}
