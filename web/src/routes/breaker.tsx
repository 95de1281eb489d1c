import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { ACTIONS, BreakerBadge, breakerStateWord } from '#components/breaker-words.tsx'
import { Facts, type Fact } from '#components/facts.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { PersonName } from '#components/person-name.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { Rate } from '#components/rate.tsx'
import { breakerQuery, type BreakerAction, type BreakerDetail, type BreakerOrder } from '#services/breakers.ts'
import { useLive } from '#services/live.ts'
import { useMay } from '#services/session.ts'
import { dateText, dayOf, instantText, secondsText, shortSpan, whenText } from '#services/when.ts'

const orderColumns: readonly Column<BreakerOrder>[] = [
  { id: 'when', head: 'When, IST', quiet: true, nowrap: true, place: 'start', cell: (order) => instantText(order.at) },
  { id: 'what', head: 'Order', strong: true, nowrap: true, place: 'end', cell: (order) => ACTIONS[order.action].word },
  { id: 'who', head: 'By', nowrap: true, cell: (order) => <PersonName id={order.person} /> },
  { id: 'why', head: 'Reason', place: 'line', cell: (order) => order.reason },
]
const moveColumns: readonly Column<BreakerDetail['moves'][number]>[] = [
  { id: 'when', head: 'When, IST', quiet: true, nowrap: true, place: 'line', cell: ({ at }) => whenText(at) },
  { id: 'from', head: 'From', place: 'start', cell: ({ from }) => breakerStateWord(from) },
  { id: 'to', head: 'To', place: 'end', cell: ({ to }) => <BreakerBadge state={to} /> },
]

const factsOf = ({ metrics, config, since }: BreakerDetail): readonly Fact[] => {
  const window = config.slidingWindowType === 'COUNT_BASED' ? `${config.slidingWindowSize} calls` : `${config.slidingWindowSize} s`
  const over = metrics.failureRate >= config.failureRateThreshold
  return [
    { label: 'Failed %', value: <Rate percent={metrics.failureRate} />, of: `opens at ${config.failureRateThreshold} %`, bad: over },
    {
      label: 'Slow %',
      value: <Rate percent={metrics.slowCallRate} />,
      of: `over ${shortSpan(config.slowCallDurationThresholdMs)}; opens at ${config.slowCallRateThreshold} %`,
    },
    { label: 'Calls in window', value: metrics.bufferedCalls, of: `of ${window}, judged from ${config.minimumNumberOfCalls} on` },
    { label: 'Refused', value: metrics.notPermittedCalls.toLocaleString('en-IN'), of: 'while it was open' },
    { label: 'Since', value: dateText(dayOf(since)), of: `${secondsText(since)} IST` },
  ]
}

/** The orders that make sense now: what it already is need not be ordered again. */
const offered = ({ state }: BreakerDetail): readonly BreakerAction[] => {
  const closed = state === 'CLOSED'
  return closed
    ? ['disable', 'metrics_only', 'reset', 'force_open']
    : ['reset', ...(state === 'FORCED_OPEN' ? [] : ['force_open' as const]), 'close']
}

const Orders = ({ breaker }: { readonly breaker: BreakerDetail }) => {
  const navigate = useNavigate()
  const actions = offered(breaker)
  return actions.map((action, at) => (
    <Button
      key={action}
      variant={at === actions.length - 1 ? 'filled' : 'default'}
      {...(at === actions.length - 1 && ACTIONS[action].danger ? { color: 'red' } : {})}
      onClick={() => void navigate({ to: `/breakers/${encodeURIComponent(breaker.name)}/orders/${action}` })}
    >
      {ACTIONS[action].word}
    </Button>
  ))
}

/** One breaker: its figures, who ordered what and why, and how it moved. */
export const BreakerPage = () => {
  const { breaker: name = '' } = useParams({ strict: false })
  const may = useMay()
  useLive()
  const { data: breaker, error } = useQuery(breakerQuery(name))
  if (!breaker) return <PageWait title="Breaker" error={error} />
  return (
    <PageFrame
      title={breaker.name}
      crumbs={[{ word: 'Breakers', to: '/breakers' }, { word: breaker.name }]}
      badges={<BreakerBadge state={breaker.state} soft />}
      actions={may('breakers.order') ? <Orders breaker={breaker} /> : undefined}
    >
      <Facts facts={factsOf(breaker)} />
      <Panel title="Orders" note="given by people, kept for ever" flush={breaker.orders.length > 0}>
        {breaker.orders.length === 0 ? (
          <p>Nobody has ordered anything: the breaker moves by what calls come to.</p>
        ) : (
          <PlainTable caption="Orders" columns={orderColumns} rows={breaker.orders} keyOf={(order) => order.at} stack />
        )}
      </Panel>
      <Panel title="Changes of state" note="of this process, since it started" flush={breaker.moves.length > 0}>
        {breaker.moves.length === 0 ? (
          <p>It has not moved since the program started.</p>
        ) : (
          <PlainTable caption="Changes of state" columns={moveColumns} rows={breaker.moves} keyOf={({ at, to }) => `${at}${to}`} stack />
        )}
      </Panel>
    </PageFrame>
  )
}
