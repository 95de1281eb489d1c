import { Button } from '@mantine/core'
import { IconAlertOctagon, IconDownload, IconRefresh, IconShieldCheck } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { AccountChain, type Link as ChainLink } from '#components/account-chain.tsx'
import { AccountLink } from '#components/account-link.tsx'
import { transferWord } from '#components/entry-card.tsx'
import { KeyChanged } from '#components/key-changed.tsx'
import { LogLost } from '#components/log-lost.tsx'
import { Money } from '#components/money.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { ProofPath } from '#components/proof-path.tsx'
import { ProofSteps } from '#components/proof-steps.tsx'
import { ShortId } from '#components/short-id.tsx'
import { Verdict } from '#components/verdict.tsx'
import { counted } from '#services/counted.ts'
import { moneyWithSymbol, symbolOf } from '#services/money.ts'
import { useMay } from '#services/session.ts'
import { useCheck } from '#services/use-check.ts'
import type { Check, EntryBody, EntryLeg } from '#services/verify.ts'
import { dateText, instantText } from '#services/when.ts'
import styles from '#routes/proof-entry.module.css'

const legColumns = (unit: string): readonly Column<EntryLeg>[] => [
  { id: 'account', head: 'Account', place: 'line', cell: (leg) => <AccountLink id={leg.account} /> },
  { id: 'link', head: 'Link', align: 'right', quiet: true, cell: (leg) => leg.n },
  {
    id: 'debit',
    head: `Debit ${unit}`,
    align: 'right',
    cell: (leg) => (BigInt(leg.amount) > 0n ? <Money minor={BigInt(leg.amount)} currency={leg.unit} /> : ''),
  },
  {
    id: 'credit',
    head: `Credit ${unit}`,
    align: 'right',
    cell: (leg) => (BigInt(leg.amount) < 0n ? <Money minor={-BigInt(leg.amount)} currency={leg.unit} /> : ''),
  },
]

/** The unit of all its legs, for the head; nothing if they differ. */
const unitOf = ({ legs }: EntryBody): string => {
  const units = [...new Set(legs.map(({ unit }) => unit))]
  return units.length === 1 ? symbolOf(units[0] ?? '').trim() : ''
}

/** What an entry moves: its debits, unit by unit. */
const sumOf = ({ legs }: EntryBody): string => {
  const sums = new Map<string, bigint>()
  for (const { unit, amount } of legs) if (BigInt(amount) > 0n) sums.set(unit, (sums.get(unit) ?? 0n) + BigInt(amount))
  return [...sums].map(([unit, sum]) => moneyWithSymbol(sum, unit)).join(' and ')
}

const holds = (check: Check, id: string) => check.steps.find((step) => step.id === id)?.holds

/** The two links that the check of each leg joins: the one before and the entry's own. */
const linksOf = (check: Check, leg: EntryLeg, previous: string | undefined): readonly ChainLink[] => {
  const state = holds(check, 'link') === undefined ? 'open' : check.broken.includes(leg.account) ? 'altered' : 'sound'
  const before = BigInt(leg.n) - 1n
  return [
    ...(before > 0n && previous
      ? [{ account: leg.account, n: String(before), hash: previous, state: 'sound' as const, here: false, word: 'before' }]
      : []),
    { account: leg.account, n: leg.n, hash: leg.hash, state, here: true, word: 'this entry' },
  ]
}

const SAVED_WITHIN_MS = 60_000
const save = (name: string, content: unknown) => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }))
  link.download = name
  link.click()
  // The browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED_WITHIN_MS)
}

const summary = (check: Check): string => {
  const held = check.steps.filter((step) => step.holds === true).length
  const open = check.steps.filter((step) => step.holds === undefined).length
  const judged = check.steps.length - open
  return `${held} of ${counted(judged, 'step')} ${held === 1 ? 'holds' : 'hold'}${open > 0 ? `, ${open} had nothing to compare with` : ''}. Computed in this browser in ${check.ms} ms with WebCrypto from ${
    check.evidence.salt === null
      ? 'the digest, the proof and the public key; what your part of the entry says is the server’s word.'
      : 'the entry, the proof and the public key; the server’s word was not used.'
  }`
}

const EntryPanel = ({ entry }: { readonly entry: EntryBody }) => (
  <Panel
    title="The entry"
    note={
      <>
        booked on {dateText(entry.bookedOn)}, key <code>{entry.key}</code>
      </>
    }
    flush
  >
    <PlainTable
      caption="Legs"
      columns={legColumns(unitOf(entry))}
      rows={entry.legs}
      keyOf={(leg) => `${leg.account}${leg.n}`}
      dense
      stack
    />
  </Panel>
)

/** One entry from its own text to the signed root, every step computed here. */
export const ProofEntryPage = () => {
  const { transfer = '' } = useParams({ strict: false })
  const may = useMay()
  const { check, error, again, busy } = useCheck(transfer)
  if (!check) return <PageWait title="Proof" error={error} />
  const { entry } = check
  const word = entry ? transferWord({ operation: entry.operation }) : 'Entry'
  return (
    <PageFrame
      title={word}
      note={entry && `${sumOf(entry)}, ${instantText(entry.at)}`}
      crumbs={[
        may('seal.checkpoints') ? { word: 'Proof', to: '/proof' } : { word: 'My loan', to: '/my-loan' },
        { word: <ShortId id={transfer} copy /> },
      ]}
      actions={
        <>
          <Button leftSection={<IconDownload size={16} stroke={1.75} />} onClick={() => save(`${transfer}.proof.json`, check.evidence)}>
            Export proof
          </Button>
          <Button variant="filled" loading={busy} leftSection={<IconRefresh size={16} stroke={1.75} />} onClick={again}>
            Check again
          </Button>
        </>
      }
    >
      {error && <ProblemNote error={error} way={<p>What stands below was found before.</p>} />}
      <Verdict sound={check.sound} icon={check.sound ? IconShieldCheck : IconAlertOctagon} title={check.verdict}>
        {summary(check)}
      </Verdict>
      {check.key.standing === 'other' && <KeyChanged key={check.key.fingerprint} check={check} onAccepted={again} />}
      {check.lost && check.key.standing !== 'other' && <LogLost lost={check.lost} onAccepted={again} />}
      {entry && (
        <Panel title="Account chains" note="each link holds the hash of the one before">
          <div className={styles.chains}>
            {entry.legs.map((leg, at) => (
              <AccountChain key={`${leg.account}${leg.n}`} links={linksOf(check, leg, check.evidence.previous[at])} />
            ))}
          </div>
        </Panel>
      )}
      <div className={styles.two}>
        <Panel title="Steps">
          <ProofSteps steps={check.steps} />
        </Panel>
        <Panel title="Path to the root" note={`${counted(check.path.length, 'hash', 'hashes')}, RFC 6962; each dot is computed here`}>
          <ProofPath check={check} />
        </Panel>
      </div>
      {entry && <EntryPanel entry={entry} />}
    </PageFrame>
  )
}
