import { queryOptions } from '@tanstack/react-query'
import { api, type Page } from '#services/http.ts'

export type Checkpoint = {
  readonly size: number
  readonly root: string
  readonly time: string
  readonly signature: string
  readonly keyId: string
}
export type Receipt = {
  readonly transfer: unknown
  readonly payload: string
  readonly salt: string
  readonly digest: string
  readonly leafHash: string
  readonly seq: number
  readonly proof: { readonly size: number; readonly index: number; readonly path: readonly string[] }
  readonly checkpoint: Checkpoint
  readonly publicKey: string
}

export const checkpointsQuery = queryOptions({
  queryKey: ['seal', 'checkpoints'],
  queryFn: ({ signal }) => api<Page<Checkpoint>>('/api/v1/seal/checkpoints', { query: { limit: 50 }, signal }),
})

const REFRESH_MS = 15_000
/** The newest checkpoint and how old it was when it was asked for, by this computer's clock. */
export const sealQuery = queryOptions({
  queryKey: ['seal', 'newest'],
  queryFn: async ({ signal }) => {
    const page = await api<Page<Checkpoint>>('/api/v1/seal/checkpoints', { query: { limit: 1 }, signal })
    const newest = page.items[0]
    if (!newest) return null
    return { size: newest.size, time: newest.time, ageMs: Math.max(0, new Date().getTime() - Date.parse(newest.time)) }
  },
  refetchInterval: REFRESH_MS,
})

export const receiptQuery = (transfer: string) =>
  queryOptions({
    queryKey: ['seal', 'receipt', transfer],
    queryFn: ({ signal }) => api<Receipt>(`/api/v1/ledger/transfers/${transfer}/receipt`, { signal }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
