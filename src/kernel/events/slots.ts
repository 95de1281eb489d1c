import { hash } from 'node:crypto'
import { type Pool, sql } from '#kernel/db'
import type { Session } from '#kernel/operations'

/** Keys are spread over this many slots; a consumer's members lease slots, so one key is always with one member. */
export const slotCount = 16
const leaseSeconds = 10

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
    insert into events.slot (consumer, slot, seen)
    select ${consumer}, slot, pg_current_snapshot()::text from generate_series(0, ${slotCount - 1}::int) as s(slot)
    on conflict do nothing`)
}

/** Leases the member's share of slots: keeps its own, takes free and abandoned ones, gives back what is over its share. */
export async function leaseSlots(session: Session, consumer: string, owner: string): Promise<readonly Slot[]> {
  await session.query(sql`
    insert into events.member (consumer, owner, seen_at) values (${consumer}, ${owner}, now())
    on conflict (consumer, owner) do update set seen_at = excluded.seen_at`)
  await session.query(
    sql`delete from events.member where consumer = ${consumer} and seen_at < now() - ${leaseSeconds} * interval '1 second'`,
  )
  const [members] = await session.query<{ n: number }>(sql`select count(*)::int as n from events.member where consumer = ${consumer}`)
  const share = Math.ceil(slotCount / Math.max(1, members?.n ?? 1))
  return session.query<Slot>(sql`
    with wanted as (
      select slot, owner is not distinct from ${owner} as mine from events.slot
      where consumer = ${consumer} and (owner is null or owner = ${owner} or lease_until < now())
      order by mine desc, slot for update skip locked),
    kept as (select slot, mine, row_number() over (order by mine desc, slot) <= ${share} as keep from wanted),
    changed as (
      update events.slot s set owner = case when k.keep then ${owner} end, epoch = s.epoch + case when k.mine and k.keep then 0 else 1 end,
        lease_until = case when k.keep then now() + ${leaseSeconds} * interval '1 second' else '-infinity' end
      from kept k where s.consumer = ${consumer} and s.slot = k.slot and (k.keep or k.mine)
      returning s.slot, s.seen, s.reading, s.pos, s.epoch, k.keep)
    select slot, seen, reading, pos, epoch from changed where keep order by slot`)
}

/** Writes how far slots have read, with the effects of what was read; throws Fenced if another member has them now. */
export async function advance(session: Session, consumer: string, slots: readonly Slot[], to: Cursor): Promise<void> {
  const moved = await session.query(sql`
    update events.slot s set seen = ${to.seen}, reading = ${to.reading}, pos = ${to.pos}
    from unnest(${slots.map((one) => one.slot)}::int[], ${slots.map((one) => one.epoch)}::bigint[]) as held(slot, epoch)
    where s.consumer = ${consumer} and s.slot = held.slot and s.epoch = held.epoch returning s.slot`)
  if (moved.length !== slots.length) throw new Fenced(`${consumer}: another member holds ${slots.length - moved.length} of the slots`)
}

/** Gives a member's slots back as it ends, so that the others, or its successor, read on at once. */
export async function leaveSlots(session: Session, consumer: string, owner: string): Promise<void> {
  await session.query(sql`delete from events.member where consumer = ${consumer} and owner = ${owner}`)
  await session.query(sql`
    update events.slot set owner = null, lease_until = '-infinity', epoch = epoch + 1 where consumer = ${consumer} and owner = ${owner}`)
}

/** Frees the slots of members that died, so that their keys are read on at once. Only for who knows that nobody else works on this database. */
export async function forgetMembers(pool: Pool): Promise<void> {
  await pool.execute(sql`delete from events.member`)
  await pool.execute(sql`update events.slot set owner = null, lease_until = '-infinity' where owner is not null`)
}
