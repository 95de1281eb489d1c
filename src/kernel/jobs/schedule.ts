import { businessDate, type Clock, startOfDay } from '#kernel/clock'
import type { FreeSql, Run } from '#kernel/operations'

/** When a schedule falls due: at a time of each business day (`daily: '00:05'`), or every so many minutes from midnight UTC. */
export type When = { readonly daily: string } | { readonly everyMinutes: number }

/** What a schedule's body is given. `run` is a transaction of its own per call: give each a key made of the nominal time. */
export interface ScheduleContext {
  readonly run: Run
  readonly read: FreeSql
  readonly clock: Clock
  /** The time it stands for, as ISO instant, however late it runs. */
  readonly nominal: string
  /** The business date of the nominal time. */
  readonly on: string
}

/** What happens because time passed: once per nominal time, every missed one in order. */
export interface Schedule {
  readonly name: string
  readonly when: When
  body(context: ScheduleContext): Promise<void>
}

const minuteMs = 60_000

export function every(name: string, when: When, body: (context: ScheduleContext) => Promise<void>): Schedule {
  if (!/^[a-z]+\.[a-z_]+$/.test(name)) throw new Error(`schedule '${name}' is not of the form module.what_it_does`)
  if ('daily' in when && !/^([01]\d|2[0-3]):[0-5]\d$/.test(when.daily))
    throw new Error(`schedule '${name}': '${when.daily}' is not a time of day`)
  if ('everyMinutes' in when && !(when.everyMinutes >= 1 && Number.isInteger(when.everyMinutes)))
    throw new Error(`schedule '${name}': whole minutes, at least 1`)
  return { name, when, body }
}

/** The first nominal time after an instant, both in milliseconds. */
export function nextAfter(when: When, ms: number, zone: string): number {
  if ('everyMinutes' in when) return (Math.floor(ms / (when.everyMinutes * minuteMs)) + 1) * when.everyMinutes * minuteMs
  const [hour = 0, minute = 0] = when.daily.split(':').map(Number)
  const nominalOn = (date: string): number => startOfDay(date, zone) + (hour * 60 + minute) * minuteMs
  const sameDay = nominalOn(businessDate(ms, zone))
  // 36 hours on from the start of a day lies in the next one, also where a day has 23 or 25 hours.
  return sameDay > ms ? sameDay : nominalOn(businessDate(startOfDay(businessDate(ms, zone), zone) + 36 * 60 * minuteMs, zone))
}
