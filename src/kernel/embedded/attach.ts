import { ownerRole, serverRole } from '#kernel/db'
import type { Database } from '#kernel/db'
import { runningPostmaster } from './postmaster.ts'
import { placeIn, port } from './place.ts'

/** The embedded PostgreSQL of a running program, for a command beside it; undefined if none runs on the folder. `stop` leaves it alone. */
export async function attachEmbedded(folder: string): Promise<Database | undefined> {
  const place = await placeIn(folder)
  if ((await runningPostmaster(place)) === undefined) return undefined
  const at = { host: place.socketFolder, port, database: 'holdfast' }
  return { owner: { ...at, user: ownerRole }, server: { ...at, user: serverRole }, stop: async () => undefined }
}
