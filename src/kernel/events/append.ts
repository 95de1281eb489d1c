import { bindCopy, bindKeys, copyInto, keys, sql } from '#kernel/db'
import { newId } from '#kernel/ids'
import { salted } from '#kernel/digest'
import { type Tx, writeOf, type Wrote } from '#kernel/tx'
import type { z } from 'zod'

/** A kind of event: its name with version, the schema of its data, and what it means. */
export interface EventType<T = unknown> {
  readonly name: string
  readonly data: z.ZodType<T>
  readonly meaning: string
  /** The name under which the outside knows it, where that is fixed: `disbursal-topic`. */
  readonly outside?: string
}

const declared = new Map<string, EventType>()

/** Declares an event type once: `event('lending.repaid.v1', schema, 'A repayment was booked.')`. */
export function event<T>(name: string, data: z.ZodType<T>, meaning: string, outside?: string): EventType<T> {
  if (!/^[a-z]+\.[a-z_]+\.v[1-9]\d*$/.test(name)) throw new Error(`event '${name}' is not of the form module.past_tense.v1`)
  if (declared.has(name)) throw new Error(`event '${name}' is declared twice`)
  const type: EventType<T> = { name, data, meaning, ...(outside ? { outside } : {}) }
  declared.set(name, type)
  return type
}

/** Every declared event type, sorted by name: the source of the generated catalogue. */
export function eventCatalogue(): readonly EventType[] {
  return [...declared.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

interface EventRow {
  readonly id: string
  readonly key: string
  readonly type: string
  readonly at: string
  readonly principal: string
  readonly body: string
  readonly salt: Uint8Array
  readonly digest: Uint8Array
}

// Keys are locked in order until the commit, so that for one key the order of positions is the order of commits.
const lockKeys = sql`
  select pg_advisory_xact_lock(k.lock) from (
    select distinct hashtextextended(key, 0) as lock from unnest(${keys('text')}) as u(key) order by 1) k`
const copied = copyInto(['events', 'event'], {
  id: 'text',
  key: 'text',
  type: 'text',
  at: 'timestamptz',
  principal: 'text',
  body: 'text',
  salt: 'bytea',
  digest: 'bytea',
})
const append = writeOf<EventRow>(
  (written) => [
    bindKeys(lockKeys, [...new Set(written.map((row) => row.key))]),
    bindCopy(copied, written as unknown as readonly Record<string, unknown>[]),
  ],
  (written) => written.map(({ type }) => type),
)

/** Whether a transaction announced an event of one of these types. */
export function announced(wrote: Wrote, types: readonly string[]): boolean {
  return types.some((type) => wrote.has(type))
}

/** Announces what happened to `key` (a loan, a person): appended with the operation's commit, heard in order for each key. */
export function emit<T>(tx: Tx, type: EventType<T>, key: string, data: T): void {
  const id = newId('event')
  const { at, person } = tx.moment
  const body = JSON.stringify({ id, type: type.name, key, at, principal: person, data })
  const { salt, digest } = salted(body)
  tx.write(append, { id, key, type: type.name, at, principal: person, body, salt, digest })
}
