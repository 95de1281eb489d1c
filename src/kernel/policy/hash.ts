import { createHash } from 'node:crypto'
import { type CheckedRow, checkTable, type Table } from './table.ts'

/**
 * The version of a table: SHA-256, in hex, of its settled form as JSON with sorted keys and integers as digits. How a table
 * was written (money as digits or bigint, `-` or nothing, ids given or counted) makes no difference, nor does what else its object holds.
 */
export function hashOf(table: Table): string {
  const { name, hit, inputs, outputs, from, to, domain } = table
  const rows = checkTable(table).map(settled)
  return createHash('sha256').update(canonical({ name, hit, inputs, outputs, from, to, domain, rows })).digest('hex')
}

function settled({ id, when, outcome, from, to }: CheckedRow): Readonly<Record<keyof CheckedRow, unknown>> {
  const cells = Object.entries(when).map(([input, cell]) => [input, cell.trim()] as const)
  return { id, when: Object.fromEntries(cells.filter(([, cell]) => cell !== '' && cell !== '-')), outcome, from, to }
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
