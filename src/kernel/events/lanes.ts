import { LocksMeet, type Session, type Step } from '#kernel/operations'
import type { LogRow, Turn } from './difference.ts'
import { park, queueBehind } from './parked.ts'

/** An event as it was read: behind a parked one of its key, or free to go. */
export type Unheard = LogRow & Pick<Turn, 'parked'>

interface Hearing {
  readonly consumer: string
  /** What is done when an event is heard. */
  readonly steps: (row: LogRow) => readonly Step<void>[]
  readonly onError?: (error: unknown) => void
}

/** Hears events of one key one after the other, of different keys side by side; one that is refused is parked with those behind it, and one that was to lock what another locks is heard after it. */
export async function hearLanes(session: Session, rows: readonly Unheard[], { consumer, steps, onError }: Hearing): Promise<void> {
  const [behind, free] = [rows.filter(({ parked }) => parked), rows.filter(({ parked }) => !parked)]
  await queueBehind(session, consumer, behind)
  const lanes = [...Map.groupBy(free, ({ key }) => key).values()]
  for (let wave = lanes.map((lane) => ({ lane, at: 0 })); wave.length > 0;) {
    const outcomes = await session.together(wave.map(({ lane, at }) => steps(lane[at] as LogRow)))
    const going = []
    for (const [index, { lane, at }] of wave.entries()) {
      const outcome = outcomes[index]
      if (outcome && 'refused' in outcome && outcome.refused instanceof LocksMeet) going.push({ lane, at })
      else if (outcome && 'refused' in outcome) {
        onError?.(outcome.refused)
        await park(session, consumer, lane[at] as LogRow, outcome.refused)
        await queueBehind(session, consumer, lane.slice(at + 1))
      } else if (at + 1 < lane.length) going.push({ lane, at: at + 1 })
    }
    // What the last wave wrote travels with the cursor and the commit.
    if (going.length > 0) await session.flush()
    wave = going
  }
}
