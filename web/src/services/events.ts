import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, type Page } from '#services/http.ts'

export type Event = {
  readonly id: string
  readonly type: string
  readonly key: string
  readonly at: string
  readonly data: Readonly<Record<string, unknown>>
  readonly principal?: string | null
}
export type DeadLetter = {
  readonly id: string
  readonly group: string
  readonly key: string
  readonly count: number
  readonly firstEvent: string
  readonly type?: string
  readonly fault: string | null
  readonly error?: string | null
  readonly tries: number
  readonly parkedAt: string
}
export type AuditRow = {
  readonly id: string
  readonly at: string
  readonly operation: string
  readonly person: string | null
  readonly personName: string | null
  readonly address: string | null
  readonly arguments: Readonly<Record<string, unknown>> | null
  readonly outcome: 'done' | 'refused' | 'failed'
  readonly fault: string | null
  readonly durationMs: number | null
  readonly requestId: string | null
  readonly object: string | null
}

const pages = { initialPageParam: undefined as string | undefined, getNextPageParam: (last: Page<unknown>) => last.next ?? undefined }

export const eventsQuery = (filter: { readonly key?: string; readonly type?: string }) =>
  infiniteQueryOptions({
    queryKey: ['events', filter],
    queryFn: ({ pageParam, signal }) => api<Page<Event>>('/api/v1/events', { query: { ...filter, limit: 50, after: pageParam }, signal }),
    ...pages,
  })
export const deadLettersQuery = queryOptions({
  queryKey: ['dead-letters'],
  queryFn: ({ signal }) => api<Page<DeadLetter>>('/api/v1/dead-letters', { query: { limit: 200 }, signal }),
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
    ...pages,
  })
