import { joined, type Sql, sql } from '#kernel/db'

/** Which records are wanted; `before` is the id of the last one of the page before. */
export interface AuditFilter {
  readonly before?: string | undefined
  readonly object?: string | undefined
  readonly person?: string | undefined
  readonly operation?: string | undefined
  readonly outcome?: string | undefined
  readonly limit: number
}

/** The statement for a page of records, newest first: columns id and body (the record itself as JSON text). */
export function auditPage({ before, object, person, operation, outcome, limit }: AuditFilter): Sql {
  const conditions: Sql[] = [sql`true`]
  if (before !== undefined) conditions.push(sql`id < ${before}`)
  if (object !== undefined) conditions.push(sql`object = ${object}`)
  if (person !== undefined) conditions.push(sql`person = ${person}`)
  if (operation !== undefined) conditions.push(sql`operation = ${operation}`)
  if (outcome !== undefined) conditions.push(sql`outcome = ${outcome}`)
  return sql`select id, body from audit.record where ${joined(conditions, ' and ')} order by id desc limit ${limit}`
}
