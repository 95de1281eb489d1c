import { Button } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useState } from 'react'
import { Panel } from '#components/panel.tsx'
import { TextField } from '#components/text-field.tsx'
import { keepAcceptance } from '#services/acceptances.ts'
import { counted } from '#services/counted.ts'
import { forgetChecks } from '#services/seal-fault.ts'
import { rememberVisit, type Lost } from '#services/seal-visit.ts'
import { whenText } from '#services/when.ts'
import styles from '#components/key-changed.module.css'

const TOLD_AT_LEAST = 3
const records = (size: number) => counted(size, 'record')

const what = ({ before, now }: Lost): string => {
  const then = `On ${whenText(before.time)} IST this browser saw ${records(before.size)}, signed with this key.`
  const missing = before.size - now.size
  return missing > 0
    ? `${then} Now there ${now.size === 1 ? 'is' : 'are'} ${now.size.toLocaleString('en-IN')}: the newest ${missing.toLocaleString('en-IN')} of then are gone.`
    : `${then} Now there are ${now.size.toLocaleString('en-IN')}, but they do not go on from those: some of then are gone, or were changed.`
}

const Meaning = ({ lost }: { readonly lost: Lost }) => (
  <>
    <p>{what(lost)}</p>
    <p>
      A log only ever grows. Either the database was <b>restored from a backup</b>, and what was recorded after that backup is gone; or{' '}
      <b>somebody took records out</b>. The signature does not tell which: the key is the right one in both cases.
    </p>
    <ul className={styles.steps}>
      <li>Ask whoever runs Holdfast, by telephone or on paper: was a backup restored, from which hour, and why?</li>
      <li>Keep receipts and exported proofs of the time between: they show what is gone.</li>
      <li>
        The checkpoint files outside the database still hold the roots of then: <code>bin/verify</code> with them names the first record
        that is missing.
      </li>
      <li>If nobody knows of a restore, accept nothing, and report it.</li>
    </ul>
  </>
)

/**
 * The log, signed by the same key, does not go on from what this browser saw of it. A person may accept it as restored from a backup; who told
 * them and why is kept here, with both states of the log, and from then on it has to go on from the one accepted.
 */
export const LogLost = ({ lost, onAccepted }: { readonly lost: Lost; readonly onAccepted: () => void }) => {
  const [who, setWho] = useState('')
  const [why, setWhy] = useState('')
  const told = [who, why].every((text) => text.trim().length >= TOLD_AT_LEAST)
  const accept = () => {
    if (!told) return
    keepAcceptance({ at: new Date().toISOString(), who: who.trim(), why: why.trim(), ...lost })
    rememberVisit(lost.now)
    forgetChecks()
    onAccepted()
  }
  const title = (
    <>
      <IconHistory size={17} stroke={1.75} aria-hidden="true" /> Was it restored from a backup?
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
        <Meaning lost={lost} />
        <TextField label="Who told you of the restore" value={who} onChange={setWho} hint="Their name, and how you reached them." />
        <TextField
          label="What they told you"
          lines
          value={why}
          onChange={setWhy}
          hint="Which backup, and why. Both are kept in this browser only, with what the log was and is, and stand on the Proof page."
        />
        <Button type="submit" color="red" variant="filled" disabled={!told}>
          Accept the log as restored
        </Button>
      </form>
    </Panel>
  )
}
