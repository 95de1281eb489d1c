import { businessDate, formatInstant, parseInstant } from '#kernel/clock'
import { Fault } from '#kernel/faults'
import { operation, type Operation } from '#kernel/operations'
import { z } from 'zod'
import type { SandboxClock } from './sandbox-clock.ts'
import type { Scheduler } from './scheduler.ts'
import type { Worker } from './worker.ts'

export interface TravelParts {
  readonly clock: SandboxClock
  readonly scheduler: Scheduler
  readonly worker: Worker
  /** Resolves when every reaction to what has happened so far has run. */
  readonly settled: () => Promise<void>
  readonly zone: string
}

const farthestMs = 10 * 366 * 86_400_000
/** Stops on the way; more would be a schedule that never ends. */
const stopsMax = 100_000

/** Moves business time forward, stopping at everything that falls due on the way, so that each thing happens at its own time. */
export async function travel({ clock, scheduler, worker, settled }: TravelParts, to: number): Promise<void> {
  if (to < clock.now()) throw new Fault('jobs.clock_backward', { now: formatInstant(clock.now()), to: formatInstant(to) })
  if (to - clock.now() > farthestMs) throw new Fault('jobs.clock_too_far', { to: formatInstant(to) })
  /** Does what is due, and says what falls due next. */
  const due = async (): Promise<number | undefined> => {
    for (;;) {
      await scheduler.runDue()
      await settled()
      if (await worker.runDue()) await settled()
      const next = await earliest(scheduler, worker)
      if (next === undefined || next > clock.now()) return next
    }
  }
  let next = await due()
  for (let stop = 0; stop < stopsMax && next !== undefined && next <= to; stop++) {
    if (next > clock.now()) await clock.moveTo(next)
    next = await due()
  }
  // Nothing falls due between the last stop and the end.
  if (to > clock.now()) await clock.moveTo(to)
}

async function earliest(scheduler: Scheduler, worker: Worker): Promise<number | undefined> {
  const times = (await Promise.all([scheduler.nextDue(), worker.nextDue()])).filter((time) => time !== undefined)
  return times.length === 0 ? undefined : Math.min(...times)
}

const Clock = z.strictObject({ to: z.string().refine((text) => parseInstant(text) !== null, 'an instant such as 2026-03-12T06:12:00Z') })
const ClockAnswer = z.strictObject({ id: z.literal('clock'), now: z.string(), businessDate: z.string() })

/** Sandbox only: moves business time forward and answers when everything due by then has run. `parts` are asked for when it first runs. */
export function travelOperation(parts: () => TravelParts): Operation<z.infer<typeof Clock>, z.infer<typeof ClockAnswer>> {
  // One journey at a time: a second caller starts where the first arrived.
  let travelling: Promise<void> = Promise.resolve()
  return operation(
    'jobs.move_clock',
    {
      summary: 'Move the sandbox clock forward',
      input: Clock,
      answer: ClockAnswer,
      may: ['admin'],
      faults: ['jobs.clock_backward', 'jobs.clock_too_far'],
      prepare: async (_, { to }) => {
        const journey = travelling.then(() => travel(parts(), parseInstant(to) ?? 0))
        travelling = journey.catch(() => undefined)
        await journey
      },
    },
    (_, { to }) => {
      const now = parseInstant(to) ?? 0
      return { id: 'clock' as const, now: formatInstant(now), businessDate: businessDate(now, parts().zone) }
    },
  )
}
