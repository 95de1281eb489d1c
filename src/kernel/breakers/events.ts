import { event } from '#kernel/events'
import { z } from 'zod'

export const breakerOrdered = event(
  'breakers.ordered.v1',
  z.strictObject({ breaker: z.string(), action: z.string(), reason: z.string(), person: z.string() }),
  'A person told a circuit breaker to open, close, stand aside or begin anew.',
)
export const breakerMoved = event(
  'breakers.moved.v1',
  z.strictObject({ breaker: z.string(), from: z.string(), to: z.string() }),
  'A circuit breaker of one process changed its state, by what calls came to, by time or by an order.',
)
