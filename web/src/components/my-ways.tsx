import { IconCalendar, IconChevronRight, IconFlagCheck, IconReceipt2, type Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { foreclosureQuoteQuery, type Loan } from '#services/loans.ts'
import { moneyWithSymbol } from '#services/money.ts'
import styles from '#components/my-loan.module.css'

type WayProps = {
  readonly to: string
  readonly search?: Readonly<Record<string, string>>
  readonly icon: Icon
  readonly word: string
  readonly note?: string | undefined
  readonly narrow?: boolean
}

const Way = ({ to, search = {}, icon: Shape, word, note, narrow = false }: WayProps) => (
  <li data-narrow={narrow || undefined}>
    <Link to={to} search={search} className={styles.way}>
      <Shape size={20} stroke={1.6} aria-hidden="true" />
      <span>
        {word}
        {note && <span className={styles.detail}>{note}</span>}
      </span>
      <IconChevronRight size={18} stroke={1.75} aria-hidden="true" />
    </Link>
  </li>
)

/** Where to go from one's own loan: receipts, the instalments, and what it would cost to end it today. */
export const MyWays = ({ loan, today }: { readonly loan: Loan; readonly today: string }) => {
  const mayClose = loan.moves.includes('foreclose')
  const { data: quote } = useQuery({ ...foreclosureQuoteQuery(loan.id, today), enabled: mayClose })
  const here = `/my-loan/${loan.id}`
  return (
    <nav aria-label="More of this loan">
      <ul className={styles.ways}>
        {loan.disbursedOn && <Way to={here} search={{ tab: 'money' }} icon={IconReceipt2} word="Statement and receipts" />}
        <Way to={here} search={{ tab: 'schedule' }} icon={IconCalendar} word="All instalments" narrow />
        {mayClose && (
          <Way
            to={`/loans/${loan.id}/foreclose`}
            icon={IconFlagCheck}
            word="Close the loan early"
            note={quote && `for ${moneyWithSymbol(quote.total, loan.currency)}, if paid today`}
          />
        )}
      </ul>
    </nav>
  )
}
