import { type Pool, type Sql, sql } from '#kernel/db'
import { newId } from '#kernel/ids'
import type { Session } from '#kernel/operations'

/** A claim is lost if it is not renewed for this long: its process died, another may take the job. */
export const leaseDefaultMs = 20_000

/** A job in the hands of one worker; `tries` fences it: whoever claims it later has a higher number. */
export interface Claim {
  readonly id: string
  readonly name: string
  readonly input: string
  readonly behalf: string
  readonly tries: number
}

export interface Claiming {
  readonly names: readonly string[]
  /** What the worker has under way: where it stood still for longer than a lease, it must not begin that again beside itself. */
  readonly held: readonly string[]
  readonly now: string
  readonly limit: number
  readonly leaseMs: number
}

/** Takes jobs that are due, or whose worker died, in the order they fell due; jobs of other names are left to who knows them. */
export async function claim(pool: Pool, { names, held, now, limit, leaseMs }: Claiming): Promise<readonly Claim[]> {
  return pool.query<Claim>(sql`
    update jobs.job j set state = 'running', tries = j.tries + 1, lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where j.id in (
      select id from jobs.job where name = any(${names}::text[]) and id <> all(${held}::text[]) and (
        (state = 'queued' and due_at <= ${now}) or (state = 'running' and lease_until < now()))
      order by due_at, id limit ${limit} for update skip locked)
    returning j.id, j.name, j.input, j.behalf, j.tries`)
}

/** Keeps claims alive while their work goes on; one that another worker has taken over is that one's to keep. */
export async function renew(pool: Pool, claims: readonly Claim[], leaseMs: number): Promise<void> {
  await pool.execute(sql`
    update jobs.job j set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    from unnest(${claims.map(({ id }) => id)}::text[], ${claims.map(({ tries }) => tries)}::int[]) as held(id, tries)
    where j.id = held.id and j.tries = held.tries and j.state = 'running'`)
}

/** Locks a job for its end; false if the claim was lost in between. */
export async function stillMine(session: Session, { id, tries }: Claim): Promise<boolean> {
  const found = await session.query(sql`select id from jobs.job where id = ${id} and tries = ${tries} and state = 'running' for update`)
  return found.length === 1
}

/** Writes how a try ended, with the history of the run. */
export async function conclude(session: Session, claimed: Claim, became: Became): Promise<void> {
  const { outcome, error = null, startedAt, endedAt } = became
  const state = outcome === 'retry' ? 'queued' : outcome
  const due: Sql = became.nextAt === undefined ? sql`due_at` : sql`${became.nextAt}::timestamptz`
  await session.query(sql`
    update jobs.job set state = ${state}, due_at = ${due}, error = ${error}, lease_until = null,
      ended_at = case when ${outcome} = 'retry' then null else ${endedAt}::timestamptz end where id = ${claimed.id}`)
  await session.query(sql`
    insert into jobs.run (id, name, job, started_at, ended_at, outcome, error)
    values (${newId('run')}, ${claimed.name}, ${claimed.id}, ${startedAt}, ${endedAt}, ${outcome}, ${error})`)
}

export interface Became {
  readonly outcome: 'done' | 'retry' | 'failed'
  readonly error?: string
  readonly nextAt?: string
  readonly startedAt: string
  readonly endedAt: string
}

/** When the next job of these names falls due, in milliseconds of business time; undefined if none waits. */
export async function nextDue(pool: Pool, names: readonly string[]): Promise<number | undefined> {
  const [found] = await pool.query<{ at: string | null }>(
    sql`select min(due_at) as at from jobs.job where state = 'queued' and name = any(${names}::text[])`,
  )
  return found?.at ? Date.parse(found.at) : undefined
}

/**
 * Gives back what a process held that died: its jobs and nominal times are taken up at once and not when their leases have run out. Only
 * for who knows that nobody else works on this database.
 */
export async function forgetClaims(pool: Pool): Promise<void> {
  await pool.execute(sql`update jobs.job set lease_until = '-infinity' where state = 'running'`)
  await pool.execute(sql`update jobs.fire set lease_until = '-infinity' where state = 'running'`)
}
