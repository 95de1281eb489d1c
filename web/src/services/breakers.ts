import { queryOptions } from '@tanstack/react-query'
import { api, type Page, at } from '#services/http.ts'

export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN' | 'FORCED_OPEN' | 'DISABLED' | 'METRICS_ONLY'
export type BreakerAction = 'force_open' | 'close' | 'disable' | 'metrics_only' | 'reset'
export type BreakerOrder = {
  readonly breaker: string
  readonly action: BreakerAction
  readonly reason: string
  readonly person: string
  readonly at: string
}
/** Rates are in percent, −1 below the minimum number of calls. */
export type Breaker = {
  readonly name: string
  readonly state: BreakerState
  readonly since: string
  /** The order that holds it where it is. */
  readonly standing: BreakerOrder | null
  readonly metrics: {
    readonly failureRate: number
    readonly slowCallRate: number
    readonly bufferedCalls: number
    readonly failedCalls: number
    readonly slowCalls: number
    readonly notPermittedCalls: number
  }
  readonly config: {
    readonly slidingWindowType: 'COUNT_BASED' | 'TIME_BASED'
    readonly slidingWindowSize: number
    readonly minimumNumberOfCalls: number
    readonly failureRateThreshold: number
    readonly slowCallRateThreshold: number
    readonly slowCallDurationThresholdMs: number
    readonly permittedNumberOfCallsInHalfOpenState: number
    readonly waitDurationInOpenStateMs: number
  }
}
export type BreakerDetail = Breaker & {
  readonly moves: readonly { readonly at: string; readonly from: BreakerState; readonly to: BreakerState }[]
  readonly orders: readonly BreakerOrder[]
}

/** Calls are counted without an event, so the figures are asked for again by themselves. */
const REFRESH_MS = 5_000
const place = (name: string) => at`/api/v1/breakers/${name}`

export const breakersQuery = queryOptions({
  queryKey: ['breakers'],
  queryFn: async ({ signal }) => (await api<Page<Breaker>>('/api/v1/breakers', { signal })).items,
  refetchInterval: REFRESH_MS,
})
export const breakerQuery = (name: string) =>
  queryOptions({
    queryKey: ['breakers', name],
    queryFn: ({ signal }) => api<BreakerDetail>(place(name), { signal }),
    refetchInterval: REFRESH_MS,
  })
export const ordersPath = (name: string): string => `${place(name)}/orders`
