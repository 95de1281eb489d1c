import { isConnectionLost, isDiskFull, isOutOfTime, Outage } from '#kernel/db'
import { Fault } from '#kernel/faults'

/** What a caller is told when the database could not be asked, could not write or took too long; undefined if it was something else. */
export function outageFault(error: unknown): Fault | undefined {
  if (isDiskFull(error)) return new Fault('operations.disk_full')
  if (isOutOfTime(error)) return new Fault('operations.overloaded')
  return error instanceof Outage || isConnectionLost(error) ? new Fault('operations.unavailable') : undefined
}
