import { Button } from '@mantine/core'
import { useState } from 'react'
import { Facts } from '#components/facts.tsx'
import { Money } from '#components/money.tsx'
import { cellOf, PlainTable, type Column } from '#components/plain-table.tsx'
import { ScheduleBars } from '#components/schedule-bars.tsx'
import { InstalmentDay } from '#components/schedule-table.tsx'
import { counted } from '#services/counted.ts'
import { moneyText, moneyWithSymbol } from '#services/money.ts'
import type { Quote, QuoteInput, QuoteRow } from '#services/quotes.ts'
import styles from '#components/quote-view.module.css'

const FIRST_ROWS = 7
const PERIODS = {
  monthly: ['month', 'monthly', 12],
  quarterly: ['quarter', 'quarterly', 4],
  fortnightly: ['fortnight', 'fortnightly', 26],
  weekly: ['week', 'weekly', 52],
} as const

const COLUMNS: readonly Column<QuoteRow>[] = [
  { id: 'number', head: 'No.', align: 'right', wide: true, cell: (row) => row.number },
  { id: 'due', head: 'Due', nowrap: true, place: 'start', cell: (row) => <InstalmentDay row={row} /> },
  { id: 'opening', head: 'Opening ₹', align: 'right', wide: 'most', cell: (row) => <Money minor={row.opening} /> },
  { id: 'principal', head: 'Principal ₹', align: 'right', cell: (row) => <Money minor={row.principal} /> },
  { id: 'interest', head: 'Interest ₹', align: 'right', cell: (row) => <Money minor={row.interest} /> },
  { id: 'total', head: 'Instalment ₹', align: 'right', strong: true, place: 'end', cell: (row) => <Money minor={row.total} /> },
  { id: 'closing', head: 'Closing ₹', align: 'right', wide: true, cell: (row) => <Money minor={row.closing} /> },
]

type FoldedProps = { readonly last: QuoteRow; readonly hidden: number; readonly onUnfold: () => void }

/** What lies between the first rows and the last, which takes what rounding left. */
const Folded = ({ last, hidden, onUnfold }: FoldedProps) => (
  <>
    <tr className={styles.more}>
      <td colSpan={COLUMNS.length} data-place="line">
        <Button variant="subtle" onClick={onUnfold}>
          Show {hidden} more
        </Button>
      </td>
    </tr>
    <tr className={styles.last}>
      {COLUMNS.map((column) => (
        <td key={column.id} {...cellOf(column, 'blocks')}>
          {column.cell(last, last.number)}
        </td>
      ))}
    </tr>
  </>
)

/** The quote: instalment and APR first, then the schedule as bars and rows. */
export const QuoteView = ({ quote, input }: { readonly quote: Quote; readonly input: QuoteInput }) => {
  const [all, setAll] = useState(false)
  const [period, often, perYear] = PERIODS[input.frequency]
  const last = quote.schedule.at(-1)
  const hidden = quote.schedule.length - FIRST_ROWS - 1
  const folded = !all && hidden > 1
  const head = folded ? quote.schedule.slice(0, FIRST_ROWS) : quote.schedule
  const differs = last !== undefined && last.total !== quote.instalment
  return (
    <>
      <div aria-live="polite" data-part="figures">
        <Facts
          big
          lead
          facts={[
            { label: 'Instalment', value: <Money minor={quote.instalment} symbol />, of: counted(quote.schedule.length, period) },
            { label: 'APR', value: `${quote.apr} %`, of: input.fees.length > 0 ? 'with fees and their tax' : 'no fees' },
            {
              label: 'Borrower receives',
              value: <Money minor={quote.netDisbursed} symbol />,
              of: input.fees.length > 0 ? 'after fee and GST' : 'the whole amount',
            },
            {
              label: 'Interest in all',
              value: <Money minor={quote.totals.interest} symbol />,
              of: `repaid in all ${moneyText(quote.totals.total)}`,
            },
          ]}
        />
      </div>
      <div className={styles.rest}>
        <ScheduleBars title="Schedule" bars={quote.schedule} currency={input.currency} />
        <PlainTable
          caption="Schedule"
          columns={COLUMNS}
          rows={head}
          keyOf={(row) => row.number}
          dense
          stack
          foot={folded && last && <Folded last={last} hidden={hidden} onUnfold={() => setAll(true)} />}
        />
        {last && (
          <p className={styles.note}>
            {differs && `The last instalment takes what rounding left: ${moneyWithSymbol(last.total)}. `}
            APR is the {often} internal rate of return on {moneyWithSymbol(input.principal - quote.totals.fees - quote.totals.tax)}, times{' '}
            {perYear}.
          </p>
        )}
      </div>
    </>
  )
}
