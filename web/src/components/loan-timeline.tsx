import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { eventWhat } from '#components/event-what.ts'
import { eventWords } from '#components/event-words.ts'
import { PersonName } from '#components/person-name.tsx'
import { Timeline, type Moment } from '#components/timeline.tsx'
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

/** Runs of one kind fold into a line: `Repaid, 7 times`. The newest of all stays by itself. */
export const folded = (events: readonly Event[], today: string | undefined): readonly Moment[] => {
  const moments: Moment[] = []
  for (let at = 0; at < events.length;) {
    const event = events[at]
    if (!event) break
    let end = at + 1
    while (end < events.length && events[end]?.type === event.type) end += 1
    const run = events.slice(at, end)
    const oldest = run.at(-1)
    if (run.length >= FOLD_FROM && oldest && at > 0)
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
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({ ...eventsQuery({ key: loan.id }), enabled: may('events.list') })
  const events = data?.pages.flatMap((page) => page.items) ?? []
  return (
    <aside className={styles.aside} aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <Timeline moments={events.length > 0 ? folded(events, info?.businessDate) : fromLoan(loan)} />
      {hasNextPage && (
        <button type="button" className={styles.more} onClick={() => void fetchNextPage()}>
          Show older
        </button>
      )}
    </aside>
  )
}
