import { queryOptions } from '@tanstack/react-query'
import { api } from '#services/http.ts'
import type { Bucket } from '#services/loans.ts'

export type Overview = {
  readonly businessDate: string
  readonly currency?: string
  readonly activeLoans: number
  readonly disbursed: { readonly amount: number; readonly loans: number; readonly onTheWay: number }
  readonly collectedToday: { readonly amount: number; readonly payments: number }
  readonly dueToday: { readonly amount: number; readonly instalments: number; readonly collected: number }
  readonly overdue: { readonly amount: number; readonly loans: number }
  readonly outstanding: { readonly amount: number; readonly loans: number }
  readonly waiting: {
    readonly count: number
    readonly items: readonly {
      readonly loan: string
      readonly personName: string
      readonly amount: number
      readonly why: string
      readonly since: string
    }[]
  }
  readonly byBucket: readonly { readonly bucket: Bucket; readonly loans: number; readonly outstanding: number; readonly change?: number }[]
  readonly moneyByDay: readonly { readonly on: string; readonly in: number; readonly out: number }[]
}

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => api<Overview>('/api/v1/reports/overview', { signal }),
})
