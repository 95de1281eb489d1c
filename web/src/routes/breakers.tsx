import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Unknown } from '#components/money.tsx'
import { BreakerBadge } from '#components/breaker-words.tsx'
import { Empty } from '#components/empty.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { PersonName } from '#components/person-name.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { Rate } from '#components/rate.tsx'
import { breakersQuery, type Breaker } from '#services/breakers.ts'
import { useLive } from '#services/live.ts'
import { instantText } from '#services/when.ts'

const columns: readonly Column<Breaker>[] = [
  {
    id: 'name',
    head: 'Calls to',
    strong: true,
    place: 'start',
    cell: (breaker) => <Link to={`/breakers/${encodeURIComponent(breaker.name)}`}>{breaker.name}</Link>,
  },
  { id: 'state', head: 'State', place: 'end', cell: (breaker) => <BreakerBadge state={breaker.state} /> },
  { id: 'since', head: 'Since, IST', quiet: true, nowrap: true, cell: (breaker) => instantText(breaker.since) },
  { id: 'calls', head: 'Calls in window', align: 'right', cell: ({ metrics }) => metrics.bufferedCalls },
  { id: 'failed', head: 'Failed %', align: 'right', cell: ({ metrics }) => <Rate percent={metrics.failureRate} /> },
  { id: 'slow', head: 'Slow %', align: 'right', cell: ({ metrics }) => <Rate percent={metrics.slowCallRate} /> },
  { id: 'refused', head: 'Refused', align: 'right', cell: ({ metrics }) => metrics.notPermittedCalls.toLocaleString('en-IN') },
  {
    id: 'order',
    head: 'Held there by',
    quiet: true,
    cell: ({ standing }) =>
      standing ? (
        <>
          <PersonName id={standing.person} />: {standing.reason}
        </>
      ) : (
        <Unknown why="No order stands: it moves by what calls come to" />
      ),
  },
]

/** Whom we call, whether calls go through, and who said otherwise. */
export const BreakersPage = () => {
  useLive()
  const { data, error } = useQuery(breakersQuery)
  if (!data) return <PageWait title="Breakers" error={error} />
  const shut = data.filter(({ state }) => state === 'OPEN' || state === 'FORCED_OPEN').length
  return (
    <PageFrame title="Breakers" note={shut === 0 ? 'every call may go through' : `${shut} of ${data.length} let no call through`}>
      {data.length === 0 ? (
        <Empty title="No breaker yet">A breaker stands before every system that is called over the network, from its first call on.</Empty>
      ) : (
        <PlainTable caption="Breakers" columns={columns} rows={data} keyOf={(breaker) => breaker.name} stack />
      )}
    </PageFrame>
  )
}
