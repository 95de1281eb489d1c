/** A row as its table has it; `differs`: columns and entries that say otherwise than the body. */
export interface SealedRow {
  readonly id: string
  readonly body: string
  readonly salt: Buffer
  readonly digest: Buffer
  readonly differs: Record<string, unknown>
}

/**
 * A row's line in an export: seq (or `"stray"`, `"fresh"`), id, digest, salt, `row` only where the table says otherwise than the body, and
 * last the body: its very bytes, for they were hashed. A body that is no JSON on one line (ours always is) stands as a string in `text`.
 */
export function rowLine(seq: bigint | 'stray' | 'fresh', { id, body, salt, digest, differs }: SealedRow): string {
  const row =
    Object.keys(differs).length > 0
      ? `,"row":${JSON.stringify(differs, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`
      : ''
  const told = isJsonLine(body) ? `"body":${body}` : `"text":${JSON.stringify(body)}`
  const place = typeof seq === 'bigint' ? String(seq) : JSON.stringify(seq)
  return `{"seq":${place},"id":${JSON.stringify(id)},"digest":"${digest.toString('hex')}","salt":"${salt.toString('hex')}"${row},${told}}`
}

function isJsonLine(body: string): boolean {
  if (!body.startsWith('{') || !body.endsWith('}') || body.includes('\n')) return false
  try {
    JSON.parse(body)
    return true
  } catch {
    return false
  }
}

/** The object that a body holds; without fields if it holds none. */
export function parsed(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
