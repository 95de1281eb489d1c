import { at } from '#services/http.ts'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { Choice } from '#components/choice.tsx'
import { Changes, Done, NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { DateField } from '#components/date-field.tsx'
import { Money } from '#components/money.tsx'
import { MovePage } from '#components/move-page.tsx'
import { PAID_FROM } from '#components/payment-reference.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { WalletLack } from '#components/wallet-lack.tsx'
import { infoQuery } from '#services/info.ts'
import { useLoanWay } from '#services/loan-way.ts'
import { foreclosureQuoteQuery, loanQuery, type ForeclosureQuote, type Loan } from '#services/loans.ts'
import { moneyWithSymbol } from '#services/money.ts'
import { sentFigure, useMove } from '#services/move.ts'
import { walletQuery } from '#services/people.ts'
import { useIsStaff } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import { lackOf } from '#services/wallet-lack.ts'
import { dateText, isoDay } from '#services/when.ts'

type Figure = { readonly name: string; readonly minor: number }
const FIGURES: Record<string, string> = {
  principal: 'Principal outstanding',
  overdueInterest: 'Interest that has fallen due',
  accruedInterest: 'Interest since the last due date',
  interestInAdvance: 'Interest paid in advance, given back',
  lateCharge: 'Late charge',
  fee: 'Foreclosure charge',
  feeTax: 'GST on the charge',
}
const columns: readonly Column<Figure>[] = [
  { id: 'name', head: 'For', cell: (figure) => FIGURES[figure.name] ?? figure.name.replaceAll(/[A-Z]/g, (big) => ` ${big.toLowerCase()}`) },
  { id: 'minor', head: '₹', align: 'right', cell: (figure) => <Money minor={figure.minor} /> },
]

const figuresOf = (quote: ForeclosureQuote): readonly Figure[] =>
  Object.entries(quote).flatMap(([name, value]) =>
    typeof value === 'number' && name !== 'total' && name !== 'version'
      ? [{ name, minor: name === 'interestInAdvance' ? 0 - value : value }]
      : [],
  )

type QuoteProps = { readonly quote: ForeclosureQuote; readonly loan: Loan; readonly staff: boolean }

const QuotePanel = ({ quote, loan, staff }: QuoteProps) => (
  <>
    <Panel title="What ends the loan" note={`as of ${dateText(quote.on)}`} level={3} flush>
      <PlainTable
        caption="The quote"
        columns={columns}
        rows={figuresOf(quote)}
        keyOf={(figure) => figure.name}
        dense
        foot={
          <tr>
            <td>In all</td>
            <td data-align="right">
              <Money minor={quote.total} />
            </td>
          </tr>
        }
      />
    </Panel>
    <Panel title="The loan" level={3}>
      <Changes
        changes={[
          {
            what: 'State',
            before: <StateBadge state={loan.state} {...(staff ? {} : { word: 'running' })} />,
            after: <StateBadge state="foreclosed" {...(staff ? {} : { word: 'closed early' })} />,
          },
          { what: 'Principal left', before: <Money minor={loan.outstanding?.principal} />, after: <Money minor={0} /> },
        ]}
      />
    </Panel>
  </>
)

type QuotedProps = {
  readonly loan: Loan
  readonly staff: boolean
  readonly quote: ForeclosureQuote | undefined
  readonly error: unknown
  readonly refused: unknown
}

const Quoted = ({ loan, staff, quote, error, refused }: QuotedProps) => (
  <>
    <WhatHappens {...(quote ? { note: `quoted by the server, nothing is saved yet` } : {})} />
    {Boolean(refused) && <NothingRecorded />}
    {Boolean(error) && <ProblemNote error={error} />}
    {quote && <QuotePanel quote={quote} loan={loan} staff={staff} />}
  </>
)

type ForeclosedProps = { readonly loan: Loan; readonly total: number; readonly receipt: string | undefined }

const Foreclosed = ({ loan, total, receipt }: ForeclosedProps) => {
  const way = useLoanWay(loan)
  return (
    <Done
      title={`${useIsStaff() ? 'Foreclosed' : 'Closed'} for ${moneyWithSymbol(total, loan.currency)}`}
      ways={
        <>
          <Link to={way.back}>Back to {way.name}</Link>
          {receipt && <Link to={`/proof/${receipt}`}>Verify the entry</Link>}
        </>
      }
    >
      Nothing is owed on this loan any more.
    </Done>
  )
}

const endsIt = (what: string): string => `Ends ${what}. It posts exactly this quote, or is refused if anything changed since.`

const ForecloseForm = ({ loan, today }: { readonly loan: Loan; readonly today: string }) => {
  const staff = useIsStaff()
  const way = useLoanWay(loan)
  const verb = staff ? 'Foreclose' : 'Close the loan'
  const [url, set] = useUrl()
  const on = isoDay(url['on']) ?? today
  const [noDay, setNoDay] = useState(false)
  const [from, setFrom] = useState<'cash' | 'wallet'>(staff ? 'cash' : 'wallet')
  const { data: quote, error } = useQuery(foreclosureQuoteQuery(loan.id, on))
  const { data: wallet } = useQuery({ ...walletQuery(loan.person), enabled: from === 'wallet' })
  const move = useMove<{ readonly id: string; readonly receipt?: string }>(`foreclose:${loan.id}`)
  const refused = move.state === 'refused' ? move.error : undefined
  const short = from === 'wallet' && lackOf(wallet, quote?.total) > 0
  return (
    <MovePage
      title={staff ? 'Foreclose' : 'Close the loan early'}
      note="a quote first; nothing is taken until it is confirmed"
      crumbs={way.crumbs}
      back={way.back}
      button={quote ? `${verb} for ${moneyWithSymbol(quote.total, loan.currency)}` : verb}
      under={
        on === today
          ? endsIt(staff ? `the loan of ${loan.personName}` : 'your loan')
          : `This quote can be confirmed on ${dateText(on)}, its own day.`
      }
      state={move.state}
      disabled={(!quote || on !== today || noDay || short) && move.state !== 'lost'}
      onSend={() =>
        quote && move.submit(at`/api/v1/loans/${loan.id}/foreclosure`, { quoteId: quote.quoteId, on: quote.on, total: quote.total, from })
      }
      error={refused}
      fields={
        <>
          <DateField
            label="Paid on"
            value={on}
            onChange={(day) => {
              setNoDay(day === undefined)
              if (day) set({ on: day })
            }}
            min={today}
            hint="Today, or a later day to see what it would cost then."
          />
          {staff && <Choice label="From" value={from} options={PAID_FROM} onChange={setFrom} />}
          {from === 'wallet' && <WalletLack wallet={wallet} amount={quote?.total} />}
        </>
      }
      consequence={
        move.state === 'done' && move.answer ? (
          <Foreclosed loan={loan} total={sentFigure(move.sent, 'total')} receipt={move.answer.receipt} />
        ) : (
          <Quoted loan={loan} staff={staff} quote={quote} error={error} refused={refused} />
        )
      }
    />
  )
}

/** A quote for a day, then the same quote confirmed. */
export const ForeclosePage = () => {
  const { loan: id = '' } = useParams({ strict: false })
  const { data: loan, error } = useQuery(loanQuery(id))
  const { data: info } = useQuery(infoQuery)
  const staff = useIsStaff()
  return loan && info ? (
    <ForecloseForm key={loan.id} loan={loan} today={info.businessDate ?? ''} />
  ) : (
    <PageWait title={staff ? 'Foreclose' : 'Close the loan early'} error={error} />
  )
}
