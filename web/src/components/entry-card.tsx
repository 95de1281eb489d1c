import { Button } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { Badge } from '#components/state-badge.tsx'
import { AccountLink } from '#components/account-link.tsx'
import { Money } from '#components/money.tsx'
import { ShortId } from '#components/short-id.tsx'
import { sentence } from '#services/names.ts'
import { instantText } from '#services/when.ts'
import type { Transfer } from '#services/ledger.ts'
import styles from '#components/entry-card.module.css'

const WORDS: Record<string, string> = {
  'lending.repay': 'Repayment',
  'lending.disburse': 'Disbursal',
  'lending.foreclose': 'Foreclosure',
  'lending.reverse_repayment': 'Reversal of a repayment',
  'lending.fall_due': 'Interest fell due',
  'lending.deposit': 'Deposit',
  'lending.withdraw': 'Withdrawal',
  'ledger.reverse': 'Reversal',
}
export const transferWord = (transfer: Pick<Transfer, 'operation'>): string => {
  const name = transfer.operation
  return WORDS[name] ?? sentence(name.split('.').at(-1) ?? name)
}

type Props = {
  readonly transfer: Transfer
  readonly verdict: 'verified' | 'altered' | undefined
  readonly picked: boolean
  readonly onVerify: () => void
}

/** One ledger entry: its legs, debits left, credits right, and the button that checks it in this browser. */
export const EntryCard = ({ transfer, verdict, picked, onVerify }: Props) => (
  <article className={styles.card} data-verdict={verdict} data-picked={picked || undefined}>
    <header className={styles.head}>
      <div>
        <h2>{transferWord(transfer)}</h2>
        <p>{instantText(transfer.at)}</p>
      </div>
      <ShortId id={transfer.id} copy />
      {verdict === 'verified' ? (
        <button
          type="button"
          className={styles.verdict}
          data-verify={transfer.id}
          onClick={onVerify}
          aria-label={`verified: show the proof of ${transferWord(transfer)} of ${instantText(transfer.at)}`}
        >
          <Badge icon={IconShieldCheck} tone="ok" word="verified" soft />
        </button>
      ) : (
        <Button
          size="sm"
          data-verify={transfer.id}
          leftSection={<IconShieldCheck size={15} stroke={1.75} />}
          onClick={onVerify}
          aria-label={`Verify ${transferWord(transfer)} of ${instantText(transfer.at)}`}
        >
          Verify
        </Button>
      )}
    </header>
    <ul>
      {transfer.legs.map((leg, at) => (
        <li key={`${leg.account}${at}`} className={styles.leg}>
          <span>
            <AccountLink id={leg.account} />
          </span>
          <span>{leg.amount >= 0 && <Money minor={leg.amount} currency={leg.unit} />}</span>
          <span>{leg.amount < 0 && <Money minor={-leg.amount} currency={leg.unit} />}</span>
        </li>
      ))}
    </ul>
  </article>
)
