import type { ReactNode } from 'react'
import type { Loan, ScheduleRow } from '#services/loans.ts'
import { moneyText, moneyWithSymbol } from '#services/money.ts'
import { nextAfter, paidSoFar, type Paid } from '#services/own-loans.ts'
import { dateText } from '#services/when.ts'
import styles from '#components/my-loan.module.css'

const Term = ({ word, note, children }: { readonly word: string; readonly note?: string; readonly children: ReactNode }) => (
  <div>
    <dt>{word}</dt>
    <dd>{children}</dd>
    {note && <dd className={styles.detail}>{note}</dd>}
  </div>
)

const paidNote = (paid: Paid, currency: string): string =>
  [
    `principal ${moneyText(paid.principal, currency)}`,
    `interest ${moneyText(paid.interest, currency)}`,
    ...(paid.lateCharge > 0 ? [`late charge ${moneyText(paid.lateCharge, currency)}`] : []),
  ]
    .map((part) => part.replaceAll(' ', '\u00a0'))
    .join('\u00a0· ')

type Props = { readonly loan: Loan; readonly rows: readonly ScheduleRow[]; readonly today: string }

/** What comes after what is due, what was paid so far, and what was agreed. */
export const MyTerms = ({ loan, rows, today }: Props) => {
  const { currency } = loan
  const running = loan.state === 'active'
  const next = nextAfter(rows, today)
  const paid = paidSoFar(loan, rows)
  return (
    <dl className={styles.terms}>
      {running && loan.toPay > 0 && next && <Term word={`Next, ${dateText(next.dueOn)}`}>{moneyWithSymbol(next.minor, currency)}</Term>}
      {running && (
        <Term word="Paid so far" note={paidNote(paid, currency)}>
          {moneyWithSymbol(paid.total, currency)}
        </Term>
      )}
      <Term word="Borrowed" {...(loan.disbursedOn ? { note: `paid out ${dateText(loan.disbursedOn)}` } : {})}>
        {moneyWithSymbol(loan.principal, currency)}
      </Term>
      <Term word="Interest a year" {...(loan.apr ? { note: `APR ${loan.apr} %: what it costs a year with all fees` } : {})}>
        {Number(loan.annualRate)} %
      </Term>
    </dl>
  )
}
