import type { AloneContext } from '#kernel/operations'
import type { EventType } from './append.ts'
import type { LogRow } from './difference.ts'

/** An event as a reaction hears it. */
export interface Heard<T = unknown> {
  readonly id: string
  readonly type: string
  readonly key: string
  readonly at: string
  /** Whose change it was. */
  readonly principal: string
  readonly data: T
}

export function heard({ id, type, key, at, principal, body }: LogRow): Heard {
  return { id, type, key, at, principal, data: (JSON.parse(body) as { data: unknown }).data }
}

/** What a system does when it hears of a change: exactly once, in the order of the event's key. */
export interface Reaction {
  readonly type: string
  readonly name: string
  /** Reactions of one consumer share a cursor: the system they belong to. */
  readonly consumer: string
  handle(context: AloneContext, event: Heard): Promise<void> | void
}

/**
 * Declares a reaction: `on(accepted, 'lending.disburse_on_accepted', async ({ run }, event) => { await run(disburse, …, { key: event.id }) })`.
 * Its effects, and the operations it runs, commit together with the consumer's cursor.
 */
export function on<T>(
  type: EventType<T>,
  name: string,
  handle: (context: AloneContext, event: Heard<T>) => Promise<void> | void,
): Reaction {
  if (!/^[a-z]+\.[a-z_]+$/.test(name)) throw new Error(`reaction '${name}' is not of the form module.what_it_does`)
  return { type: type.name, name, consumer: name.split('.')[0] ?? name, handle }
}
