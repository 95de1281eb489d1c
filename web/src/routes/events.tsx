import { Button, Modal } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { DataTable } from '#components/data-table.tsx'
import { Empty } from '#components/empty.tsx'
import { eventWhat } from '#components/event-what.ts'
import { FilterChips } from '#components/filter-chips.tsx'
import { KeyLink } from '#components/key-link.tsx'
import { Keycap } from '#components/keycap.tsx'
import { LiveSign } from '#components/live-sign.tsx'
import { MonoName } from '#components/mono-name.tsx'
import { PageFrame } from '#components/page.tsx'
import { ParkedPanel } from '#components/parked-panel.tsx'
import { PersonName } from '#components/person-name.tsx'
import type { Column } from '#components/plain-table.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { ShortId } from '#components/short-id.tsx'
import { useRows } from '#components/use-rows.ts'
import { Waiting } from '#components/waiting.tsx'
import { deadLettersQuery, eventsQuery, type Event } from '#services/events.ts'
import { useKeys } from '#services/keys.ts'
import { glows, pauseLive, usePaused } from '#services/live.ts'
import { useMay } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import { whenText } from '#services/when.ts'
import pairs from '#components/pairs.module.css'

const columns: readonly Column<Event>[] = [
  {
    id: 'when',
    head: 'Time, IST',
    quiet: true,
    nowrap: true,
    cell: (event) => whenText(event.at),
    opens: (event) => `${whenText(event.at)}, ${event.type}`,
  },
  { id: 'type', head: 'Type', place: 'line', nowrap: true, cell: (event) => <MonoName>{event.type}</MonoName> },
  {
    id: 'key',
    head: 'Key',
    place: 'end',
    cell: (event) => <KeyLink id={event.key} />,
  },
  { id: 'what', head: 'What', quiet: true, place: 'line', cell: eventWhat },
]

const useTypes = (events: readonly Event[] | undefined, here: string | undefined) =>
  useMemo(
    () =>
      [...new Set([...(events ?? []).map(({ type }) => type), ...(here ? [here] : [])])].toSorted().map((type) => [type, type] as const),
    [events, here],
  )

const EventDetail = ({ event, onClose }: { readonly event: Event | undefined; readonly onClose: () => void }) => (
  <Modal opened={event !== undefined} onClose={onClose} title={event?.type ?? ''} size={560} closeButtonProps={{ 'aria-label': 'Close' }}>
    {event && (
      <div className={pairs.stack}>
        <dl className={pairs.pairs}>
          <dt>Event</dt>
          <dd>
            <ShortId id={event.id} copy />
          </dd>
          <dt>Key</dt>
          <dd>
            <ShortId id={event.key} copy />
          </dd>
          <dt>On behalf of</dt>
          <dd>
            <PersonName id={event.principal} />
          </dd>
        </dl>
        <pre className={pairs.code}>{JSON.stringify(event.data, null, 2)}</pre>
      </div>
    )}
  </Modal>
)

const EventList = () => {
  const [{ key, type }] = useUrl()
  const [opened, setOpened] = useState<Event>()
  const { rows, error, hasMore, more } = useRows(useInfiniteQuery(eventsQuery({ ...(key ? { key } : {}), ...(type ? { type } : {}) })))
  const types = useTypes(rows, type)
  return (
    <>
      <FilterChips fields={types.length > 0 ? [{ name: 'type', word: 'Type', options: types }] : []} />
      {error && <ProblemNote error={error} />}
      {!rows && !error && <Waiting what="events" />}
      {rows && rows.length > 0 && (
        <DataTable
          caption="Events"
          dense
          columns={columns}
          rows={rows}
          keyOf={(event) => event.id}
          onOpen={setOpened}
          tone={(event) => (glows(event.id) ? 'glow' : undefined)}
          more={hasMore}
          onMore={more}
        />
      )}
      {rows?.length === 0 && (
        <Empty title="No event matches">An event is written with the change it tells of, in the same transaction.</Empty>
      )}
      <EventDetail event={opened} onClose={() => setOpened(undefined)} />
    </>
  )
}

/** What happened, newest first, as it happens; and whether anything stands still. */
export const EventsPage = () => {
  const may = useMay()
  const paused = usePaused()
  const { data: parked } = useQuery({ ...deadLettersQuery, enabled: may('events.dead_letters') })
  const pause = () => pauseLive(!paused)
  // Other pages have no button to go on with.
  useEffect(() => () => pauseLive(false), [])
  useKeys({ p: [paused ? 'Go on live' : 'Pause live', pause] })
  const Shape = paused ? IconPlayerPlay : IconPlayerPause
  return (
    <PageFrame
      title="Events"
      note={<LiveSign />}
      actions={
        <Button leftSection={<Shape size={16} stroke={1.75} />} rightSection={<Keycap>P</Keycap>} onClick={pause}>
          {paused ? 'Go on live' : 'Pause live'}
        </Button>
      }
    >
      {parked && parked.items.length > 0 && <ParkedPanel letters={parked.items} />}
      <EventList />
    </PageFrame>
  )
}
