import { createHash } from 'node:crypto'
import type { Fields } from '#kernel/predicate'
import type { Table } from './table.ts'

/** The version of a table: SHA-256, in hex, of table and fields as JSON with sorted keys and integers as digits. */
export function hashOf(table: Table, fields: Fields): string {
  return createHash('sha256').update(canonical({ table, fields })).digest('hex')
}

// Key order is no part of a table's meaning, except that of its rows and inputs, which are lists.
function canonical(value: unknown): string {
  if (typeof value === 'bigint') return JSON.stringify(String(value))
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`
}
