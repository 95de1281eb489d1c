import { useQuery } from '@tanstack/react-query'
import { bucketWord } from '#components/bucket.tsx'
import { Changes, WhatHappens } from '#components/consequence.tsx'
import { Money } from '#components/money.tsx'
import { Panel } from '#components/panel.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { counted } from '#services/counted.ts'
import { isRefusal } from '#services/http.ts'
import { scheduleQuery, type Loan } from '#services/loans.ts'
import { AccountName } from '#components/account-name.tsx'
import { repaymentQuoteQuery, type RepaymentQuote } from '#services/repayment-quote.ts'
import { dateText } from '#services/when.ts'
import styles from '#components/repay-preview.module.css'

type Line = RepaymentQuote['allocation'][number]

const WORDS: Record<string, string> = {
  lateCharge: 'Late charge',
  interest: 'Interest',
  principal: 'Principal',
  prepay: 'Principal, in advance',
  advance: 'In advance',
  wallet: 'The rest, to the wallet',
}
const lineWord = (line: Line) => `${WORDS[line.kind] ?? line.kind}${line.number === null ? '' : `, instalment ${line.number}`}`

const moneyColumns: readonly Column<Line>[] = [
  { id: 'what', head: 'For', place: 'line', cell: lineWord },
  { id: 'due', head: 'Due ₹', align: 'right', quiet: true, cell: (line) => <Money minor={line.due} /> },
  { id: 'paid', head: 'Paid now ₹', align: 'right', strong: true, cell: (line) => <Money minor={line.paid} /> },
  { id: 'left', head: 'Left ₹', align: 'right', cell: (line) => <Money minor={line.left} /> },
]
const legColumns: readonly Column<RepaymentQuote['legs'][number]>[] = [
  { id: 'account', head: 'Account', cell: (leg) => <AccountName id={leg.account} /> },
  { id: 'debit', head: 'Debit ₹', align: 'right', cell: (leg) => (leg.amount > 0 ? <Money minor={leg.amount} /> : '') },
  { id: 'credit', head: 'Credit ₹', align: 'right', cell: (leg) => (leg.amount < 0 ? <Money minor={-leg.amount} /> : '') },
  { id: 'before', head: 'Balance before ₹', align: 'right', quiet: true, wide: 'most', cell: (leg) => <Money minor={leg.before} /> },
  { id: 'after', head: 'Balance after ₹', align: 'right', wide: true, cell: (leg) => <Money minor={leg.after} /> },
]

// A borrower is told the legs on their own accounts alone.
const postingsNote = (legs: RepaymentQuote['legs']): string =>
  legs.reduce((sum, leg) => sum + leg.amount, 0) === 0
    ? `one entry, ${counted(legs.length, 'leg')}, debits equal credits`
    : 'one entry, its legs on your own accounts'

const Quote = ({ quote }: { readonly quote: RepaymentQuote }) => (
  <>
    <Panel title="Where the money goes" level={3} flush>
      <PlainTable
        caption="Where the money goes"
        stack
        columns={moneyColumns}
        rows={quote.allocation}
        keyOf={(line) => `${line.kind}${line.number ?? ''}`}
        dense
        foot={
          <tr>
            <td data-place="start">Received</td>
            <td />
            <td data-align="right" data-place="end">
              <Money minor={quote.allocation.reduce((sum, line) => sum + line.paid, 0)} />
            </td>
            <td />
          </tr>
        }
      />
    </Panel>
    {quote.legs.length > 0 && (
      <Panel title="Postings" note={postingsNote(quote.legs)} level={3} flush>
        <PlainTable caption="Postings" columns={legColumns} rows={quote.legs} keyOf={(leg) => leg.account} dense />
      </Panel>
    )}
    <div className={styles.narrow}>
      <Panel title="The loan" level={3}>
        <Changes
          changes={[
            { what: 'Days past due, as today ends', before: quote.before.dpd, after: quote.after.dpd },
            { what: 'Bucket', before: bucketWord(quote.before.bucket), after: bucketWord(quote.after.bucket) },
            { what: 'To pay', before: <Money minor={quote.before.toPay} />, after: <Money minor={quote.after.toPay} /> },
            { what: 'Principal left', before: <Money minor={quote.before.principal} />, after: <Money minor={quote.after.principal} /> },
            ...(quote.before.state === quote.after.state ? [] : [{ what: 'State', before: quote.before.state, after: quote.after.state }]),
          ]}
        />
      </Panel>
    </div>
  </>
)

type Due = { readonly what: string; readonly minor: number }
const dueColumns: readonly Column<Due>[] = [
  { id: 'what', head: 'Taken in this order', cell: (due) => due.what },
  { id: 'minor', head: 'Due ₹', align: 'right', strong: true, cell: (due) => <Money minor={due.minor} /> },
]

/** Without the server's quote: what is due, in the order the server takes it. */
const DueNow = ({ loan }: { readonly loan: Loan }) => {
  const { data = [] } = useQuery(scheduleQuery(loan.id))
  const open = data.filter((row) => row.state === 'late' || row.state === 'part' || row.state === 'due')
  const due: readonly Due[] = [
    ...(loan.overdue && loan.overdue.lateCharge > 0 ? [{ what: 'Late charge', minor: loan.overdue.lateCharge }] : []),
    ...open.map((row) => ({
      what: `Interest, instalment ${row.number} of ${dateText(row.dueOn)}`,
      minor: row.interest - row.paidInterest,
    })),
    ...open.map((row) => ({
      what: `Principal, instalment ${row.number} of ${dateText(row.dueOn)}`,
      minor: row.principal - row.paidPrincipal,
    })),
  ].filter(({ minor }) => minor > 0)
  return (
    <Panel title="Due now" level={3} flush>
      <PlainTable caption="Due now" columns={dueColumns} rows={due} keyOf={(row) => row.what} dense />
      <p className={styles.note}>
        {due.length === 0
          ? 'Nothing is due. The money goes to the next instalment or to the wallet.'
          : 'What is more than this goes to the next instalment, then to the wallet.'}
      </p>
    </Panel>
  )
}

/** What the repayment will do: by bucket, by account, before and after. */
export const RepayPreview = ({
  loan,
  amount,
  from,
  excess,
}: {
  readonly loan: Loan
  readonly amount: number | undefined
  readonly from: string
  readonly excess: string
}) => {
  const { data, error, isPlaceholderData } = useQuery(repaymentQuoteQuery(loan.id, { amount, from, excess }))
  const offered = !isRefusal(error, 404)
  return (
    <>
      <WhatHappens
        {...(data && amount
          ? { note: isPlaceholderData ? 'being computed anew …' : `computed by the server for ${dateText(data.on)}, nothing is saved yet` }
          : {})}
      />
      {error && offered && <ProblemNote error={error} />}
      {data && amount && offered ? (
        // What is shown until then is another amount's.
        <div className={styles.quote} aria-busy={isPlaceholderData} data-old={isPlaceholderData || undefined}>
          <Quote quote={data} />
        </div>
      ) : (
        <DueNow loan={loan} />
      )}
    </>
  )
}
