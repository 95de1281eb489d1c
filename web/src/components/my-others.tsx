import { Button } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { StateBadge } from '#components/state-badge.tsx'
import { isOverdue, pastDueText } from '#services/arrears.ts'
import type { Loan, LoanState } from '#services/loans.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { useMay } from '#services/session.ts'
import { dateText } from '#services/when.ts'
import styles from '#components/my-loan.module.css'

const saidOf = (loan: Loan): string => {
  const asked = moneyWithSymbol(loan.principal, loan.currency, 'whole')
  if (loan.state !== 'active') return asked
  if (loan.toPay > 0) return `${moneyWithSymbol(loan.toPay, loan.currency)} to pay now`
  return loan.nextDue ? `${moneyWithSymbol(loan.nextDue.amount, loan.currency)} on ${dateText(loan.nextDue.dueOn)}` : asked
}

// The state table's words are the company's.
const OWN_WORDS: Partial<Record<LoanState, string>> = {
  applied: 'being looked at',
  assessing: 'being looked at',
  referred: 'being looked at',
  offered: 'offer for you',
  accepted: 'on its way',
  active: 'running',
  rejected: 'not approved',
  closed: 'paid back',
  foreclosed: 'closed early',
}

const Badge = ({ loan }: { readonly loan: Loan }) =>
  isOverdue(loan) ? (
    <StateBadge state="late" word={pastDueText(loan.dpd)} />
  ) : (
    <StateBadge state={loan.state} word={OWN_WORDS[loan.state] ?? loan.state} />
  )

/** The other loans and applications, each a way to its own page, and the way to a new one. */
export const MyOthers = ({ loans, more }: { readonly loans: readonly Loan[]; readonly more: (() => void) | undefined }) => {
  const may = useMay()
  return (
    <section className={styles.others} aria-label="Other loans">
      {loans.length > 0 && (
        <>
          <h2>Your other loans</h2>
          <ul className={styles.ways}>
            {loans.map((loan) => (
              <li key={loan.id}>
                <Link to={`/my-loan/${loan.id}`} className={styles.way}>
                  <span>
                    {loan.product.name}
                    <span className={styles.detail}>{saidOf(loan)}</span>
                  </span>
                  <span className={styles.note}>
                    <Badge loan={loan} />
                  </span>
                  <IconChevronRight size={18} stroke={1.75} aria-hidden="true" />
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      {more && <Button onClick={more}>Show more of them</Button>}
      {may('lending.apply') && (
        <p>
          <Link to="/apply">Apply for another loan</Link>
        </p>
      )}
    </section>
  )
}
