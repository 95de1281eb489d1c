import { emit } from '#kernel/events'
import { operation } from '#kernel/operations'
import { z } from 'zod'
import { breakerMoved } from './events.ts'

export const Move = z.strictObject({ breaker: z.string(), from: z.string(), to: z.string() })
export type Move = z.infer<typeof Move>

/** Writes down that a breaker of this process changed its state: into the event log and so to whoever listens. */
export const noteMove = operation(
  'breakers.note_move',
  {
    summary: 'Note that a circuit breaker changed its state',
    input: Move,
    answer: Move,
    may: ['system'],
    object: ({ breaker }) => breaker,
  },
  ({ tx }, move) => {
    emit(tx, breakerMoved, `breaker:${move.breaker}`, move)
    return move
  },
)
