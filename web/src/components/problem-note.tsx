import { IconAlertCircle, IconPlugConnectedX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ShortId } from '#components/short-id.tsx'
import { Refusal } from '#services/http.ts'
import styles from '#components/problem-note.module.css'

const factText = (value: unknown): string => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value))

/** A refusal in full: what is wrong in one sentence, what the server knows of it, its name and the request id to copy. */
export const ProblemNote = ({ error, way }: { readonly error: unknown; readonly way?: ReactNode }) => {
  if (!(error instanceof Refusal))
    return (
      <div className={styles.note} role="alert">
        <p className={styles.what}>
          <IconPlugConnectedX size={16} stroke={1.75} aria-hidden="true" />
          The server did not answer
        </p>
        <p>{error instanceof Error ? error.message : 'No answer came.'} What you see may be old; it is asked for again by itself.</p>
        {way}
      </div>
    )
  const { problem } = error
  const facts = Object.entries(problem.facts ?? {})
  return (
    <div className={styles.note} role="alert">
      <p className={styles.what}>
        <IconAlertCircle size={16} stroke={1.75} aria-hidden="true" />
        {problem.title}
      </p>
      {problem.detail && problem.detail !== problem.title && <p>{problem.detail}</p>}
      {problem.errors && problem.errors.length > 0 && (
        <ul>
          {problem.errors.map((fault) => (
            <li key={`${fault.pointer}${fault.code}`}>
              <code>{fault.pointer || '/'}</code> {fault.message ?? fault.code}
            </li>
          ))}
        </ul>
      )}
      {facts.length > 0 && (
        <dl className={styles.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{factText(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {way}
      <p className={styles.name}>
        <code>{problem.code}</code>
        {problem.requestId && (
          <>
            <span aria-hidden="true">·</span>
            <ShortId id={problem.requestId} copy />
          </>
        )}
      </p>
    </div>
  )
}
