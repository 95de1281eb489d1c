import { salted } from '#kernel/digest'
import { copied, type Tx } from '#kernel/tx'

/** What became of a call. */
export type AuditOutcome = 'done' | 'refused' | 'failed'

/** One call as it is remembered: who, from where, with what, how long, and what became of it. */
export interface AuditEntry {
  readonly id: string
  readonly at: string
  readonly operation: string
  readonly person: string
  readonly behalf: string | null
  readonly address: string | null
  readonly requestId: string
  readonly object: string | null
  readonly arguments: unknown
  readonly outcome: AuditOutcome
  readonly fault: string | null
  readonly durationUs: number
}

interface AuditRow {
  readonly id: string
  readonly at: string
  readonly operation: string
  readonly person: string
  readonly object: string | null
  readonly outcome: string
  readonly body: string
  readonly salt: Uint8Array
  readonly digest: Uint8Array
}

const insert = copied<AuditRow>(['audit', 'record'], {
  id: 'text',
  at: 'timestamptz',
  operation: 'text',
  person: 'text',
  object: 'text',
  outcome: 'text',
  body: 'text',
  salt: 'bytea',
  digest: 'bytea',
})

/** Longer arguments are cut: an audit record says what was asked, it isn't a second copy of an upload. */
const argumentsMax = 8_192

/** Buffers one audit record; it is written with the operation's commit, and for a refusal although its other writes are dropped. */
export function recordAudit(tx: Tx, entry: AuditEntry): void {
  const { id, at, operation, person, object, outcome } = entry
  const body = bodyOf(entry)
  insert(tx, {
    id,
    at,
    operation,
    person,
    object,
    outcome,
    body,
    ...salted(body),
  })
}

/** The record as JSON; what was asked goes in as the very text that was measured. */
function bodyOf(entry: AuditEntry): string {
  const told = JSON.stringify({ ...entry, arguments: undefined })
  const asked = JSON.stringify(entry.arguments, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item)) ?? 'null'
  const field = asked.length <= argumentsMax ? `"arguments":${asked}` : `"argumentsCut":${JSON.stringify(asked.slice(0, argumentsMax))}`
  return `${told.slice(0, -1)},${field}}`
}

/** Arguments with the named fields (dotted paths) shown as '•••'; the original stays as it is. */
export function redact(value: unknown, paths: readonly string[]): unknown {
  if (paths.length === 0 || typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) }
  for (const path of paths) {
    const [head = '', ...rest] = path.split('.')
    if (!Object.hasOwn(copy, head) || copy[head] === undefined || copy[head] === null) continue
    copy[head] = rest.length > 0 ? redact(copy[head], [rest.join('.')]) : '•••'
  }
  return copy
}
