import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, at, byPages, type Page } from '#services/http.ts'

export type Account = {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly unit: string
  readonly type: 'debit' | 'credit'
  readonly owner: string | null
  readonly entries: number
  readonly head: string
  readonly posted: number
  readonly held: number
  readonly available: number
}
export type Leg = {
  readonly account: string
  readonly amount: number
  readonly unit: string
  readonly balanceAfter: number
  readonly n: number
  readonly hash: string
}
export type Transfer = {
  readonly id: string
  readonly key: string
  readonly at: string
  readonly bookedOn: string
  readonly operation: string
  readonly person: string
  readonly reason: string | null
  readonly legs: readonly Leg[]
  readonly reverses: string | null
}
export type TrialBalance = {
  readonly on: string
  readonly currency: string
  readonly rows: readonly { readonly account: string; readonly name: string; readonly debit: number; readonly credit: number }[]
  readonly total: { readonly debit: number; readonly credit: number }
  readonly difference: number
}

export const accountsQuery = (filter: { readonly q?: string; readonly type?: string }) =>
  infiniteQueryOptions({
    queryKey: ['ledger', 'accounts', filter],
    queryFn: ({ pageParam, signal }) =>
      api<Page<Account>>('/api/v1/ledger/accounts', { query: { ...filter, limit: 100, after: pageParam }, signal }),
    ...byPages,
  })
export const accountQuery = (account: string) =>
  queryOptions({
    queryKey: ['ledger', 'account', account],
    queryFn: ({ signal }) => api<Account>(at`/api/v1/ledger/accounts/${account}`, { signal }),
  })
export const transfersQuery = (filter: { readonly account?: string; readonly loan?: string }) =>
  infiniteQueryOptions({
    queryKey: ['ledger', 'transfers', filter],
    queryFn: ({ pageParam, signal }) =>
      api<Page<Transfer>>('/api/v1/ledger/transfers', { query: { ...filter, limit: 50, after: pageParam }, signal }),
    ...byPages,
  })
export const trialBalanceQuery = (on: string | undefined) =>
  queryOptions({
    queryKey: ['trial-balance', on ?? 'now'],
    queryFn: ({ signal }) => api<TrialBalance>('/api/v1/reports/trial-balance', { query: { on }, signal }),
    placeholderData: keepPreviousData,
  })
