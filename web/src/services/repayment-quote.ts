import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, at } from '#services/http.ts'

/** What a repayment would do, computed by the server and saved nowhere. */
export type RepaymentQuote = {
  readonly on: string
  readonly currency: string
  /** Where the money goes, in the order it is taken. `kind`: lateCharge, interest, principal, prepay, wallet. */
  readonly allocation: readonly {
    readonly kind: string
    readonly number: number | null
    readonly due: number
    readonly paid: number
    readonly left: number
  }[]
  readonly legs: readonly {
    readonly account: string
    readonly amount: number
    readonly before: number
    readonly after: number
  }[]
  readonly before: {
    readonly toPay: number
    readonly dpd: number
    readonly bucket: string
    readonly principal: number
    readonly state: string
  }
  readonly after: {
    readonly toPay: number
    readonly dpd: number
    readonly bucket: string
    readonly principal: number
    readonly state: string
  }
}

type Asked = { readonly amount: number | undefined; readonly from: string; readonly excess: string }

export const repaymentQuoteQuery = (loan: string, { amount, from, excess }: Asked) =>
  queryOptions({
    queryKey: ['loan', loan, 'repayment-quote', amount, from, excess],
    queryFn: ({ signal }) => api<RepaymentQuote>(at`/api/v1/loans/${loan}/repayment-quote`, { query: { amount, from, excess }, signal }),
    enabled: amount !== undefined && amount > 0,
    placeholderData: keepPreviousData,
    retry: false,
  })
