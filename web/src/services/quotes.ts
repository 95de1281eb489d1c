import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from '#services/http.ts'

export type QuoteInput = {
  readonly principal: number
  readonly currency: string
  readonly annualRate: string
  readonly instalments: number
  readonly frequency: 'monthly' | 'quarterly' | 'fortnightly' | 'weekly'
  readonly method: 'emi' | 'flat' | 'equal_principal' | 'bullet'
  readonly dayCount: 'per_period' | '30/360' | 'act/360' | 'act/365' | 'act/act'
  readonly disbursedOn: string
  readonly firstDueOn: string
  readonly rounding: { readonly instalment: 'none' | 'paisa' | 'rupee_nearest' | 'rupee_up'; readonly residue: 'last' }
  readonly fees: readonly {
    readonly name: string
    readonly amount: number
    readonly taxRate?: string
    readonly paid: 'deducted' | 'upfront'
  }[]
}
export type QuoteRow = {
  readonly number: number
  readonly dueOn: string
  readonly opening: number
  readonly principal: number
  readonly interest: number
  readonly total: number
  readonly closing: number
}
export type Quote = {
  readonly instalment: number
  readonly schedule: readonly QuoteRow[]
  readonly totals: {
    readonly principal: number
    readonly interest: number
    readonly fees: number
    readonly tax: number
    readonly total: number
  }
  readonly netDisbursed: number
  readonly apr: string
}

/** The calculator: saves nothing, needs no login. The previous answer stays in view while the next is on its way. */
export const quoteQuery = (input: QuoteInput) =>
  queryOptions({
    queryKey: ['quote', input],
    queryFn: ({ signal }) => api<Quote>('/api/v1/loan-quotes', { body: input, signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  })
