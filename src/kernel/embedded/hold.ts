import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart, Connection, sql } from '#kernel/db'
import type { ConnectionSettings } from '#kernel/db'
import { adminRole } from './cluster.ts'
import type { Place } from './place.ts'
import { port } from './place.ts'
import { runningPostmaster, runsWith, startPostmaster, stopPostmaster, untilReady } from './postmaster.ts'

export type Say = (sentence: string) => void

/** One running PostgreSQL that is ours: its process, and the session whose lock says that the folder is taken. */
export interface Held {
  readonly pid: number
  readonly session: Connection
}

// 'holdfasu': the neighbour of the migration's lock. One program at a time on one folder.
const lock = 0x686f6c6466617375n
// The session of a program killed a moment ago takes a moment to be missed.
const lockWait_ms = 1_500
const lockPoll_ms = 50

export function adminAt(place: Place): ConnectionSettings {
  return { host: place.socketFolder, port, database: 'postgres', user: adminRole }
}

/** Starts PostgreSQL, or adopts one that outlived a killed program (started again if its settings are of another version), and takes the lock. */
export async function hold(place: Place, say: Say): Promise<Held> {
  const found = await runningPostmaster(place)
  if (found === undefined) return await locked(place, await startPostmaster(place))
  await untilReady(place.cluster, found)
  const held = await locked(place, found)
  if (await runsWith(place)) {
    process.kill(found, 'SIGHUP')
    say(`PostgreSQL was still running (process ${found}): an earlier start was cut short. It goes on.`)
    return held
  }
  say(`PostgreSQL was still running (process ${found}) with the settings of another version; starting it again.`)
  await held.session.close()
  await stopPostmaster(found)
  return await locked(place, await startPostmaster(place))
}

/** Takes the folder's lock by a session of its own; throws CannotStart if another program has it. */
export async function locked(place: Place, pid: number): Promise<Held> {
  const session = await Connection.open({ ...adminAt(place), application: `holdfast process ${process.pid}` })
  const deadline = performance.now() + lockWait_ms
  for (;;) {
    const [row] = await session.query<{ taken: boolean }>(sql`select pg_try_advisory_lock(${lock}) as taken`)
    if (row?.taken === true) return { pid, session }
    if (performance.now() > deadline) break
    await sleep(lockPoll_ms)
  }
  const [holder] = await session.query<{ application_name: string }>(sql`
    select a.application_name from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.granted
    and (l.classid::bigint << 32) + l.objid::bigint = ${lock}`)
  await session.close()
  throw new CannotStart(
    `Another Holdfast (${holder?.application_name.replace('holdfast ', '') ?? 'unknown process'}) works on ${place.folder}. ` +
      'Stop it first, or set HOLDFAST_DATA to a folder of its own for each.',
  )
}
