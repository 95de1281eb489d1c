import { businessDate, type Clock, formatInstant } from '#kernel/clock'
import { type Pool, sql } from '#kernel/db'
import { newId } from '#kernel/ids'
import { type Executor, system } from '#kernel/operations'
import { nextAfter, type Schedule } from './schedule.ts'

export interface SchedulerOptions {
  readonly schedules: readonly Schedule[]
  readonly executor: Executor
  readonly pool: Pool
  readonly clock: Clock
  readonly zone: string
  readonly onError?: (error: unknown) => void
}

const pollMs = 500
const leaseSeconds = 120
const retryMs = 5_000
/** Nominal times missed while nobody ran are made up for in order; more than this in one go would be a wrong clock. */
const missedMax = 10_000

/** Fires schedules once per nominal time, whatever number of processes run and however late: the row of the nominal time is the lock. */
export class Scheduler {
  readonly #options: SchedulerOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopping = false

  constructor(options: SchedulerOptions) {
    this.#options = options
  }

  /** Schedules count from their first start: a base row for each that never fired. */
  async start(): Promise<void> {
    const { schedules, pool, clock } = this.#options
    for (const { name } of schedules) {
      await pool.execute(sql`
        insert into jobs.fire (schedule, nominal, state, ended_at) select ${name}, ${formatInstant(clock.now())}, 'done', now()
        where not exists (select 1 from jobs.fire where schedule = ${name})`)
    }
    this.#arm(0)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /** Runs everything that is due now; the first failure is thrown. */
  async runDue(): Promise<void> {
    const work = this.#running.then(() => this.#due())
    this.#running = work.catch(() => undefined)
    await work
  }

  /** The next nominal time of any schedule, in milliseconds. */
  async nextDue(): Promise<number | undefined> {
    const times = (await this.#nextOfEach()).map(({ at }) => at)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  #arm(ms: number): void {
    if (this.#stopping) return
    this.#timer = setTimeout(() => {
      void this.runDue().then(
        () => this.#arm(pollMs),
        (error: unknown) => {
          this.#options.onError?.(error)
          this.#arm(retryMs)
        },
      )
    }, ms)
  }

  async #due(): Promise<void> {
    const { clock } = this.#options
    // One that fails, or that another process has, keeps no other waiting: it is left until the next time round.
    const left = new Set<Schedule>()
    const failures: unknown[] = []
    for (let fired = 0; fired < missedMax && !this.#stopping; fired++) {
      const now = clock.now()
      const next = await this.#nextOfEach()
      const [first] = next.filter(({ schedule, at }) => at <= now && !left.has(schedule)).sort((a, b) => a.at - b.at)
      if (!first) break
      try {
        if (!(await this.#fire(first.schedule, first.at))) left.add(first.schedule)
      } catch (error) {
        left.add(first.schedule)
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }

  /** The nominal time of each schedule that follows the last one that is over and done. */
  async #nextOfEach(): Promise<readonly { readonly schedule: Schedule; readonly at: number }[]> {
    const { schedules, pool, clock, zone } = this.#options
    const found = await pool.query<{ schedule: string; nominal: string }>(sql`
      select name as schedule, last.nominal from unnest(${schedules.map(({ name }) => name)}::text[]) as s(name), lateral (
        select nominal from jobs.fire where schedule = name and state = 'done' order by nominal desc limit 1) as last`)
    const last = new Map(found.map((row) => [row.schedule, Date.parse(row.nominal)]))
    return schedules.map((schedule) => ({ schedule, at: nextAfter(schedule.when, last.get(schedule.name) ?? clock.now(), zone) }))
  }

  /** Fires one nominal time; false if another process has it. What fails is tried again when its lease has run out. */
  async #fire(schedule: Schedule, at: number): Promise<boolean> {
    const { pool, executor, clock, zone } = this.#options
    const nominal = formatInstant(at)
    const taken = await pool.query(sql`
      insert into jobs.fire (schedule, nominal, state, lease_until)
      values (${schedule.name}, ${nominal}, 'running', now() + ${leaseSeconds} * interval '1 second')
      on conflict (schedule, nominal) do update set tries = jobs.fire.tries + 1, state = 'running', lease_until = excluded.lease_until
        where jobs.fire.state = 'failed' or (jobs.fire.state = 'running' and jobs.fire.lease_until < now())
      returning nominal`)
    if (taken.length === 0) return false
    const startedAt = formatInstant(clock.now())
    const run = executor.run(system(schedule.name), newId('req'))
    try {
      await schedule.body({ run, read: (statement) => pool.query(statement), clock, nominal, on: businessDate(at, zone) })
    } catch (error) {
      await this.#end(schedule.name, nominal, { state: 'failed', startedAt, error: error instanceof Error ? error.message : String(error) })
      throw error
    }
    await this.#end(schedule.name, nominal, { state: 'done', startedAt, error: null })
    return true
  }

  async #end(name: string, nominal: string, became: { state: 'done' | 'failed'; startedAt: string; error: string | null }): Promise<void> {
    const { pool, clock } = this.#options
    const { state, startedAt, error } = became
    await pool.execute(sql`
      with ended as (
        update jobs.fire set state = ${state}, ended_at = now(), lease_until = null, error = ${error}
        where schedule = ${name} and nominal = ${nominal})
      insert into jobs.run (id, name, nominal, started_at, ended_at, outcome, error)
      values (${newId('run')}, ${name}, ${nominal}, ${startedAt}, ${formatInstant(clock.now())}, ${state}, ${error})`)
  }
}
