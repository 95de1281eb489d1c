import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, at, byPages, type Page } from '#services/http.ts'

export type LoanState =
  | 'applied'
  | 'assessing'
  | 'offered'
  | 'referred'
  | 'rejected'
  | 'accepted'
  | 'expired'
  | 'active'
  | 'closed'
  | 'foreclosed'
  | 'cancelled'
export type Bucket = 'current' | 'SMA-0' | 'SMA-1' | 'SMA-2' | 'NPA'
export type Move = 'repay' | 'foreclose' | 'approve' | 'reject' | 'accept' | 'disburse' | 'reverse'

export type Loan = {
  readonly id: string
  readonly state: LoanState
  readonly person: string
  readonly personName: string
  readonly product: { readonly id: string; readonly name: string; readonly version: number }
  readonly principal: number
  readonly currency: string
  readonly instalments: number
  readonly annualRate: string
  readonly apr: string | null
  readonly netDisbursed: number
  readonly instalment: number | null
  readonly appliedAt: string
  readonly appliedBy: string
  readonly offerExpiresOn: string | null
  readonly score: { readonly score: number; readonly decision: string; readonly reasons: readonly string[] } | null
  readonly decidedBy: string | null
  readonly rejectedReason: string | null
  readonly failure: string | null
  readonly disbursedOn: string | null
  readonly firstDueOn: string | null
  readonly endedOn: string | null
  readonly toPay: number
  readonly overdue: { readonly amount: number; readonly since: string | null; readonly lateCharge: number } | null
  readonly dpd: number
  readonly bucket: Bucket | null
  readonly outstanding: {
    readonly principal: number
    readonly interest: number
    readonly lateCharge: number
    readonly total: number
  } | null
  readonly nextDue: { readonly number: number; readonly dueOn: string; readonly amount: number } | null
  readonly paidInstalments: number
  readonly moves: readonly Move[]
}

export type ScheduleRow = {
  readonly number: number
  readonly dueOn: string
  readonly opening: number
  readonly principal: number
  readonly interest: number
  readonly lateCharge: number
  readonly total: number
  readonly closing: number
  readonly paidPrincipal: number
  readonly paidInterest: number
  readonly state: 'paid' | 'part' | 'late' | 'due' | 'to come'
  readonly paidOn: string | null
  readonly daysLate: number
}

export type StatementLine = {
  readonly id: string
  readonly at: string
  readonly bookedOn: string
  readonly kind: string
  readonly amount: number
  readonly currency: string
  readonly breakup: Readonly<Record<string, number>> | null
  readonly balance: number | null
  readonly transfer: string | null
  /** The reversal that undid it. */
  readonly reversedBy: string | null
  /** Why it was reversed, where it is a reversal. */
  readonly reason: string | null
}

export type LoanFilter = {
  readonly q?: string
  readonly state?: string
  readonly bucket?: string
  /** At least so many days past due. */
  readonly dpd?: string
  readonly product?: string
  readonly person?: string
  readonly sort?: string
}

const PAGE = 50
const LINES = 100
const list = <Item>(path: string, query: Record<string, string | number | undefined>, signal: AbortSignal) =>
  api<Page<Item>>(path, { query, signal })

export const loansQuery = (filter: LoanFilter) =>
  infiniteQueryOptions({
    queryKey: ['loans', filter],
    queryFn: ({ pageParam, signal }) => list<Loan>('/api/v1/loans', { ...filter, limit: PAGE, after: pageParam }, signal),
    ...byPages,
  })

export const loanQuery = (loan: string) =>
  queryOptions({ queryKey: ['loan', loan], queryFn: ({ signal }) => api<Loan>(at`/api/v1/loans/${loan}`, { signal }) })

export const scheduleQuery = (loan: string) =>
  queryOptions({
    queryKey: ['loan', loan, 'schedule'],
    queryFn: async ({ signal }) => (await api<Page<ScheduleRow>>(at`/api/v1/loans/${loan}/schedule`, { signal })).items,
  })

export const statementQuery = (loan: string) =>
  infiniteQueryOptions({
    queryKey: ['loan', loan, 'statement'],
    queryFn: ({ pageParam, signal }) =>
      list<StatementLine>(at`/api/v1/loans/${loan}/statement`, { limit: LINES, after: pageParam }, signal),
    ...byPages,
  })

export type ForeclosureQuote = {
  readonly quoteId: string
  readonly on: string
  readonly total: number
  readonly currency: string
  readonly [figure: string]: unknown
}
export const foreclosureQuoteQuery = (loan: string, on: string) =>
  queryOptions({
    queryKey: ['loan', loan, 'foreclosure-quote', on],
    queryFn: ({ signal }) => api<ForeclosureQuote>(at`/api/v1/loans/${loan}/foreclosure-quote`, { query: { on }, signal }),
    retry: false,
  })
