import { IconAlertOctagon, IconShieldCheck, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { ProblemNote } from '#components/problem-note.tsx'
import { ProofSteps } from '#components/proof-steps.tsx'
import { Waiting } from '#components/waiting.tsx'
import { useCheck } from '#services/use-check.ts'
import styles from '#components/proof-aside.module.css'

/** Checks one entry here and now, and shows the verdict above its steps. */
export const ProofAside = ({ transfer, onClose }: { readonly transfer: string; readonly onClose: () => void }) => {
  const { check, error } = useCheck(transfer)
  const aside = useRef<HTMLElement>(null)
  // It may stand above what was pressed, out of sight.
  useEffect(() => aside.current?.focus(), [])
  return (
    <aside className={styles.aside} aria-label="The proof" ref={aside} tabIndex={-1}>
      {error !== null && <ProblemNote error={error} />}
      {!check && !error && <Waiting what="the proof" />}
      {check && (
        <>
          <div className={styles.head} data-sound={check.sound} role="status">
            {check.sound ? (
              <IconShieldCheck size={20} stroke={1.6} aria-hidden="true" />
            ) : (
              <IconAlertOctagon size={20} stroke={1.6} aria-hidden="true" />
            )}
            <div>
              <h2>{check.verdict}</h2>
              <p>Computed in this browser in {check.ms} ms. The server’s word was not used.</p>
            </div>
            <button type="button" className={styles.close} onClick={onClose} aria-label="Close the proof">
              <IconX size={16} stroke={1.75} />
            </button>
          </div>
          <ProofSteps steps={check.steps} />
          <p className={styles.way}>
            <Link to={`/proof/${transfer}`}>Open in Proof</Link>
          </p>
        </>
      )}
    </aside>
  )
}
