import { hash } from 'node:crypto'
import { Outage, type Pool, type Sql, sql, sqlState } from '#kernel/db'
import type { Session } from '#kernel/operations'

/** Keys are spread over this many slots, each a bit of an integer; a consumer's members lease slots, so one key is always with one member. */
export const slotCount = 16
const leaseSeconds = 10
const notNullViolation = '23502'

/** How far a set of slots has read: the snapshot behind it, the one it reads towards, and the position in between. */
export interface Cursor {
  readonly seen: string
  readonly reading: string | null
  readonly pos: bigint
}

export interface Slot extends Cursor {
  readonly slot: number
  readonly epoch: bigint
}

/** The slot of a key: the same in every process. */
export function slotOf(key: string): number {
  return hash('sha256', key, 'buffer').readUInt32BE(0) % slotCount
}

/** Another member took over slots that this one believed to hold: what it was doing must not commit. */
export class Fenced extends Error {
  override readonly name = 'Fenced'
}

/** Makes a consumer's slots on its first start; it reads from then on. */
export async function makeSlots(session: Session, consumer: string): Promise<void> {
  await session.query(sql`
    with made as (
      insert into events.slot (consumer, slot) select ${consumer}, slot from generate_series(0, ${slotCount - 1}::int) as s(slot)
      on conflict do nothing returning slot)
    insert into events.progress (consumer, slots, seen, pos)
    select ${consumer}, bit_or(1 << slot), pg_current_snapshot()::text, 0 from made having count(*) > 0`)
}

/** Members change hands of slots one at a time, and while nobody moves a cursor. */
const alone = (consumer: string): Sql => sql`select pg_advisory_xact_lock(hashtextextended(${`events.slots ${consumer}`}, 0))`
const together = (consumer: string): Sql => sql`select pg_advisory_xact_lock_shared(hashtextextended(${`events.slots ${consumer}`}, 0))`

interface Leased {
  readonly slots: readonly Slot[]
  /** The row of progress before which no slot stands. */
  readonly oldest: bigint
}

/**
 * Shows the member and gives it its share of slots: it keeps its own, takes free and abandoned ones, gives back what is over. All in one
 * round trip, for events that arrive meanwhile wait for it; a slot that stays with its member is not written. Progress from `oldest` on
 * that no slot stands at any more is forgotten.
 */
export async function leaseSlots(
  session: Session,
  { consumer, owner, oldest }: { consumer: string; owner: string; oldest: bigint },
): Promise<Leased> {
  const shown: Promise<unknown>[] = [
    session.query(alone(consumer)),
    session.query(sql`
      insert into events.member (consumer, owner, seen_at) values (${consumer}, ${owner}, now())
      on conflict (consumer, owner) do update set seen_at = excluded.seen_at`),
    session.query(sql`delete from events.member where consumer = ${consumer} and seen_at < now() - ${leaseSeconds} * interval '1 second'`),
    session.query(sql`
      with share as (select ceil(${slotCount}::int / greatest(1.0, count(*))) as most from events.member where consumer = ${consumer}),
      wanted as (
        select s.slot, s.owner is not distinct from ${owner} as mine, row_number() over (order by s.owner is not distinct from ${owner} desc, s.slot) as place
        from events.slot s left join events.member m on m.consumer = s.consumer and m.owner = s.owner
        where s.consumer = ${consumer} and (m.owner is null or m.owner = ${owner}))
      update events.slot s set owner = case when place <= most then ${owner} end, epoch = s.epoch + 1
      from wanted, share where s.consumer = ${consumer} and s.slot = wanted.slot and mine <> (place <= most)`),
  ]
  const standing = session.query<Slot & { owner: string | null; n: bigint }>(sql`
    select s.slot, s.epoch, s.owner, p.seen, p.reading, p.pos, p.n from events.slot s, lateral (
      select n, seen, reading, pos from events.progress
      where consumer = s.consumer and slots & (1 << s.slot) <> 0 order by n desc limit 1) p
    where s.consumer = ${consumer} order by s.slot`)
  // All are waited for together: whichever is refused, the others' refusals are heard too.
  const [slots] = await Promise.all([standing, ...shown])
  const least = slots.reduce((least, { n }) => (n < least ? n : least), slots[0]?.n ?? oldest)
  session.atEnd(sql`delete from events.progress where consumer = ${consumer} and n >= ${oldest} and n < ${least}`)
  return { slots: slots.filter((slot) => slot.owner === owner), oldest: least }
}

/**
 * Writes how far slots have read, with the effects of what was read, in the round trip of the commit. If another member has one of them
 * now, PostgreSQL refuses it and all that stood with it (isFenced): progress has slots, and this would be without.
 */
export function advance(consumer: string, slots: readonly Slot[], { seen, reading, pos }: Cursor): readonly Sql[] {
  const held = slots.reduce((mask, { slot }) => mask | (1 << slot), 0)
  return [
    together(consumer),
    sql`
      insert into events.progress (consumer, slots, seen, reading, pos)
      select ${consumer}, case when count(*) = ${slots.length}::int then ${held}::int end, ${seen}, ${reading}, ${pos}
      from unnest(${slots.map((one) => one.slot)}::int[], ${slots.map((one) => one.epoch)}::bigint[]) as held(slot, epoch)
      join events.slot s on s.consumer = ${consumer} and s.slot = held.slot and s.epoch = held.epoch`,
  ]
}

/** Whether PostgreSQL refused a transaction because another member took over a slot. */
export function isFenced(error: unknown): boolean {
  const { table, column } = error as { readonly table?: unknown; readonly column?: unknown }
  return sqlState(error) === notNullViolation && table === 'progress' && column === 'slots'
}

/** Shows a member that is busy: what it does takes longer than a lease, and another that took over would begin the same again. */
export async function showMember(pool: Pool, consumer: string, owner: string): Promise<void> {
  await pool.execute(sql`update events.member set seen_at = now() where consumer = ${consumer} and owner = ${owner}`)
}

/** Whether what was sent may have been committed, or may still be: unless the slots' epoch goes on, it could be done twice. */
export function isUnsure(error: unknown): boolean {
  return error instanceof Outage && error.reason === 'commit_unknown'
}

/** Gives a member's slots back as it ends, so that the others, or its successor, read on at once. */
export async function leaveSlots(session: Session, consumer: string, owner: string): Promise<void> {
  await session.query(alone(consumer))
  await session.query(sql`delete from events.member where consumer = ${consumer} and owner = ${owner}`)
  await session.query(sql`update events.slot set owner = null, epoch = epoch + 1 where consumer = ${consumer} and owner = ${owner}`)
}

/** Frees the slots of members that died, so that their keys are read on at once. Only for who knows that nobody else works on this database. */
export async function forgetMembers(pool: Pool): Promise<void> {
  await pool.execute(sql`delete from events.member`)
  await pool.execute(sql`update events.slot set owner = null, epoch = epoch + 1 where owner is not null`)
}
