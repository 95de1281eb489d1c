import { IconAlertOctagon, IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { DateField } from '#components/date-field.tsx'
import { Money } from '#components/money.tsx'
import { MonoName } from '#components/mono-name.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { Verdict } from '#components/verdict.tsx'
import { Waiting } from '#components/waiting.tsx'
import { counted } from '#services/counted.ts'
import { trialBalanceQuery, type TrialBalance } from '#services/ledger.ts'
import { accountWord } from '#services/names.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { useUrl } from '#services/url.ts'
import { dateText, isoDay } from '#services/when.ts'
import styles from '#routes/trial-balance.module.css'

/** A figure of one side, which it names where there are no columns; nothing at all where it is on the other, for then its cell goes. */
const onSide = (side: 'Debit' | 'Credit', minor: number): ReactNode =>
  minor === 0 ? (
    ''
  ) : (
    <>
      <span className={`on-phone ${styles.side}`}>{side} </span>
      <Money minor={minor} />
    </>
  )

type Row = TrialBalance['rows'][number]
const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    head: 'Account',
    strong: true,
    place: 'start',
    cell: (row) => (
      <Link to="/ledger" search={{ q: row.account }}>
        {accountWord(row.account)}
      </Link>
    ),
  },
  { id: 'account', head: 'Code', quiet: true, wide: true, cell: (row) => <MonoName>{row.account}</MonoName> },
  { id: 'debit', head: 'Debit ₹', align: 'right', place: 'end', cell: (row) => onSide('Debit', row.debit) },
  { id: 'credit', head: 'Credit ₹', align: 'right', place: 'end', cell: (row) => onSide('Credit', row.credit) },
]

const sidesOf = ({ total, rows, currency }: TrialBalance): string => {
  const over = `over ${counted(rows.length, 'account')}`
  const [debit, credit] = [moneyWithSymbol(total.debit, currency), moneyWithSymbol(total.credit, currency)]
  return total.debit === total.credit ? `${debit} on each side, ${over}.` : `${debit} debit and ${credit} credit, ${over}.`
}

const Sides = ({ data }: { readonly data: TrialBalance }) => {
  const even = data.difference === 0
  return (
    <Verdict
      sound={even}
      icon={even ? IconCircleCheck : IconAlertOctagon}
      title={even ? 'Debits equal credits' : `Debits and credits differ by ${moneyWithSymbol(data.difference, data.currency)}`}
    >
      {sidesOf(data)}
    </Verdict>
  )
}

const Accounts = ({ data }: { readonly data: TrialBalance }) => (
  <PlainTable
    caption="Trial balance"
    columns={columns}
    rows={data.rows}
    keyOf={(row) => row.account}
    stack
    foot={
      <tr>
        <td data-place="start">Total</td>
        <td data-wide />
        <td data-align="right" data-place="end">
          {onSide('Debit', data.total.debit)}
        </td>
        <td data-align="right" data-place="end">
          {onSide('Credit', data.total.credit)}
        </td>
      </tr>
    }
  />
)

/** Debits equal credits, now and as of any day. */
export const TrialBalancePage = () => {
  const [url, set] = useUrl()
  const on = isoDay(url['on'])
  const { data, error } = useQuery(trialBalanceQuery(on))
  if (!data && on === undefined) return <PageWait title="Trial balance" error={error} />
  return (
    <PageFrame title="Trial balance" note={data && `as of the end of ${dateText(data.on)}, ${data.currency}`}>
      {data && <Sides data={data} />}
      {error && <ProblemNote error={error} />}
      {/* Stays while another day is asked for: whoever types it is in it. */}
      <div className={styles.day}>
        <DateField label="As of" value={on ?? data?.on ?? ''} onChange={(day) => day && set({ on: day })} />
      </div>
      {data && <Accounts data={data} />}
      {!data && !error && <Waiting what="the trial balance" />}
    </PageFrame>
  )
}
