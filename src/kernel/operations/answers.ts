import { createHmac, hash, randomBytes } from 'node:crypto'
import { bindKeys, keys, type Pool, sql } from '#kernel/db'
import { copied, type Gathering } from '#kernel/tx'
import type { Operation } from './operation.ts'

/** Who asks for what under which key, as the 32 bytes that name it, and the hash of what was asked. */
export interface Fingerprint {
  readonly id: string
  readonly input: string
}

/** An answer kept as the text that was sent, so that a replay is byte-identical. */
export interface StoredAnswer {
  readonly id: string
  readonly input: string
  readonly status: number
  readonly body: string
  readonly fault: string | null
}

/** A key as it was found: answered before, free for us, or held by a call that is still running elsewhere. */
export type KeyState = { readonly stored: StoredAnswer } | 'free' | 'busy'

interface Asked {
  readonly principal: { readonly id: string }
  readonly operation: Pick<Operation, 'name' | 'spec'>
  readonly input: unknown
}

/** For executors that are given no key of their own: as good as one, until the process ends. */
export const passingKey: Uint8Array = randomBytes(32)

/**
 * Two calls with the same fingerprint are one: same caller, same operation, same key. The input's hash tells a reuse. One with a secret in it
 * is hashed under a key that the database doesn't hold: a plain hash of a password would be guessed a billion times a second.
 */
export function fingerprint({ principal, operation: { name, spec }, input }: Asked, key: string, secretsKey: Uint8Array): Fingerprint {
  const text = canonical(input)
  return {
    id: hash('sha256', JSON.stringify([principal.id, name, key])),
    input: spec.secret === undefined ? hash('sha256', text) : createHmac('sha256', secretsKey).update(text).digest('hex'),
  }
}

/** The input as one text; zod gave its keys the schema's order, so equal inputs give equal text. */
export function canonical(input: unknown): string {
  return JSON.stringify(input, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)) ?? 'null'
}

interface KeyRow {
  readonly id: string
  readonly free: boolean
  readonly input: string | null
  readonly status: number | null
  readonly body: string | null
  readonly fault: string | null
}

// The lock is tried, never waited for: a hundred callers with one key must not hold a hundred connections.
const lookUp = sql`
  select k.id, pg_try_advisory_xact_lock(('x' || left(k.id, 16))::bit(64)::bigint) as free, a.input, a.status, a.body, a.fault
  from unnest(${keys('text')}) as k(id) left join operations.answer a on a.id = k.id order by k.id`

/** Finds what is known of keys and takes those that are free until the transaction ends. */
export const keyState: Gathering<string, KeyState, readonly KeyRow[]> = {
  name: 'operations.key',
  last: false,
  ask: (group, asked) => group.query<KeyRow>(bindKeys(lookUp, [...new Set(asked.map((one) => one.question))])),
  answer(found, asked) {
    const byId = new Map(found.map((row) => [row.id, row]))
    return asked.map(({ question }) => stateOf(byId.get(question)))
  },
}

/** Whether nobody holds this key and nothing is known of it, at this moment. */
export async function isKeyFree(pool: Pool, id: string): Promise<boolean> {
  const [row] = await pool.query<KeyRow>(bindKeys(lookUp, [id]))
  return stateOf(row) === 'free'
}

function stateOf(row: KeyRow | undefined): KeyState {
  if (!row) return 'free'
  const { id, input, status, body, fault } = row
  if (input !== null && status !== null && body !== null) return { stored: { id, input, status, body, fault } }
  return row.free ? 'free' : 'busy'
}

export interface AnswerRow extends StoredAnswer {
  readonly caller: string
  readonly operation: string
  readonly key: string
  readonly at: string
}

export const keepAnswer = copied<AnswerRow>(['operations', 'answer'], {
  id: 'text',
  caller: 'text',
  operation: 'text',
  key: 'text',
  input: 'text',
  status: 'int',
  body: 'text',
  fault: 'text',
  at: 'timestamptz',
})
