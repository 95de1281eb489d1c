import { queryOptions } from '@tanstack/react-query'
import { api, type Page, at } from '#services/http.ts'
import type { QuoteInput } from '#services/quotes.ts'

export type Product = {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly currency: string
  readonly principal: { readonly min: number; readonly max: number }
  readonly instalments: { readonly min: number; readonly max: number }
  readonly annualRate: string
  readonly method: QuoteInput['method']
  readonly frequency: QuoteInput['frequency']
  readonly dayCount: QuoteInput['dayCount']
  readonly rounding: QuoteInput['rounding']
  readonly fee: { readonly rate: string; readonly taxRate: string }
  readonly lateCharge: { readonly perDay: string; readonly rule: string }
  readonly foreclosure: { readonly chargeRate: string; readonly taxRate: string }
  readonly approval: 'score' | 'officer'
  readonly state: string
}

export const productsQuery = queryOptions({
  queryKey: ['products'],
  queryFn: async ({ signal }) => (await api<Page<Product>>('/api/v1/loan-products', { query: { limit: 200 }, signal })).items,
  staleTime: 60_000,
})
export const productQuery = (product: string) =>
  queryOptions({ queryKey: ['products', product], queryFn: ({ signal }) => api<Product>(at`/api/v1/loan-products/${product}`, { signal }) })
