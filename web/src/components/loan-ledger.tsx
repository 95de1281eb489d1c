import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from '@mantine/core'
import { CheckAll } from '#components/check-all.tsx'
import { Empty } from '#components/empty.tsx'
import { EntryCard } from '#components/entry-card.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { ProofAside } from '#components/proof-aside.tsx'
import { Waiting } from '#components/waiting.tsx'
import { counted } from '#services/counted.ts'
import { transfersQuery } from '#services/ledger.ts'
import type { Loan } from '#services/loans.ts'
import { useVerdict } from '#services/seal-fault.ts'
import { useKeys } from '#services/keys.ts'
import { useUrl } from '#services/url.ts'
import styles from '#components/loan-ledger.module.css'

/** Every entry of the loan, newest first, each to be verified in this browser; the proof stands beside. */
export const LoanLedger = ({ loan }: { readonly loan: Loan }) => {
  const [{ entry }, set] = useUrl()
  const verdict = useVerdict()
  const { data, error, isPending, hasNextPage, fetchNextPage } = useInfiniteQuery(transfersQuery({ loan: loan.id }))
  const close = () => {
    document.querySelector<HTMLElement>(`[data-verify="${CSS.escape(entry ?? '')}"]`)?.focus()
    set({ entry: undefined })
  }
  useKeys({ Escape: ['Close the proof', entry ? close : undefined] })
  if (!data && error) return <ProblemNote error={error} />
  if (isPending) return <Waiting what="entries" />
  const transfers = data.pages.flatMap((page) => page.items)
  if (transfers.length === 0) return <Empty title="No entry yet">The first entry is written when the loan is disbursed.</Empty>
  return (
    <div className={styles.split} data-open={entry !== undefined || undefined}>
      <div className={styles.list}>
        <CheckAll scope={{ loan: loan.id }} word="Verify all">
          <p>Take nobody’s word: each entry is checked here, up to the signed root.</p>
        </CheckAll>
        <p className={styles.head}>
          <span>
            {counted(transfers.length, 'entry', 'entries')}
            {hasNextPage ? ' so far' : ''}, newest first
          </span>
          <span>Debit ₹</span>
          <span>Credit ₹</span>
        </p>
        {transfers.map((transfer) => (
          <EntryCard
            key={transfer.id}
            transfer={transfer}
            verdict={verdict(transfer.id)}
            picked={entry === transfer.id}
            onVerify={() => set({ entry: transfer.id })}
          />
        ))}
        {hasNextPage && <Button onClick={() => void fetchNextPage()}>Show older entries</Button>}
      </div>
      {entry && <ProofAside key={entry} transfer={entry} onClose={close} />}
    </div>
  )
}
