import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, at, byPages, type Page } from '#services/http.ts'
import type { Person } from '#services/session.ts'

export type Wallet = {
  readonly id: string
  readonly person: string
  readonly account: string
  readonly currency: string
  readonly posted: number
  readonly held: number
  readonly available: number
}

export const peopleQuery = (filter: { readonly q?: string; readonly role?: string }) =>
  infiniteQueryOptions({
    queryKey: ['people', filter],
    queryFn: ({ pageParam, signal }) => api<Page<Person>>('/api/v1/people', { query: { ...filter, limit: 50, after: pageParam }, signal }),
    ...byPages,
  })
export const personQuery = (person: string) =>
  queryOptions({ queryKey: ['person', person], queryFn: ({ signal }) => api<Person>(at`/api/v1/people/${person}`, { signal }) })
export const walletQuery = (person: string) =>
  queryOptions({
    queryKey: ['person', person, 'wallet'],
    queryFn: ({ signal }) => api<Wallet>(at`/api/v1/people/${person}/wallet`, { signal }),
    retry: false,
  })
