import { isStanding, type Standing } from '#services/acceptances.ts'
import { fromHex, readHash, toHex } from '#services/bytes.ts'
import { counted } from '#services/counted.ts'
import { api, isRefusal } from '#services/http.ts'
import { contains } from '#services/merkle.ts'
import type { Checkpoint } from '#services/note.ts'
import type { Step } from '#services/verify.ts'
import { dateText, dayOf } from '#services/when.ts'

// The newest checkpoint that this browser has judged: what is shown later has to begin with the same records.

const VISIT = 'holdfast-checkpoint'
const id = 'visit'

const lastVisit = (): Standing | undefined => {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(VISIT) ?? 'null')
    return isStanding(found) ? found : undefined
  } catch {
    return undefined
  }
}

/** From now on the log has to go on from here: as each check that holds says, or a person who accepted that another one stands here now. */
export const rememberVisit = ({ size, root, time }: Standing): void => localStorage.setItem(VISIT, JSON.stringify({ size, root, time }))

// A server without these proofs leaves the step open; it cannot pass it.
const growth = async (first: number, second: number, signal: AbortSignal): Promise<{ readonly path: readonly string[] } | undefined> => {
  try {
    return await api<{ readonly path: readonly string[] }>('/api/v1/seal/consistency', { query: { first, second }, signal })
  } catch (error) {
    if (isRefusal(error)) return undefined
    throw error
  }
}

type Asked = { readonly keep: boolean; readonly signal: AbortSignal }
/** `lost`: what was seen before is not the beginning of what is here now. */
type Grown = Step & { readonly lost?: Lost }
export type Lost = { readonly before: Standing; readonly now: Standing }

const records = (size: number): string => counted(size, 'record', 'records')

const lostStep = (before: Standing, now: Standing): Grown => {
  const lost = { before, now }
  if (before.size > now.size) {
    const how = `${records(before.size)} then, ${now.size.toLocaleString('en-IN')} in this checkpoint`
    return { id, claim: 'The log is shorter than on your last visit', how, holds: false, lost }
  }
  const how = `What it held on ${dateText(dayOf(before.time))}, ${records(before.size)}, is not the beginning of it`
  return { id, claim: 'The log is not the one of your last visit', how, holds: false, lost }
}

/**
 * Whether the log still begins with what it held on the last visit. `keep`: the checkpoint is remembered for the next one; not while its key
 * has not been accepted.
 */
export const growthSinceLastVisit = async (checkpoint: Checkpoint | undefined, { keep, signal }: Asked): Promise<Grown> => {
  if (!checkpoint)
    return { id, claim: 'Nothing removed since your last visit', how: 'There is no checkpoint to compare with', holds: undefined }
  const last = lastVisit()
  const now = { size: checkpoint.size, root: toHex(checkpoint.root), time: checkpoint.time }
  if (!last || last.size < 1) {
    if (keep) rememberVisit(now)
    const claim = keep ? 'First visit: this checkpoint is now remembered' : 'No earlier visit to compare with'
    return { id, claim, how: 'The next check shows whether anything before it was removed', holds: undefined }
  }
  if (last.size > checkpoint.size) return lostStep(last, now)
  const answer = last.size === checkpoint.size ? { path: [] } : await growth(last.size, checkpoint.size, signal)
  if (!answer)
    return { id, claim: 'Not compared with your last visit', how: 'The server gave no proof of how the log grew', holds: undefined }
  const holds = await contains({
    first: last.size,
    second: checkpoint.size,
    firstRoot: fromHex(last.root),
    secondRoot: checkpoint.root,
    path: answer.path.map(readHash),
  })
  if (!holds) return lostStep(last, now)
  if (keep) rememberVisit(now)
  const how = `What it held on ${dateText(dayOf(last.time))}, ${records(last.size)}, is the beginning of these ${checkpoint.size.toLocaleString('en-IN')}`
  return { id, claim: 'Nothing removed since your last visit', how, holds }
}
