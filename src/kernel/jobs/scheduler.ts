import { businessDate, type Clock, formatInstant } from '#kernel/clock'
import type { Pool } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { type Executor, type FreeSql, type Run, system } from '#kernel/operations'
import { beginFires, endFire, type Fire, fireLeaseMs, renewFire, standings, takeFire } from './fires.ts'
import { Hold } from './hold.ts'
import { nextAfter, type Schedule } from './schedule.ts'

export interface SchedulerOptions {
  readonly schedules: readonly Schedule[]
  readonly executor: Executor
  readonly pool: Pool
  readonly clock: Clock
  readonly zone: string
  /** Told of each run that failed, and of a database that cannot be asked. */
  readonly onError?: (error: unknown) => void
  /** A run is renewed at a third of this and taken over after it; 30 s unless said. */
  readonly leaseMs?: number
}

const pollMs = 500
const troubleMs = 5_000
/** Nominal times missed while nobody ran are made up for in order; more than this in one go would be a wrong clock. */
const missedMax = 10_000

/** A run of a schedule failed: which one, for which nominal time, and why (`cause`). */
export class ScheduleFailed extends Error {
  override readonly name = 'ScheduleFailed'
  readonly schedule: string
  readonly nominal: string

  constructor({ schedule, nominal }: Fire, cause: unknown) {
    super(`${schedule} of ${nominal}: ${textOf(cause)}`, { cause })
    this.schedule = schedule
    this.nominal = nominal
  }
}

interface Next {
  readonly schedule: Schedule
  readonly at: number
  readonly rests: boolean
}

/** Fires schedules once per nominal time, whatever number of processes run and however late: the row of the nominal time is the lock. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #leaseMs: number
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #stopping = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#leaseMs = options.leaseMs ?? fireLeaseMs
  }

  /** Schedules count from their first start. */
  async start(): Promise<void> {
    const { pool, clock } = this.#options
    await beginFires(pool, this.#names, formatInstant(clock.now()))
    this.#arm(0)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /**
   * Runs everything that is due now, with `insist` also what failed a moment ago and rests. The first failure is thrown (ScheduleFailed)
   * after the others have run; a scheduler that is ending throws operations.draining.
   */
  async runDue({ insist = false }: { readonly insist?: boolean } = {}): Promise<void> {
    const work = this.#running.then(() => this.#due(insist))
    this.#running = work.catch(() => undefined)
    await work
  }

  /** The next nominal time of any schedule, in milliseconds. */
  async nextDue(): Promise<number | undefined> {
    const times = (await this.#nextOfEach()).map(({ at }) => at)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  get #names(): readonly string[] {
    return this.#options.schedules.map(({ name }) => name)
  }

  #arm(ms: number): void {
    if (this.#stopping) return
    this.#timer = setTimeout(() => {
      void this.runDue().then(
        () => this.#arm(pollMs),
        (error: unknown) => {
          // What failed rests by itself, and was told of; anything else is trouble with the database.
          const failed = error instanceof ScheduleFailed
          if (!failed && !this.#stopping) this.#options.onError?.(error)
          this.#arm(failed ? pollMs : troubleMs)
        },
      )
    }, ms)
  }

  async #due(insist: boolean): Promise<void> {
    const { clock, onError } = this.#options
    // One that fails, or that another process has, keeps no other waiting: it is left until the next time round.
    const left = new Set<Schedule>()
    let failure: unknown
    for (let fired = 0; fired < missedMax; fired++) {
      const now = clock.now()
      const due = (await this.#nextOfEach()).filter(({ schedule, at, rests }) => at <= now && (insist || !rests) && !left.has(schedule))
      const [first] = due.sort((a, b) => a.at - b.at)
      if (!first) break
      if (this.#stopping) throw new Fault('operations.draining')
      try {
        if (!(await this.#fire(first.schedule, first.at))) left.add(first.schedule)
      } catch (error) {
        if (!(error instanceof ScheduleFailed)) throw error
        left.add(first.schedule)
        onError?.(error)
        failure ??= error
      }
    }
    if (failure !== undefined) throw failure
  }

  /** The nominal time of each schedule that follows the last one that is over and done. */
  async #nextOfEach(): Promise<readonly Next[]> {
    const { schedules, pool, clock, zone } = this.#options
    const found = new Map((await standings(pool, this.#names)).map((row) => [row.schedule, row]))
    return schedules.map((schedule) => {
      const standing = found.get(schedule.name)
      const last = standing ? Date.parse(standing.nominal) : clock.now()
      return { schedule, at: nextAfter(schedule.when, last, zone), rests: standing?.rests ?? false }
    })
  }

  /** Fires one nominal time; false if another process has it, or took it over. */
  async #fire(schedule: Schedule, at: number): Promise<boolean> {
    const { pool, clock, zone } = this.#options
    const fire = await takeFire(pool, { schedule: schedule.name, nominal: formatInstant(at) }, this.#leaseMs)
    if (!fire) return false
    const startedAt = formatInstant(clock.now())
    const hold = new Hold(() => renewFire(pool, fire, this.#leaseMs), this.#leaseMs)
    const end = (state: 'done' | 'failed', error: string | null): Promise<boolean> =>
      endFire(pool, fire, { state, startedAt, endedAt: formatInstant(clock.now()), error })
    try {
      const { nominal } = fire
      const read: FreeSql = (statement) => pool.query(statement)
      await schedule.body({ run: this.#runHeld(schedule, hold), read, clock, nominal, on: businessDate(at, zone) })
    } catch (error) {
      await end('failed', textOf(error))
      throw new ScheduleFailed(fire, error)
    } finally {
      hold.end()
    }
    return end('done', null)
  }

  /** Operations of a run, as long as the nominal time is still its own. */
  #runHeld(schedule: Schedule, hold: Hold): Run {
    const run = this.#options.executor.run(system(schedule.name), newId('req'))
    return async (operation, input, options) => {
      if (!(await hold.holds())) throw new Error('its lease had run out and another process took the nominal time over')
      return run(operation, input, options)
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
