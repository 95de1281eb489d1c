import { fromHex, readHash, toHex } from '#services/bytes.ts'
import { api, isRefusal } from '#services/http.ts'
import { contains } from '#services/merkle.ts'
import type { Checkpoint } from '#services/note.ts'
import type { Step } from '#services/verify.ts'
import { dateText, dayOf } from '#services/when.ts'

// The newest checkpoint that this browser has judged: what is shown later has to begin with the same records.

const VISIT = 'holdfast-checkpoint'
const id = 'visit'

type Visit = { readonly size: number; readonly root: string; readonly time: string }

const isVisit = (found: Partial<Visit> | null): found is Visit =>
  typeof found?.size === 'number' && /^[0-9a-f]{64}$/.test(String(found.root)) && !Number.isNaN(Date.parse(String(found.time)))

const lastVisit = (): Visit | undefined => {
  try {
    const found = JSON.parse(localStorage.getItem(VISIT) ?? 'null') as Partial<Visit> | null
    return isVisit(found) ? found : undefined
  } catch {
    return undefined
  }
}

/** Forgets the log seen so far: for a person who has accepted that another one stands here now. */
export const forgetVisit = (): void => localStorage.removeItem(VISIT)

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

/**
 * Whether the log still begins with what it held on the last visit. `keep`: the checkpoint is remembered for the next one; not while its key
 * has not been accepted.
 */
export const growthSinceLastVisit = async (checkpoint: Checkpoint | undefined, { keep, signal }: Asked): Promise<Step> => {
  if (!checkpoint)
    return { id, claim: 'Nothing removed since your last visit', how: 'There is no checkpoint to compare with', holds: undefined }
  const last = lastVisit()
  const remember = () =>
    keep && localStorage.setItem(VISIT, JSON.stringify({ size: checkpoint.size, root: toHex(checkpoint.root), time: checkpoint.time }))
  if (!last || last.size < 1) {
    remember()
    const claim = keep ? 'First visit: this checkpoint is now remembered' : 'No earlier visit to compare with'
    return { id, claim, how: 'The next check shows whether anything before it was removed', holds: undefined }
  }
  if (last.size > checkpoint.size) {
    const how = `${last.size.toLocaleString('en-IN')} records then, ${checkpoint.size.toLocaleString('en-IN')} in this checkpoint`
    return { id, claim: 'The log is shorter than on your last visit', how, holds: false }
  }
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
  if (holds) remember()
  const then = `The ${last.size.toLocaleString('en-IN')} records of ${dateText(dayOf(last.time))}`
  const how = holds
    ? `${then} are the beginning of these ${checkpoint.size.toLocaleString('en-IN')}`
    : `${then} are not the beginning of this log`
  return { id, claim: holds ? 'Nothing removed since your last visit' : 'Something was removed since your last visit', how, holds }
}
