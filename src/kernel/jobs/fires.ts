import { type Pool, sql } from '#kernel/db'
import { newId } from '#kernel/ids'

/** A nominal time is lost to whoever runs it if this passes without a renewal: its process died, another may take it. */
export const fireLeaseMs = 30_000
/** A nominal time that failed is tried again after so long, then after twice as long each time, up to the most. */
const retryFirstS = 5
const retryMostS = 600
const doublingsMax = 10
const errorMax = 2_000

/** A nominal time in the hands of one process; `tries` fences it: whoever takes it later has a higher number. */
export interface Fire {
  readonly schedule: string
  readonly nominal: string
  readonly tries: number
}

/** How far a schedule is: its last nominal time that is over and done, and whether the one behind it failed and rests before its next try. */
export interface Standing {
  readonly schedule: string
  readonly nominal: string
  readonly rests: boolean
}

/** Schedules count from their first start: a base row for each that never fired. What failed is tried at once by a program that starts. */
export async function beginFires(pool: Pool, names: readonly string[], now: string): Promise<void> {
  await pool.execute(sql`
    insert into jobs.fire (schedule, nominal, state, ended_at) select name, ${now}, 'done', now() from unnest(${names}::text[]) as s(name)
    where not exists (select 1 from jobs.fire where schedule = name)`)
  await pool.execute(sql`update jobs.fire set retry_at = null where state = 'failed' and schedule = any(${names}::text[])`)
}

export async function standings(pool: Pool, names: readonly string[]): Promise<readonly Standing[]> {
  return pool.query<Standing>(sql`
    select name as schedule, last.nominal, exists (
        select 1 from jobs.fire f where f.schedule = name and f.nominal > last.nominal and f.state = 'failed' and f.retry_at > now()) as rests
    from unnest(${names}::text[]) as s(name), lateral (
      select nominal from jobs.fire where schedule = name and state = 'done' order by nominal desc limit 1) as last`)
}

/** Takes a nominal time that is new, failed or left by a process that died; undefined if another has it or has done it. */
export async function takeFire(pool: Pool, { schedule, nominal }: Omit<Fire, 'tries'>, leaseMs: number): Promise<Fire | undefined> {
  const [taken] = await pool.query<{ tries: number }>(sql`
    insert into jobs.fire (schedule, nominal, state, lease_until)
    values (${schedule}, ${nominal}, 'running', now() + ${leaseMs} * interval '1 millisecond')
    on conflict (schedule, nominal) do update set tries = jobs.fire.tries + 1, state = 'running', lease_until = excluded.lease_until
      where jobs.fire.state = 'failed' or (jobs.fire.state = 'running' and jobs.fire.lease_until < now())
    returning tries`)
  return taken && { schedule, nominal, tries: taken.tries }
}

/** Keeps a nominal time while its run goes on; false if another took it over. */
export async function renewFire(pool: Pool, { schedule, nominal, tries }: Fire, leaseMs: number): Promise<boolean> {
  const renewed = await pool.execute(sql`
    update jobs.fire set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where schedule = ${schedule} and nominal = ${nominal} and tries = ${tries} and state = 'running'`)
  return renewed === 1
}

export interface FireEnd {
  readonly state: 'done' | 'failed'
  readonly startedAt: string
  readonly endedAt: string
  readonly error: string | null
}

/**
 * Writes how a run ended, with its history: failures of one nominal time are one row, which comes to the top with each. False, and
 * nothing written, if another took the nominal time over.
 */
export async function endFire(pool: Pool, { schedule, nominal, tries }: Fire, became: FireEnd): Promise<boolean> {
  const { state, startedAt, endedAt } = became
  const error = became.error?.slice(0, errorMax) ?? null
  const waitS = state === 'failed' ? Math.min(retryMostS, retryFirstS * 2 ** Math.min(tries - 1, doublingsMax)) : null
  const ended = await pool.query(sql`
    with ended as (
      update jobs.fire set state = ${state}, ended_at = now(), lease_until = null, error = ${error}, retry_at = now() + ${waitS}::int * interval '1 second'
      where schedule = ${schedule} and nominal = ${nominal} and tries = ${tries} and state = 'running' returning 1)
    insert into jobs.run (id, name, nominal, started_at, ended_at, outcome, error)
    select ${newId('run')}, ${schedule}, ${nominal}::timestamptz, ${startedAt}::timestamptz, ${endedAt}::timestamptz, ${state}, ${error} from ended
    on conflict (name, nominal, outcome) where nominal is not null do update
      set id = excluded.id, ended_at = excluded.ended_at, error = excluded.error, tries = jobs.run.tries + 1
    returning id`)
  return ended.length === 1
}
