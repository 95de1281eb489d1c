import { runningPostmaster } from './embedded-postmaster.ts'
import { placeIn, port } from './embedded-place.ts'
import type { Database } from './embedded.ts'
import { ownerRole, serverRole } from './roles.ts'

/** The embedded PostgreSQL of a running program, for a command beside it; undefined if none runs on the folder. `stop` leaves it alone. */
export async function attachEmbedded(folder: string): Promise<Database | undefined> {
  const place = await placeIn(folder)
  if ((await runningPostmaster(place.cluster)) === undefined) return undefined
  const at = { host: place.socketFolder, port, database: 'holdfast' }
  return { owner: { ...at, user: ownerRole }, server: { ...at, user: serverRole }, stop: async () => undefined }
}
