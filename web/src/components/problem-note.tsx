import { IconAlertCircle, IconPlugConnectedX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { MonoName } from '#components/mono-name.tsx'
import { ShortId } from '#components/short-id.tsx'
import { sayPointer, sayProblem } from '#services/fault-words.ts'
import { LostAnswer, Refusal, WRONG_PASSWORD, type Problem } from '#services/http.ts'
import styles from '#components/problem-note.module.css'

const factText = (value: unknown): string => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value))

const NoAnswer = ({ error, way }: { readonly error: LostAnswer; readonly way: ReactNode }) => (
  <div className={styles.note} role="alert">
    <p className={styles.what}>
      <IconPlugConnectedX size={16} stroke={1.75} aria-hidden="true" />
      The server did not answer
    </p>
    <p>{error.message} As soon as it is back, this page asks again by itself; what you were sending can be sent again then.</p>
    {way}
  </div>
)

/** Neither refused nor lost: it could not be worked out here. */
const OwnFault = ({ error, way }: { readonly error: unknown; readonly way: ReactNode }) => (
  <div className={styles.note} role="alert">
    <p className={styles.what}>
      <IconAlertCircle size={16} stroke={1.75} aria-hidden="true" />
      This could not be worked out in the browser
    </p>
    <p>{error instanceof Error ? error.message : String(error)}</p>
    {way}
  </div>
)

/** The session ended while a form was open: signing in elsewhere keeps what was typed here. */
const SignedOut = () => (
  <p>
    <a href="/signin" target="_blank" rel="noreferrer">
      Sign in again
    </a>{' '}
    in another tab, then send this once more: what you typed stays.
  </p>
)

const Known = ({ facts }: { readonly facts: NonNullable<Problem['facts']> }) => {
  const known = Object.entries(facts)
  if (known.length === 0) return null
  return (
    <dl className={styles.facts}>
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{factText(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A refusal in full: what is wrong in one sentence, what the server knows of it, its name and the request id to copy. */
export const ProblemNote = ({ error, way }: { readonly error: unknown; readonly way?: ReactNode }) => {
  if (error instanceof LostAnswer) return <NoAnswer error={error} way={way} />
  if (!(error instanceof Refusal)) return <OwnFault error={error} way={way} />
  const { problem } = error
  const said = sayProblem(problem)
  return (
    <div className={styles.note} role="alert">
      <p className={styles.what}>
        <IconAlertCircle size={16} stroke={1.75} aria-hidden="true" />
        {said.title}
      </p>
      {said.advice && <p>{said.advice}</p>}
      {problem.errors && problem.errors.length > 0 && (
        <ul>
          {problem.errors.map((fault) => (
            <li key={`${fault.pointer}${fault.code}`}>
              {fault.pointer && <b>{sayPointer(fault.pointer)}: </b>}
              {fault.message ?? fault.code}
            </li>
          ))}
        </ul>
      )}
      <Known facts={said.facts} />
      {problem.status === 401 && problem.code !== WRONG_PASSWORD && <SignedOut />}
      {said.way && (
        <p>
          <Link to={said.way.to}>{said.way.word}</Link>
        </p>
      )}
      {way}
      <p className={styles.name}>
        <MonoName>{problem.code}</MonoName>
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
