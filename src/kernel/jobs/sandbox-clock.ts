import { businessDate, type Clock, formatInstant, HOME_ZONE } from '#kernel/clock'
import { type Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'

const microsPerMs = 1000

/** How a database that has no sandbox clock yet begins. */
export interface SandboxStart {
  readonly at: number
  /** It stands still until it is moved or set running: for a story told day by day, however long each takes to tell. */
  readonly stands?: boolean
}

interface Kept {
  readonly shift_ms: bigint
  readonly stands_at: string | null
}

/**
 * Business time at a distance from machine time: runs on like a clock, and can be moved forward. A standing one keeps its instant
 * through a restart too, so that what was interrupted goes on at the moment at which it stopped.
 */
export class SandboxClock implements Clock {
  readonly #machine: Clock
  readonly #pool: Pool
  #shiftMs: number
  #standsAt: number | undefined
  #lastMicros = 0

  private constructor(machine: Clock, pool: Pool, kept: { readonly shiftMs: number; readonly standsAt: number | undefined }) {
    this.#machine = machine
    this.#pool = pool
    this.#shiftMs = kept.shiftMs
    this.#standsAt = kept.standsAt
  }

  /** As it was last left; the first time at an instant, running unless said otherwise. */
  static async resume(machine: Clock, pool: Pool, start: number | SandboxStart): Promise<SandboxClock> {
    const { at, stands = false } = typeof start === 'number' ? { at: start } : start
    const [kept] = await pool.query<Kept>(sql`select shift_ms, stands_at from jobs.clock`)
    const shiftMs = kept ? Number(kept.shift_ms) : at - machine.now()
    const standing = kept ? kept.stands_at : stands ? formatInstant(at) : null
    const clock = new SandboxClock(machine, pool, { shiftMs, standsAt: standing === null ? undefined : Date.parse(standing) })
    if (!kept) await clock.#keep({ shiftMs, standsAt: clock.#standsAt })
    return clock
  }

  /** Whether this database has a sandbox clock. */
  static async isKept(pool: Pool): Promise<boolean> {
    return (await pool.query(sql`select id from jobs.clock`)).length > 0
  }

  get stands(): boolean {
    return this.#standsAt !== undefined
  }

  now(): number {
    return this.#standsAt ?? this.#machine.now() + this.#shiftMs
  }

  micros(): number {
    const now = this.#standsAt === undefined ? this.#machine.micros() + this.#shiftMs * microsPerMs : this.#standsAt * microsPerMs
    return (this.#lastMicros = Math.max(now, this.#lastMicros + 1))
  }

  today(zone: string = HOME_ZONE): string {
    return businessDate(this.now(), zone)
  }

  /** Moves to an instant that is not before now; kept before anything is done at the new time, so that time never goes back. */
  async moveTo(ms: number): Promise<void> {
    if (ms < this.now()) throw new Fault('jobs.clock_backward', { now: formatInstant(this.now()), to: formatInstant(ms) })
    await this.#keep({ shiftMs: ms - this.#machine.now(), standsAt: this.#standsAt === undefined ? undefined : ms })
  }

  /** From now on it runs with machine time, from where it stands. */
  async setRunning(): Promise<void> {
    await this.#keep({ shiftMs: this.now() - this.#machine.now(), standsAt: undefined })
  }

  /** Kept first: what could not be kept has not happened, or a restart would go back. */
  async #keep({ shiftMs, standsAt }: { readonly shiftMs: number; readonly standsAt: number | undefined }): Promise<void> {
    const stands = standsAt === undefined ? null : formatInstant(standsAt)
    await this.#pool.execute(sql`
      insert into jobs.clock (id, shift_ms, stands_at) values (true, ${shiftMs}, ${stands})
      on conflict (id) do update set shift_ms = excluded.shift_ms, stands_at = excluded.stands_at`)
    this.#shiftMs = shiftMs
    this.#standsAt = standsAt
  }
}
