import { Button } from '@mantine/core'
import { IconAlertOctagon, IconShieldCheck, IconUserQuestion } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { Bucket, bucketColour } from '#components/bucket.tsx'
import { eventAmount } from '#components/event-what.ts'
import { eventWords } from '#components/event-words.ts'
import { Legend } from '#components/legend.tsx'
import { LiveSign } from '#components/live-sign.tsx'
import { Money } from '#components/money.tsx'
import { PersonName } from '#components/person-name.tsx'
import { Panel } from '#components/panel.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { counted } from '#services/counted.ts'
import { eventsQuery, type Event } from '#services/events.ts'
import { infoQuery } from '#services/info.ts'
import { glows } from '#services/live.ts'
import { axisUnit, moneyWithSymbol } from '#services/money.ts'
import type { Overview } from '#services/overview.ts'
import { sealQuery } from '#services/seal.ts'
import { useFault, useFaultCount } from '#services/seal-fault.ts'
import { agoText, dateText, secondsText, shortSpan } from '#services/when.ts'
import styles from '#components/today-panels.module.css'

const Chart = lazy(() => import('#components/money-by-day.tsx').then((module) => ({ default: module.MoneyByDay })))
const LAST_EVENTS = 6
/** A lender's day is told in lakh at least. */
const LEAST_AXIS = 100_000_000

const dayColumns: readonly Column<Overview['moneyByDay'][number]>[] = [
  { id: 'on', head: 'Day', place: 'line', cell: (day) => dateText(day.on) },
  { id: 'in', head: 'In ₹', align: 'right', cell: (day) => <Money minor={day.in} /> },
  { id: 'out', head: 'Out ₹', align: 'right', cell: (day) => <Money minor={day.out} /> },
]

export const MoneyPanel = ({ overview }: { readonly overview: Overview }) => {
  const [table, setTable] = useState(false)
  const [read, setRead] = useState<number>()
  const day = read === undefined || table ? undefined : overview.moneyByDay[read]
  const unit = axisUnit(Math.max(LEAST_AXIS, ...overview.moneyByDay.flatMap((day) => [day.in, day.out])))
  return (
    <Panel
      title="Money in and out"
      right={
        <>
          {day && <b className={styles.day}>{dateText(day.on)}</b>}
          <Legend
            entries={[
              ['c1', day ? `In ${moneyWithSymbol(day.in)}` : 'In, repayments'],
              ['c2', day ? `Out ${moneyWithSymbol(day.out)}` : 'Out, disbursals'],
            ]}
          />
          {!day && <span className={styles.quiet}>{unit.word} a day</span>}
          <button type="button" className={styles.link} onClick={() => setTable(!table)}>
            {table ? 'as chart' : 'as table'}
          </button>
        </>
      }
    >
      {table ? (
        <div className={styles.days}>
          <PlainTable
            caption="Money in and out by day"
            columns={dayColumns}
            rows={overview.moneyByDay.toReversed()}
            keyOf={(day) => day.on}
            dense
            stack
          />
        </div>
      ) : (
        <Suspense fallback={<div className={styles.chart} />}>
          <Chart days={overview.moneyByDay} unit={unit.minor} onRead={setRead} />
        </Suspense>
      )}
    </Panel>
  )
}

const DAYS: Record<string, string> = { current: '0', 'SMA-0': '1–30', 'SMA-1': '31–60', 'SMA-2': '61–90', NPA: 'over 90' }

export const BookPanel = ({ overview }: { readonly overview: Overview }) => {
  const whole = overview.byBucket.reduce((sum, row) => sum + row.outstanding, 0)
  const most = Math.max(1, ...overview.byBucket.map((row) => row.outstanding))
  const columns: readonly Column<Overview['byBucket'][number]>[] = [
    {
      id: 'bucket',
      head: 'Bucket',
      strong: true,
      place: 'start',
      cell: (row) => (
        <Link to="/loans" search={{ bucket: row.bucket }}>
          <Bucket bucket={row.bucket} />
        </Link>
      ),
    },
    { id: 'days', head: 'Days', quiet: true, wide: 'most', cell: (row) => DAYS[row.bucket] ?? '' },
    {
      id: 'bar',
      head: 'Outstanding',
      wide: true,
      cell: (row) => (
        <span className={styles.track} aria-hidden="true">
          <span
            style={{
              width: `${Math.max(row.outstanding > 0 ? 1.5 : 0, (row.outstanding / most) * 100)}%`,
              background: bucketColour(row.bucket),
            }}
          />
        </span>
      ),
    },
    { id: 'loans', head: 'Loans', align: 'right', cell: (row) => row.loans.toLocaleString('en-IN') },
    { id: 'amount', head: '₹', align: 'right', place: 'end', cell: (row) => <Money minor={row.outstanding} /> },
    {
      id: 'share',
      head: '%',
      align: 'right',
      quiet: true,
      cell: (row) => (whole > 0 ? ((row.outstanding / whole) * 100).toFixed(1) : '–'),
    },
  ]
  return (
    <Panel title="Book by days past due" flush>
      <PlainTable caption="Book by days past due" columns={columns} rows={overview.byBucket} keyOf={(row) => row.bucket} stack />
    </Panel>
  )
}

export const WaitingPanel = ({ overview }: { readonly overview: Overview }) => {
  const now = useQuery(infoQuery).data?.now
  return (
    <Panel
      title={
        <>
          Waiting for a person <span className={styles.quiet}>{overview.waiting.count}</span>
        </>
      }
      right={
        <Link to="/applications" search={{ view: 'waiting' }}>
          Open queue
        </Link>
      }
      flush
    >
      {overview.waiting.items.length === 0 ? (
        <p className={styles.none}>Nothing waits. What the scorecard refers stands here.</p>
      ) : (
        <ul>
          {overview.waiting.items.map((item) => (
            <li key={item.loan} className={styles.row}>
              <IconUserQuestion size={17} stroke={1.6} aria-hidden="true" className={styles.judge} />
              <Link to={`/loans/${item.loan}`} className={styles.name}>
                {item.personName}
              </Link>
              <span className={styles.figure}>{moneyWithSymbol(item.amount)}</span>
              <span className={styles.small}>{item.why}</span>
              <span className={styles.time}>{now ? shortSpan(Date.parse(now) - Date.parse(item.since)) : ''}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** Whom or what an event is about: the loan by its borrower's name, a person by theirs, anything else by its key. */
const EventSubject = ({ event }: { readonly event: Event }) => {
  const { person } = event.data
  if (typeof person !== 'string') return event.key
  if (!event.key.startsWith('loan_')) return <PersonName id={person} />
  return (
    <Link to={`/loans/${event.key}`}>
      <PersonName id={person} plain />
    </Link>
  )
}

export const LastEventsPanel = () => {
  const { data } = useInfiniteQuery(eventsQuery({}))
  const events = data?.pages[0]?.items.slice(0, LAST_EVENTS) ?? []
  return (
    <Panel title="Last events" right={<LiveSign />} flush>
      {events.length === 0 && <p className={styles.none}>Nothing has happened yet.</p>}
      <ul>
        {events.map((event) => {
          const words = eventWords(event.type)
          return (
            <li key={event.id} className={styles.row} data-glow={glows(event.id) || undefined} data-tone={words.tone} data-flat>
              <words.icon size={17} stroke={1.6} aria-hidden="true" />
              <span className={styles.name}>
                <EventSubject event={event} />
              </span>
              <span className={styles.figure}>{eventAmount(event)}</span>
              <span className={styles.small}>{words.title}</span>
              <span className={styles.time}>{secondsText(event.at)}</span>
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}

export const SealPanel = () => {
  const { data } = useQuery(sealQuery)
  const fault = useFault()
  const faults = useFaultCount()
  const navigate = useNavigate()
  if (!data) return null
  return (
    <section className={styles.seal} data-bad={fault !== undefined || undefined} aria-label="The seal">
      {fault ? (
        <IconAlertOctagon size={22} stroke={1.6} aria-hidden="true" />
      ) : (
        <IconShieldCheck size={22} stroke={1.6} aria-hidden="true" />
      )}
      <div>
        <b>{fault ? faults : `Sealed ${agoText(data.ageMs)}`}</b>
        <p>{fault ?? `${counted(data.size, 'record')}, signed`}</p>
      </div>
      <Button size="sm" onClick={() => void navigate({ to: '/proof' })}>
        Check now
      </Button>
    </section>
  )
}
