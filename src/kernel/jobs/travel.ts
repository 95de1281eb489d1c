import { setTimeout as sleep } from 'node:timers/promises'
import { businessDate, formatInstant, parseInstant } from '#kernel/clock'
import { Fault } from '#kernel/faults'
import { operation, type Operation } from '#kernel/operations'
import { z } from 'zod'
import type { SandboxClock } from './sandbox-clock.ts'
import { ScheduleFailed, type Scheduler } from './scheduler.ts'
import type { Worker } from './worker.ts'

export interface TravelParts {
  readonly clock: SandboxClock
  readonly scheduler: Scheduler
  readonly worker: Worker
  /** Resolves when every reaction to what has happened so far has run. */
  readonly settled: () => Promise<void>
  readonly zone: string
  /** What another process has under way is waited for so long; 30 s unless said. */
  readonly busyMs?: number
}

const farthestMs = 10 * 366 * 86_400_000
/** Stops on the way; more would be a schedule that never ends. */
const stopsMax = 100_000
const busyDefaultMs = 30_000
const lookFirstMs = 5
const lookMostMs = 500
const errorMax = 500

/**
 * Moves business time forward, stopping at everything that falls due on the way, so that each thing happens at its own time. A schedule
 * that fails is tried at once, however lately it failed, and ends the move where it stands (ScheduleFailed).
 */
export async function travel(parts: TravelParts, to: number): Promise<void> {
  const { clock } = parts
  if (to < clock.now()) throw new Fault('jobs.clock_backward', { now: formatInstant(clock.now()), to: formatInstant(to) })
  if (to - clock.now() > farthestMs) throw new Fault('jobs.clock_too_far', { to: formatInstant(to) })
  let next = await doDue(parts)
  for (let stop = 0; stop < stopsMax && next !== undefined && next <= to; stop++) {
    if (next > clock.now()) await clock.moveTo(next)
    next = await doDue(parts)
  }
  // Nothing falls due between the last stop and the end.
  if (to > clock.now()) await clock.moveTo(to)
}

/** Does what is due, and says what falls due next. */
async function doDue({ clock, scheduler, worker, settled, busyMs = busyDefaultMs }: TravelParts): Promise<number | undefined> {
  let before: number | undefined
  for (let since = performance.now(), pause = lookFirstMs; ;) {
    await scheduler.runDue({ insist: true })
    await settled()
    if (await worker.runDue()) await settled()
    const next = await earliest(scheduler, worker)
    if (next === undefined || next > clock.now()) return next
    if (next === before) {
      // The same is due as a moment ago: somebody else is at it.
      if (performance.now() - since > busyMs) throw new Fault('jobs.schedule_busy', { nominal: formatInstant(next) })
      await sleep(pause)
      pause = Math.min(pause * 2, lookMostMs)
    } else [since, pause] = [performance.now(), lookFirstMs]
    before = next
  }
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
      faults: ['jobs.clock_backward', 'jobs.clock_too_far', 'jobs.schedule_failed', 'jobs.schedule_busy'],
      prepare: async (_, { to }) => {
        const journey = travelling.then(() => travel(parts(), parseInstant(to) ?? 0))
        travelling = journey.catch(() => undefined)
        await journey.catch((error: unknown) => {
          throw error instanceof ScheduleFailed ? stopped(parts(), error) : error
        })
      },
    },
    (_, { to }) => {
      const now = parseInstant(to) ?? 0
      return { id: 'clock' as const, now: formatInstant(now), businessDate: businessDate(now, parts().zone) }
    },
  )
}

/** The move as its caller is told of it: who may move the clock may also read the history, which holds the same error. */
function stopped({ clock }: TravelParts, { schedule, nominal, cause }: ScheduleFailed): Fault {
  const error = cause instanceof Error ? cause.message : String(cause)
  return new Fault('jobs.schedule_failed', { schedule, nominal, error: error.slice(0, errorMax), now: formatInstant(clock.now()) })
}
