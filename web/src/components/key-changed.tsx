import { Button } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useState } from 'react'
import { Panel } from '#components/panel.tsx'
import { TextField } from '#components/text-field.tsx'
import { forgetChecks } from '#services/seal-fault.ts'
import { inFours, isFingerprint, rememberKey } from '#services/seal-key.ts'
import { rememberVisit } from '#services/seal-visit.ts'
import type { Check } from '#services/verify.ts'
import pairs from '#components/pairs.module.css'
import styles from '#components/key-changed.module.css'

const small = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1)

/** What this browser remembers of the log, beside what stands there now. */
const logWords = (check: Check): string => {
  const visit = check.steps.find(({ id }) => id === 'visit')
  if (visit?.holds === true) return `It goes on from what this browser remembers: ${small(visit.how)}.`
  if (visit?.holds === false) return `It is another log: ${small(visit.claim)}. To accept the key forgets the log before, too.`
  return 'This browser has nothing of it to compare with.'
}

const Fingerprints = ({ check }: { readonly check: Check }) => (
  <dl className={`${pairs.pairs} ${styles.keys}`}>
    <dt>Remembered here</dt>
    <dd>
      <code>{inFours(check.key.remembered ?? '')}</code>
    </dd>
    <dt>Shown by the server now</dt>
    <dd>
      <code>{inFours(check.key.fingerprint)}</code>
    </dd>
    <dt>The log</dt>
    <dd>{logWords(check)}</dd>
  </dl>
)

const HOW = (
  <>
    From whoever runs Holdfast, by telephone or on paper, at least its first 16 characters. They see it with{' '}
    <code>openssl pkey -in seal.pem -pubout -outform DER | sha256sum</code>.
  </>
)

/**
 * The log is signed by another key than this browser remembers. A person may accept the new one, but only with the fingerprint that they were
 * told by another way; the old key is forgotten then, and with it the log it signed, where the one here is another.
 */
export const KeyChanged = ({ check, onAccepted }: { readonly check: Check; readonly onAccepted: () => void }) => {
  const [typed, setTyped] = useState('')
  const { key } = check
  const agrees = isFingerprint(typed, key.fingerprint)
  const accept = () => {
    if (agrees !== true) return
    rememberKey(key)
    if (check.lost) rememberVisit(check.lost.now)
    forgetChecks()
    onAccepted()
  }
  const title = (
    <>
      <IconKey size={17} stroke={1.75} aria-hidden="true" /> Is the new key right?
    </>
  )
  return (
    <Panel tone="bad" title={title}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          accept()
        }}
      >
        <p>
          A key is replaced rarely and on purpose: when the old one was lost or may be known to others, or when this address became another
          installation. If nobody told you so, accept nothing: somebody may be showing you a record of their own making.
        </p>
        <Fingerprints check={check} />
        <TextField
          label="Fingerprint you were told"
          mono
          value={typed}
          onChange={setTyped}
          error={agrees === false ? 'This is not the fingerprint of the key shown here. Do not accept it.' : undefined}
          hint={HOW}
        />
        <Button type="submit" color="red" variant="filled" disabled={agrees !== true}>
          Forget the old key, trust the new one
        </Button>
      </form>
    </Panel>
  )
}
