import { queryOptions } from '@tanstack/react-query'
import { api } from '#services/http.ts'

export type DemoLogin = { readonly login: string; readonly password: string; readonly name: string; readonly role: string }

export type Info = {
  readonly name: string
  readonly version: string
  readonly sandbox?: boolean
  readonly now?: string
  readonly businessDate?: string
  readonly zone?: string
  readonly demo?: readonly DemoLogin[]
}

const ASK_AGAIN_MS = { sandbox: 5_000, real: 60_000 }

/** What the server says of itself to anyone: version, zone, business date, and on loopback with a demo the demo logins. */
export const infoQuery = queryOptions({
  queryKey: ['info'],
  queryFn: ({ signal }) => api<Info>('/info', { signal }),
  staleTime: 30_000,
  // A sandbox's time jumps when somebody moves it; real business days turn at midnight.
  refetchInterval: ({ state }) => (state.data?.sandbox ? ASK_AGAIN_MS.sandbox : ASK_AGAIN_MS.real),
})
