import { queryOptions } from '@tanstack/react-query'
import { api, type Page } from '#services/http.ts'

export type Product = {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly currency: string
  readonly principal: { readonly min: number; readonly max: number }
  readonly instalments: { readonly min: number; readonly max: number }
  readonly annualRate: string
  readonly method: string
  readonly frequency: string
  readonly dayCount: string
  readonly rounding: unknown
  readonly fee: { readonly rate: string; readonly taxRate: string } | null
  readonly lateCharge: { readonly perDay: string; readonly rule: string } | null
  readonly foreclosure: { readonly chargeRate: string; readonly taxRate: string } | null
  readonly approval: 'score' | 'officer'
  readonly state: string
}

export const productsQuery = queryOptions({
  queryKey: ['products'],
  queryFn: async ({ signal }) => (await api<Page<Product>>('/api/v1/loan-products', { query: { limit: 200 }, signal })).items,
  staleTime: 60_000,
})
export const productQuery = (product: string) =>
  queryOptions({ queryKey: ['products', product], queryFn: ({ signal }) => api<Product>(`/api/v1/loan-products/${product}`, { signal }) })
