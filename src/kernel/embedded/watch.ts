import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart, messageOf } from '#kernel/db'
import type { Connection } from '#kernel/db'
import type { Held, Say } from './hold.ts'
import { hold, locked } from './hold.ts'
import type { Place } from './place.ts'
import { isAlive } from './alive.ts'
import { stopPostmaster } from './postmaster.ts'

const watch_ms = 100
const restartsMax = 5
const restartsWithin_ms = 60_000
const restartPause_ms = 250

/** Looks after a PostgreSQL that we hold: starts it again when it dies, and ends it in order when asked. */
export class Watch {
  readonly #place: Place
  readonly #say: Say
  readonly #onGone: (error: Error) => void
  readonly #timer: NodeJS.Timeout
  readonly #deaths: number[] = []
  #held: Held
  #restarting: Promise<void> | undefined
  #stopped: Promise<void> | undefined

  constructor(place: Place, held: Held, tell: { readonly say: Say; readonly onGone: (error: Error) => void }) {
    this.#place = place
    this.#held = held
    this.#say = tell.say
    this.#onGone = tell.onGone
    this.#timer = setInterval(() => this.#look(), watch_ms)
    this.#timer.unref()
  }

  get pid(): number {
    return this.#held.pid
  }

  /** The superuser's session that holds the folder; another after each restart. */
  get session(): Connection {
    return this.#held.session
  }

  async stop(): Promise<void> {
    this.#stopped ??= this.#end()
    await this.#stopped
  }

  async #end(): Promise<void> {
    clearInterval(this.#timer)
    await this.#restarting
    await this.#held.session.close()
    await stopPostmaster(this.#held.pid)
  }

  #look(): void {
    if (this.#restarting !== undefined) return
    const alive = isAlive(this.#held.pid)
    if (alive && this.#held.session.usable) return
    this.#restarting = (alive ? this.#lockAgain() : this.#restart()).then(
      () => (this.#restarting = undefined),
      (error: unknown) => {
        clearInterval(this.#timer)
        this.#onGone(error instanceof Error ? error : new Error(messageOf(error)))
      },
    )
  }

  /** PostgreSQL ended its sessions and went on (one of its processes crashed, or was ended): without the lock another program could take the folder. */
  async #lockAgain(): Promise<void> {
    const { pid, session } = this.#held
    await session.close()
    try {
      this.#held = await locked(this.#place, pid)
    } catch (error) {
      if (error instanceof CannotStart) throw error
      // It is not ready yet, or it is gone: the next look tells.
    }
  }

  async #restart(): Promise<void> {
    await this.#held.session.close()
    let last: unknown
    for (;;) {
      const now = performance.now()
      this.#deaths.push(now)
      if (this.#deaths.filter((at) => at > now - restartsWithin_ms).length > restartsMax) {
        throw new CannotStart(
          `PostgreSQL died ${restartsMax} times within a minute. Its log is ${this.#place.log}. ${messageOf(last ?? '')}`,
        )
      }
      if (this.#stopped) return
      try {
        this.#held = await hold(this.#place, this.#say)
        this.#say(`PostgreSQL had ended unexpectedly; it runs again (process ${this.#held.pid}).`)
        return
      } catch (error) {
        last = error
      }
      await sleep(restartPause_ms)
    }
  }
}
