import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { eventWhat } from '#components/event-what.ts'
import { eventWords } from '#components/event-words.ts'
import { PersonName } from '#components/person-name.tsx'
import { Timeline, type Moment } from '#components/timeline.tsx'
import { useRows } from '#components/use-rows.ts'
import { eventsQuery, type Event } from '#services/events.ts'
import { infoQuery } from '#services/info.ts'
import type { Loan } from '#services/loans.ts'
import { useMay } from '#services/session.ts'
import { dateText, dayOf, nearText } from '#services/when.ts'
import styles from '#components/loan-timeline.module.css'

const FOLD_FROM = 3

const momentOf = (event: Event, today: string | undefined): Moment => {
  const { title, tone, filled } = eventWords(event.type)
  return {
    id: event.id,
    title,
    why: eventWhat(event) || undefined,
    when: nearText(event.at, today),
    tone: tone === 'judge' ? 'attention' : tone,
    filled,
  }
}

/** An instalment that fell due and was paid later says no more than its payment. */
const withoutPaidDues = (events: readonly Event[]): readonly Event[] => {
  const newestPaid = events.findIndex(({ type }) => type.startsWith('lending.repaid.'))
  return newestPaid < 0 ? events : events.filter(({ type }, at) => at < newestPaid || !type.startsWith('lending.fell_due.'))
}

/** Runs of one kind fold into a line: `Repaid, 7 times`. The newest of all stays by itself. */
const folded = (events: readonly Event[], today: string | undefined): readonly Moment[] => {
  const moments: Moment[] = []
  for (let at = 0; at < events.length;) {
    const event = events[at]
    if (!event) break
    let end = at + 1
    if (at > 0) while (end < events.length && events[end]?.type === event.type) end += 1
    const run = events.slice(at, end)
    const oldest = run.at(-1)
    if (run.length >= FOLD_FROM && oldest)
      moments.push({
        ...momentOf(event, today),
        title: `${eventWords(event.type).title}, ${run.length} times`,
        why: undefined,
        when: `${dateText(dayOf(oldest.at))} – ${dateText(dayOf(event.at))}`,
      })
    else moments.push(...run.map((one) => momentOf(one, today)))
    at = end
  }
  return moments
}

/** What the loan itself remembers, for whoever may not read events. */
const fromLoan = (loan: Loan): readonly Moment[] => [
  ...(loan.disbursedOn
    ? [{ id: 'disbursed', title: 'Disbursed', when: dateText(loan.disbursedOn), tone: 'ok' as const, filled: true }]
    : []),
  ...(loan.rejectedReason
    ? [{ id: 'rejected', title: 'Rejected', why: loan.rejectedReason, when: '', tone: 'neutral' as const, filled: true }]
    : []),
  {
    id: 'applied',
    title: 'Applied',
    why: (
      <>
        Taken by <PersonName id={loan.appliedBy} />
      </>
    ),
    when: dateText(dayOf(loan.appliedAt)),
    tone: 'neutral',
    filled: false,
  },
]

export const LoanTimeline = ({ loan }: { readonly loan: Loan }) => {
  const may = useMay()
  const { data: info } = useQuery(infoQuery)
  const [each, setEach] = useState(false)
  const { rows: events = [], hasMore, more } = useRows(useInfiniteQuery({ ...eventsQuery({ key: loan.id }), enabled: may('events.list') }))
  const today = info?.businessDate
  const short = folded(withoutPaidDues(events), today)
  const canFold = short.length < events.length
  return (
    <aside className={styles.aside} aria-labelledby="timeline">
      <header className={styles.head}>
        <h2 id="timeline">Timeline</h2>
        {canFold && (
          <button type="button" className={styles.more} aria-pressed={each} onClick={() => setEach(!each)}>
            {each ? 'Fold' : `Show all ${events.length}`}
          </button>
        )}
      </header>
      <Timeline moments={events.length === 0 ? fromLoan(loan) : each ? events.map((event) => momentOf(event, today)) : short} />
      {hasMore && (
        <button type="button" className={styles.more} onClick={more}>
          Show older
        </button>
      )}
    </aside>
  )
}
