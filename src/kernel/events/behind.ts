import { type Pool, sql } from '#kernel/db'
import { readDifference } from './difference.ts'
import type { Cursor } from './slots.ts'

interface Standing {
  readonly consumer: string
  readonly types: readonly string[]
  readonly cursors: readonly Cursor[]
}

/** Whether something of what a snapshot shows is still to be heard, or to be tried again by now. */
export async function isBehind(pool: Pool, { consumer, types, cursors }: Standing, snapshot: string): Promise<boolean> {
  for (const { seen, reading } of cursors) {
    if (reading !== null) return true
    const rows = await pool.query(readDifference({ from: seen, to: snapshot, after: 0n, types, limit: 1 }))
    if (rows.length > 0) return true
  }
  const [due] = await pool.query<{ n: number }>(
    sql`select count(*)::int as n from events.parked where consumer = ${consumer} and state = 'retrying' and next_at <= now()`,
  )
  return (due?.n ?? 0) > 0
}
