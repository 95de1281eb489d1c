import { type Clock, formatInstant } from '#kernel/clock'
import type { Pool } from '#kernel/db'
import { type Executor, mayPass, type Step, system } from '#kernel/operations'
import { span } from '#kernel/telemetry'
import type { Wrote } from '#kernel/tx'
import { claim, type Claim, conclude, leaseDefaultMs, nextDue, renew, stillMine } from './claims.ts'
import { askedForJobs, type Job } from './job.ts'
import { WorkPool } from './work-pool.ts'

export interface WorkerOptions {
  readonly jobs: readonly Job[]
  readonly executor: Executor
  readonly pool: Pool
  readonly clock: Clock
  readonly onError?: (error: unknown) => void
  /** A claim is renewed at a third of this and taken over after it; 20 s unless said. */
  readonly leaseMs?: number
}

const claimMax = 32
/** How often a worker looks for what others left it: jobs asked for by another process, leases of one that died. */
const pollMs = 1_000
const troubleMs = 500
const renewalsALease = 3
const attemptsDefault = 3
const backoffDefaultS = 2
const backoffMostS = 3_600
/** Tries that ended with their process count beside `attempts`: past so many the job is what ends it. */
const lostMax = 10
const timeoutDefaultMs = 30_000
const errorMax = 2_000

interface Held {
  readonly claimed: Claim
  readonly ended: Promise<void>
}

/** Claims jobs that are due and does them: work outside, effects in the transaction that ends the job. */
export class Worker {
  readonly #options: WorkerOptions
  readonly #byName: ReadonlyMap<string, Job>
  readonly #shared = new WorkPool({ core: 8, queue: 64, max: 16 })
  readonly #leaseMs: number
  /** What is under way, by the job's id. */
  readonly #held = new Map<string, Held>()
  #stopping = false
  #woken = false
  #signal: (() => void) | undefined
  #loop: Promise<void> | undefined
  #renewal: NodeJS.Timeout | undefined
  #turning: Promise<unknown> = Promise.resolve()

  constructor(options: WorkerOptions) {
    this.#options = options
    this.#byName = new Map(options.jobs.map((job) => [job.name, job]))
    this.#leaseMs = options.leaseMs ?? leaseDefaultMs
  }

  start(): void {
    this.#loop = this.#run()
  }

  /** Something may be due: called after commits of this process, with what they wrote if that is known. */
  wake(wrote?: Wrote): void {
    if (wrote !== undefined && !askedForJobs(wrote)) return
    this.#woken = true
    this.#signal?.()
  }

  /** Claims no more and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.wake()
    await this.#loop
    while (this.#held.size > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  /** Does everything that is due now, and resolves when it is done: whether there was anything. */
  async runDue(): Promise<boolean> {
    for (let worked = false; ; worked = true) {
      const claimed = await this.#turn()
      if (claimed === 0 && this.#held.size === 0) return worked
      // What is under way may ask for more; until one of it ends there is nothing new to claim.
      if (claimed === 0) await Promise.race([...this.#held.values()].map(({ ended }) => ended))
    }
  }

  /** When the next job falls due, in milliseconds of business time. */
  nextDue(): Promise<number | undefined> {
    return nextDue(this.#options.pool, [...this.#byName.keys()])
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      let pause = 0
      try {
        this.#woken = false
        if ((await this.#turn()) === 0) pause = await this.#untilDue()
      } catch (error) {
        this.#options.onError?.(error)
        pause = troubleMs
      }
      if (pause > 0 && !this.#woken && !this.#stopping) await this.#wait(pause)
    }
  }

  /** Milliseconds until the next job falls due, or somebody else may have left one. */
  async #untilDue(): Promise<number> {
    const at = (await this.nextDue()) ?? Infinity
    return Math.min(pollMs, Math.max(1, at - this.#options.clock.now()))
  }

  async #wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#signal = resolve
    await promise
    clearTimeout(timer)
    this.#signal = undefined
  }

  /** One turn at a time: what another turn is about to claim is held when this one looks. */
  #turn(): Promise<number> {
    const turn = this.#turning.then(() => this.#claim())
    this.#turning = turn.catch(() => undefined)
    return turn
  }

  async #claim(): Promise<number> {
    if (this.#byName.size === 0) return 0
    const { pool, clock } = this.#options
    const [names, held] = [[...this.#byName.keys()], [...this.#held.keys()]]
    const claims = await claim(pool, { names, held, now: formatInstant(clock.now()), limit: claimMax, leaseMs: this.#leaseMs })
    const tasks = claims.map((one) => this.#hold(one))
    for (const [at, { name }] of claims.entries()) {
      const task = tasks[at] as () => Promise<void>
      const pool = this.#byName.get(name)?.spec.pool ?? this.#shared
      // No room in the pool: the claimer does it itself, and so claims nothing meanwhile.
      if (!pool.offer(task)) await task()
    }
    return claims.length
  }

  /** Holds a claim, renewed, until the task is done that is to do it. */
  #hold(claimed: Claim): () => Promise<void> {
    const { promise: ended, resolve } = Promise.withResolvers<void>()
    this.#held.set(claimed.id, { claimed, ended })
    this.#renewal ??= setInterval(() => void this.#renew(), this.#leaseMs / renewalsALease)
    return async () => {
      await this.#perform(this.#byName.get(claimed.name) as Job, claimed)
      this.#held.delete(claimed.id)
      resolve()
      if (this.#held.size > 0) return
      clearInterval(this.#renewal)
      this.#renewal = undefined
    }
  }

  async #renew(): Promise<void> {
    const held = [...this.#held.values()].map(({ claimed }) => claimed)
    await renew(this.#options.pool, held, this.#leaseMs).catch((error: unknown) => this.#options.onError?.(error))
  }

  async #perform(job: Job, claimed: Claim): Promise<void> {
    const startedAt = formatInstant(this.#options.clock.now())
    try {
      let input: unknown
      try {
        input = job.spec.input.parse(JSON.parse(claimed.input))
        const tries = claimed.tries - 1
        if (tries >= attemptsOf(job) + lostMax)
          throw new Error(`of ${tries} tries not even the failure could be written: the worker ends over it`)
        const attributes = { 'holdfast.job_id': claimed.id, 'holdfast.attempt': String(claimed.tries) }
        const result = await span({ name: job.name, attributes }, () => this.#work(job, claimed, input))
        await this.#end(claimed, startedAt, {
          principal: system(job.name, claimed.behalf),
          body: (context) => job.body.done(context, input, result),
        })
      } catch (error) {
        await this.#failed(job, claimed, { input, error, startedAt })
      }
    } catch (error) {
      // Not even its failure could be written: the lease runs out and it is tried again.
      this.#options.onError?.(error)
    }
  }

  async #work(job: Job, { tries }: Claim, input: unknown): Promise<unknown> {
    const { pool, clock } = this.#options
    const signal = AbortSignal.timeout(job.spec.timeoutMs ?? timeoutDefaultMs)
    const late = Promise.withResolvers<never>()
    const giveUp = (): void => late.reject(signal.reason)
    signal.addEventListener('abort', giveUp)
    try {
      const work = job.body.work({ read: (statement) => pool.query(statement), clock, signal, attempt: tries }, input)
      return await Promise.race([work, late.promise])
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  async #end(claimed: Claim, startedAt: string, step: Step<void>): Promise<void> {
    const { executor, clock } = this.#options
    await executor.transaction(async (session) => {
      if (!(await stillMine(session, claimed))) return
      const [outcome] = await session.together([[step]])
      if (outcome && 'refused' in outcome) throw outcome.refused
      await conclude(session, claimed, { outcome: 'done', startedAt, endedAt: formatInstant(clock.now()) })
    })
  }

  async #failed(
    job: Job,
    claimed: Claim,
    { input, error, startedAt }: { input: unknown; error: unknown; startedAt: string },
  ): Promise<void> {
    const { executor, clock } = this.#options
    const { backoffS = backoffDefaultS } = job.spec
    const text = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, errorMax)
    const endedAt = formatInstant(clock.now())
    // A refusal will be refused again; anything else may pass.
    const final = !mayPass(error) || claimed.tries >= attemptsOf(job)
    const waitS = Math.min(backoffS * 2 ** (claimed.tries - 1), Math.max(backoffS, backoffMostS))
    const nextAt = formatInstant(clock.now() + waitS * 1000)
    await executor.transaction(async (session) => {
      if (!(await stillMine(session, claimed))) return
      const { body } = job
      if (!final) return conclude(session, claimed, { outcome: 'retry', error: text, nextAt, startedAt, endedAt })
      // What cannot be read cannot be given up on its own terms either: a person looks at it.
      if (body.gaveUp && input !== undefined) {
        const principal = system(job.name, claimed.behalf)
        const [outcome] = await session.together([[{ principal, body: (context) => body.gaveUp?.(context, input, error) }]])
        if (outcome && 'refused' in outcome) throw outcome.refused
      } else this.#options.onError?.(error)
      await conclude(session, claimed, { outcome: 'failed', error: text, startedAt, endedAt })
    })
    // When the next try falls due is known only now.
    if (!final) this.wake()
  }
}

function attemptsOf({ spec }: Job): number {
  return spec.attempts ?? attemptsDefault
}
