import { rows, sql } from '#kernel/db'
import { each } from '#kernel/tx'
import type { CircuitBreaker } from '#kernel/resilience'

export const actions = ['force_open', 'close', 'disable', 'metrics_only', 'reset'] as const
export type Action = (typeof actions)[number]

/** What a person told a breaker to do. */
export interface Order {
  readonly seq: bigint
  readonly breaker: string
  readonly action: Action
  readonly reason: string
  readonly person: string
  readonly at: string
}

export const insertOrder = each<Omit<Order, 'seq'>>(sql`
  insert into breakers.standing_order (breaker, action, reason, person, at)
  select breaker, action, reason, person, at
  from ${rows({ breaker: 'text', action: 'text', reason: 'text', person: 'text', at: 'timestamptz' })} x`)

/** The last order of each breaker. */
export const lastOrders = sql`
  select distinct on (breaker) seq, breaker, action, reason, person, at from breakers.standing_order order by breaker, seq desc`

/** These hold until the next order; the others are done once. */
export function stands({ action }: Pick<Order, 'action'>): boolean {
  return action === 'force_open' || action === 'disable' || action === 'metrics_only'
}

export function obey(breaker: CircuitBreaker, action: Action): void {
  switch (action) {
    case 'force_open':
      return breaker.transitionTo('FORCED_OPEN')
    case 'disable':
      return breaker.transitionTo('DISABLED')
    case 'metrics_only':
      return breaker.transitionTo('METRICS_ONLY')
    case 'close':
      return breaker.transitionTo('CLOSED')
    case 'reset':
      return breaker.reset()
  }
}
