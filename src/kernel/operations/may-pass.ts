import { Fault } from '#kernel/faults'

const [tooMany, ours] = [429, 500]

/** Whether a failure may pass by itself. A refusal will be refused again, but for one that says "not now": too much at once, or a twin that still runs. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof Fault) || error.status === tooMany || error.status >= ours || error.code === 'operations.key_in_flight'
}
