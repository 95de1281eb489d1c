import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Empty } from '#components/empty.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { ParkedPanel } from '#components/parked-panel.tsx'
import { useLive } from '#services/live.ts'
import { deadLettersQuery } from '#services/events.ts'

/** Events that a group could not take, with everything that waits behind them. */
export const DeadLettersPage = () => {
  useLive()
  const { data, error } = useQuery(deadLettersQuery)
  if (!data) return <PageWait title="Dead letters" error={error} />
  return (
    <PageFrame title="Dead letters" note={data.items.length}>
      {data.items.length > 0 ? (
        <>
          <ParkedPanel letters={data.items} />
          <p>Put right what the fault names, then replay: the key’s events run in their order, and the first that fails parks again.</p>
        </>
      ) : (
        <Empty title="Nothing is parked" way={<Link to="/events">See events</Link>}>
          When a reaction to an event fails five times, or is refused, the event is parked here; later events about the same loan or person
          wait behind it, in order.
        </Empty>
      )}
    </PageFrame>
  )
}
