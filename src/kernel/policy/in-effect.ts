import { isDate } from '#kernel/predicate'
import { PolicyError } from './policy-error.ts'
import type { Table } from './table.ts'

/**
 * The version of a table that is in effect on a day (ISO): of those whose period holds it the one that started last, and
 * of two that started together the later in the list. Null where none is.
 */
export function tableInEffect(versions: readonly Table[], day: string): Table | null {
  if (!isDate(day)) throw new PolicyError(`${day} is no day of the calendar`)
  let best: Table | null = null
  for (const table of versions) {
    const isOver = table.to !== undefined && table.to <= day
    if (isOver || (table.from ?? '') > day) continue
    if (best === null || (table.from ?? '') >= (best.from ?? '')) best = table
  }
  return best
}
