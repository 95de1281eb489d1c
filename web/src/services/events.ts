import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, byPages, type Page } from '#services/http.ts'

export type Event = {
  readonly id: string
  readonly type: string
  readonly key: string
  readonly at: string
  readonly data: Readonly<Record<string, unknown>>
  readonly principal: string
}
export type DeadLetter = {
  readonly id: string
  readonly state: 'dead' | 'retrying'
  readonly consumer: string
  readonly key: string
  readonly event: string
  readonly type: string
  readonly tries: number
  readonly fault: string | null
  readonly error: string | null
  readonly parkedAt: string
  /** Later events of the key that wait behind it. */
  readonly behind: number
}
export type AuditRow = {
  readonly id: string
  readonly at: string
  readonly operation: string
  readonly person: string
  readonly behalf: string | null
  readonly address: string | null
  readonly arguments: unknown
  readonly outcome: 'done' | 'refused' | 'failed'
  readonly fault: string | null
  readonly durationMs: number
  readonly requestId: string
  readonly object: string | null
}

const LETTERS_AGAIN_MS = 5_000
export const eventsQuery = (filter: { readonly key?: string; readonly type?: string }) =>
  infiniteQueryOptions({
    queryKey: ['events', filter],
    queryFn: ({ pageParam, signal }) => api<Page<Event>>('/api/v1/events', { query: { ...filter, limit: 50, after: pageParam }, signal }),
    ...byPages,
  })
export const deadLettersQuery = queryOptions({
  queryKey: ['dead-letters'],
  queryFn: ({ signal }) => api<Page<DeadLetter>>('/api/v1/dead-letters', { query: { limit: 200 }, signal }),
  // What is tried again by itself changes without an event.
  refetchInterval: LETTERS_AGAIN_MS,
})
export const auditQuery = (filter: {
  readonly operation?: string
  readonly person?: string
  readonly outcome?: string
  readonly object?: string
}) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam, signal }) => api<Page<AuditRow>>('/api/v1/audit', { query: { ...filter, limit: 50, after: pageParam }, signal }),
    ...byPages,
  })
