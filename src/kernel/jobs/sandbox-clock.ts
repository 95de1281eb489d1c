import { businessDate, type Clock, formatInstant, HOME_ZONE } from '#kernel/clock'
import { type Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'

/** Business time at a distance from machine time: runs on like a clock, and can be moved forward. */
export class SandboxClock implements Clock {
  readonly #machine: Clock
  readonly #pool: Pool
  #shiftMs: number

  private constructor(machine: Clock, pool: Pool, shiftMs: number) {
    this.#machine = machine
    this.#pool = pool
    this.#shiftMs = shiftMs
  }

  /** As far from machine time as it was last left, or starting at an instant the first time. */
  static async resume(machine: Clock, pool: Pool, startAt: number): Promise<SandboxClock> {
    const [kept] = await pool.query<{ shift_ms: bigint }>(sql`select shift_ms from jobs.clock`)
    const clock = new SandboxClock(machine, pool, kept ? Number(kept.shift_ms) : startAt - machine.now())
    if (!kept) await clock.#keep()
    return clock
  }

  /** Whether this database has a sandbox clock. */
  static async isKept(pool: Pool): Promise<boolean> {
    return (await pool.query(sql`select id from jobs.clock`)).length > 0
  }

  now(): number {
    return this.#machine.now() + this.#shiftMs
  }

  micros(): number {
    return this.#machine.micros() + this.#shiftMs * 1000
  }

  today(zone: string = HOME_ZONE): string {
    return businessDate(this.now(), zone)
  }

  /** Moves to an instant that is not before now; kept before anything is done at the new time, so that time never goes back. */
  async moveTo(ms: number): Promise<void> {
    if (ms < this.now()) throw new Fault('jobs.clock_backward', { now: formatInstant(this.now()), to: formatInstant(ms) })
    this.#shiftMs = ms - this.#machine.now()
    await this.#keep()
  }

  async #keep(): Promise<void> {
    await this.#pool.execute(sql`
      insert into jobs.clock (id, shift_ms) values (true, ${this.#shiftMs}) on conflict (id) do update set shift_ms = excluded.shift_ms`)
  }
}
