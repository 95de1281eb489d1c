import { isConnectionLost, isDiskFull, Outage } from '#kernel/db'
import { Fault } from '#kernel/faults'

/** What a caller is told when the database could not be asked or could not write; undefined if it was something else. */
export function outageFault(error: unknown): Fault | undefined {
  if (isDiskFull(error)) return new Fault('operations.disk_full')
  return error instanceof Outage || isConnectionLost(error) ? new Fault('operations.unavailable') : undefined
}
