import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { fromBase64, toHex } from '#services/bytes.ts'
import { api, byPages, type Page } from '#services/http.ts'

/** What a signed note says, read without judging its signature: for lists. The checks of an entry judge it. */
export type Checkpoint = { readonly size: number; readonly root: string; readonly time: string }

type Listed = { readonly size: number; readonly note: string }

const readNote = ({ size, note }: Listed): Checkpoint => {
  const [, , root = '', time = ''] = note.split('\n')
  return { size, root: toHex(fromBase64(root)), time: time.replace(/^time /, '') }
}

const checkpoints = async (limit: number, after: string | undefined, signal: AbortSignal): Promise<Page<Checkpoint>> => {
  const page = await api<Page<Listed>>('/api/v1/seal/checkpoints', { query: { limit, after }, signal })
  return { ...page, items: page.items.map(readNote) }
}

const LISTED = 15
export const checkpointsQuery = infiniteQueryOptions({
  queryKey: ['seal', 'checkpoints'],
  queryFn: ({ pageParam, signal }) => checkpoints(LISTED, pageParam, signal),
  ...byPages,
})

const REFRESH_MS = 15_000
/** The newest checkpoint, and how old it was when it was asked for, by this computer's clock. */
export const sealQuery = queryOptions({
  queryKey: ['seal', 'newest'],
  queryFn: async ({ signal }) => {
    const [last] = (await checkpoints(1, undefined, signal)).items
    return last ? { size: last.size, time: last.time, ageMs: Math.max(0, Date.now() - Date.parse(last.time)) } : null
  },
  refetchInterval: REFRESH_MS,
})
