import { Button } from '@mantine/core'
import { IconAlertOctagon, IconPlayerStop, IconShieldCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { AccountLink } from '#components/account-link.tsx'
import { Keycap } from '#components/keycap.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { ShortId } from '#components/short-id.tsx'
import { Verdict } from '#components/verdict.tsx'
import { startCheckAll, stopCheckAll, useWalk, type Scope, type Walk } from '#services/check-all.ts'
import type { ChainFault } from '#services/chains.ts'
import { counted } from '#services/counted.ts'
import { useKeys } from '#services/keys.ts'
import { shortSpan } from '#services/when.ts'
import styles from '#components/check-all.module.css'

const spanText = (ms: number) => (ms < 1000 ? `${ms} ms` : shortSpan(ms))
const entries = (count: number) => counted(count, 'entry', 'entries')

/** Time left is told once enough of the way lies behind to judge by. */
const KNOWN_FROM = 0.05
const progressText = ({ checked, share, ms }: Walk): string => {
  const rate = Math.round((checked / ms) * 1000)
  const left = share > KNOWN_FROM ? `, ${shortSpan((ms * (1 - share)) / share)} left` : ''
  return `${entries(checked)} checked, ${rate} a second${left}`
}

const Going = ({ walk, scope }: { readonly walk: Walk; readonly scope: Scope }) => (
  <div className={styles.going}>
    <div
      className={styles.track}
      role="progressbar"
      aria-label="Entries checked"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(walk.share * 100)}
      aria-valuetext={progressText(walk)}
    >
      <span style={{ width: `${walk.share * 100}%` }} />
    </div>
    <span>{progressText(walk)}</span>
    <Button size="sm" leftSection={<IconPlayerStop size={15} stroke={1.75} />} onClick={() => stopCheckAll(scope)}>
      Stop
    </Button>
  </div>
)

const titleOf = ({ checked, faults, chainFaults, state }: Walk): string => {
  if (faults.length > 0) return `${faults.length} of ${entries(checked)} cannot be relied on`
  if (chainFaults.length > 0)
    return `Each of ${entries(checked)} is sound, but ${counted(chainFaults.length, 'chain is', 'chains are')} broken`
  if (state === 'done')
    return checked === 0
      ? 'There is no entry yet'
      : `${checked === 1 ? 'The one entry is' : `All ${entries(checked)} are`} unaltered, in place, and signed`
  return `The newest ${entries(checked)} are unaltered; stopped before the rest`
}

const CHAIN_WORDS: Record<ChainFault['what'], string> = {
  missing: 'is missing',
  unlinked: 'does not hold the hash of the one before it',
  end: 'is not the one that the account ends with',
  balance: 'leaves another balance than the account has',
}

const Faults = ({ walk }: { readonly walk: Walk }) => (
  <ul className={styles.faults}>
    {walk.faults.map(({ transfer, verdict }) => (
      <li key={transfer}>
        <Link to={`/proof/${transfer}`}>
          <ShortId id={transfer} />
        </Link>{' '}
        {verdict}.
      </li>
    ))}
    {walk.chainFaults.map(({ account, link, what }) => (
      <li key={account}>
        <AccountLink id={account} />: link {link} {CHAIN_WORDS[what]}.
      </li>
    ))}
  </ul>
)

const Outcome = ({ walk, scope }: { readonly walk: Walk; readonly scope: Scope }) => {
  const sound = walk.faults.length === 0 && walk.chainFaults.length === 0
  const whole = walk.state === 'done'
  return (
    <Verdict sound={sound} icon={sound ? IconShieldCheck : IconAlertOctagon} title={titleOf(walk)}>
      Computed in this browser in {spanText(walk.ms)} from each entry’s own text, its proof and the public key; the server’s word was not
      used.
      {whole && sound && walk.accounts > 0 && ` ${chainsText(scope, walk.accounts)}`}
      {!sound && <Faults walk={walk} />}
    </Verdict>
  )
}

const chainsText = ({ loan }: Scope, accounts: number): string =>
  `The ${loan === undefined ? counted(accounts, 'account') : `${counted(accounts, 'account')} of the loan`} have no gap, and the balances that the entries come to.`

/** Every entry of a loan, or of the whole ledger, checked here in one go; the way of an auditor who takes nobody's word. */
export const CheckAll = ({ scope, word, children }: { readonly scope: Scope; readonly word: string; readonly children?: ReactNode }) => {
  const walk = useWalk(scope)
  const start = () => void startCheckAll(scope)
  const going = walk?.state === 'going'
  useKeys({ v: [word, going ? undefined : start] })
  return (
    <div className={styles.all}>
      <div className={styles.line}>
        {children}
        {going ? (
          <Going walk={walk} scope={scope} />
        ) : (
          <Button
            size="sm"
            leftSection={<IconShieldCheck size={15} stroke={1.75} />}
            rightSection={<Keycap>V</Keycap>}
            aria-keyshortcuts="v"
            onClick={start}
          >
            {walk ? 'Check all again' : word}
          </Button>
        )}
      </div>
      <div role="status">{walk && !going && walk.state !== 'failed' && <Outcome walk={walk} scope={scope} />}</div>
      {walk?.state === 'failed' && <ProblemNote error={walk.error} way={<p>{entries(walk.checked)} had been checked until then.</p>} />}
    </div>
  )
}
