import { bindRows, rows as rowsOf, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { mayPass, type Session } from '#kernel/operations'
import type { LogRow } from './difference.ts'

// Five tries in all, the waits between them growing from 0.1 s to 10 s.
export const triesMax = 5
const waitsS = [0.1, 0.5, 2.2, 10]
const errorMax = 2_000

/** Parks an event whose reaction failed for the first time. */
export async function park(session: Session, consumer: string, row: LogRow, error: unknown): Promise<void> {
  const state = mayPass(error) ? 'retrying' : 'dead'
  await session.query(sql`
    insert into events.parked (id, consumer, key, pos, event, state, tries, next_at, fault, error)
    values (${newId('letter')}, ${consumer}, ${row.key}, ${row.pos}, ${row.id}, ${state}, 1, now() + ${waitsS[0] ?? 0} * interval '1 second', ${faultOf(error)}, ${textOf(error)})
    on conflict (consumer, event) do nothing`)
}

/** Parks events behind the one of their key that failed. */
export async function queueBehind(session: Session, consumer: string, rows: readonly LogRow[]): Promise<void> {
  if (rows.length === 0) return
  const waiting = rows.map(({ key, pos, id }) => ({ id: newId('letter'), key, pos, event: id }))
  await session.query(
    bindRows(
      sql`
    insert into events.parked (id, consumer, key, pos, event, state, tries, next_at)
    select id, ${consumer}, key, pos, event, 'waiting', 0, now() from ${rowsOf({ id: 'text', key: 'text', pos: 'bigint', event: 'text' })} x
    on conflict (consumer, event) do nothing`,
      waiting,
    ),
  )
}

/** Whether something of a key is parked, so that its later events must queue behind it. */
export async function isParked(session: Session, consumer: string, key: string): Promise<boolean> {
  return (await session.query(sql`select 1 as one from events.parked where consumer = ${consumer} and key = ${key} limit 1`)).length > 0
}

/** The head of a parked key: the event that must succeed before the key goes on. */
export interface Head extends LogRow {
  readonly letter: string
  readonly tries: number
}

/** Heads whose next try is due, locked; of each key only its first event. */
export async function dueHeads(session: Session, consumer: string, limit: number): Promise<readonly Head[]> {
  return session.query<Head>(sql`
    select p.id as letter, p.tries, e.pos, e.id, e.key, e.type, e.at, e.principal, e.body
    from events.parked p join events.event e on e.id = p.event
    where p.consumer = ${consumer} and p.state = 'retrying' and p.next_at <= now()
      and not exists (select 1 from events.parked q where q.consumer = p.consumer and q.key = p.key and q.pos < p.pos)
    order by p.pos limit ${limit} for update of p skip locked`)
}

/** Takes a head for this transaction; false if another member was faster. */
export async function takeHead(session: Session, { letter, tries }: Head): Promise<boolean> {
  const found = await session.query(
    sql`select id from events.parked where id = ${letter} and tries = ${tries} and state = 'retrying' for update`,
  )
  return found.length === 1
}

/** The head succeeded: it goes, and the next event of its key is due at once. */
export async function unpark(session: Session, consumer: string, head: Head): Promise<void> {
  await session.query(sql`delete from events.parked where id = ${head.letter}`)
  await session.query(sql`
    update events.parked set state = 'retrying', next_at = now() where id = (
      select id from events.parked where consumer = ${consumer} and key = ${head.key} order by pos limit 1) and state = 'waiting'`)
}

/** The head failed again: it waits longer, or for a person after its last try. */
export async function failedAgain(session: Session, head: Head, error: unknown): Promise<void> {
  const tries = head.tries + 1
  const dead = !mayPass(error) || tries >= triesMax
  await session.query(sql`
    update events.parked set tries = ${tries}, state = ${dead ? 'dead' : 'retrying'}, fault = ${faultOf(error)}, error = ${textOf(error)},
      next_at = now() + ${waitsS[Math.min(tries, waitsS.length) - 1] ?? 0} * interval '1 second'
    where id = ${head.letter}`)
}

function faultOf(error: unknown): string | null {
  return error instanceof Fault ? error.code : null
}

function textOf(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, errorMax)
}
