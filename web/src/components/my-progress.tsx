import { counted } from '#services/counted.ts'
import { moneyWithSymbol } from '#services/money.ts'
import type { Loan, ScheduleRow } from '#services/loans.ts'
import { dateText } from '#services/when.ts'
import styles from '#components/my-loan.module.css'

/** More than these are too thin to be told apart. */
const PIECES_AT_MOST = 60

/** The instalments as a row of pieces, paid, overdue and to come, with what is left. */
export const MyProgress = ({ loan, rows }: { readonly loan: Loan; readonly rows: readonly ScheduleRow[] }) => {
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return null
  const paid = rows.filter(({ state }) => state === 'paid').length
  const late = rows.filter(({ state }) => state === 'late').length
  return (
    <section className={styles.progress} aria-labelledby="progress">
      <p className={styles.ends}>
        <b id="progress">
          {paid} of {rows.length} paid
        </b>
        <span>Left {moneyWithSymbol(loan.outstanding?.principal ?? 0, loan.currency)}</span>
      </p>
      <div
        className={styles.pieces}
        role="img"
        aria-label={`${paid} of ${counted(rows.length, 'instalment')} paid${late > 0 ? `, ${late} overdue` : ''}`}
      >
        {rows.length <= PIECES_AT_MOST ? (
          rows.map((row) => <span key={row.number} data-state={row.state} />)
        ) : (
          <>
            <span data-state="paid" style={{ flexGrow: paid }} />
            {late > 0 && <span data-state="late" style={{ flexGrow: late }} />}
            <span style={{ flexGrow: rows.length - paid - late }} />
          </>
        )}
      </div>
      <p className={styles.ends} data-quiet>
        <span>{dateText(first.dueOn)}</span>
        <span>{dateText(last.dueOn)}</span>
      </p>
    </section>
  )
}
