import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '#kernel/clock'
import { isConnectionLost, isDiskFull, isRetryable, Outage, type Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { fingerprint, isKeyFree, passingKey } from './answers.ts'
import { type Call, type Reply, refusal, type Work } from './call.ts'
import { connected } from './connected.ts'
import type { ExecutorOptions } from './executor-options.ts'
import { Group, GroupBroken, settled } from './group.ts'
import { apartMs, isLockTimeout, lockedPauseMs, lockedWaitMs } from './lock-waits.ts'
import type { Operation, Run } from './operation.ts'
import { outageFault } from './outage-fault.ts'
import { permission, type Principal } from './principal.ts'
import { preparedFor } from './prepared-for.ts'
import { failure } from './problem.ts'
import { Queue } from './queue.ts'
import { RefusalLog } from './refusal-log.ts'
import { recordAlone, runGroup } from './run-group.ts'
import { Session } from './session.ts'
import type { Wrote } from '#kernel/tx'

const pumpsDefault = 2
const groupMaxDefault = 128
/** While another group is under way fewer calls than this wait for company, at most so long: what a group costs of its own outweighs the wait. */
const groupWorth = 24
const companyWaitMs = 5
/** A call waits this long for its key while another process runs its twin, asking again after each pause. */
const keyWaitMs = 10_000
const keyPauseMs = 40
/** A call is tried this often through lost connections, deadlocks and restarts. */
const triesMax = 5
const triesPauseMs = 50
const tellFullMs = 60_000

const begin = sql`begin`

/**
 * Runs operations in groups: up to 128 with disjoint locks in one transaction. A call that finds no group under way goes at once; the next
 * group forms while one commits.
 * A group that the database refuses is run again one by one, so that a bad call cannot fail its neighbours.
 */
export class Executor {
  readonly #pool: Pool
  readonly #clock: Clock
  readonly #queue: Queue
  readonly #twins = new Map<string, { readonly input: string; readonly reply: Promise<Reply> }>()
  readonly #refusals: RefusalLog
  readonly #onCommit: (wrote: Wrote) => void
  readonly #room: ExecutorOptions['room']
  readonly #secretsKey: Uint8Array
  readonly #pumps: number
  #idle: number
  #waking = false
  #company: NodeJS.Timeout | undefined
  #closing = false
  #tellFullAt = 0
  /** Calls taken that are neither in the queue nor in a group: prepared for, or about to come again. */
  #away = 0
  readonly #drained = Promise.withResolvers<void>()

  constructor(given: ExecutorOptions) {
    this.#pool = given.pool
    this.#clock = given.clock
    this.#queue = new Queue(given.groupMax ?? groupMaxDefault)
    this.#idle = this.#pumps = given.pumps ?? pumpsDefault
    this.#room = given.room
    this.#secretsKey = given.secretsKey ?? passingKey
    this.#onCommit = given.onCommit ?? (() => undefined)
    this.#refusals = new RefusalLog(this, given.clock)
  }

  /** Calls that wait to be run. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Runs a call once per idempotency key and gives the reply to send; it never rejects. */
  async submit(call: Call): Promise<Reply> {
    const { spec, name } = call.operation
    const allowed = permission(spec.may, call.principal)
    if (allowed === false) return this.refuse(call, new Fault('operations.forbidden', { operation: name }))
    if (this.#closing) return refusal(call, new Fault('operations.draining'))
    if (this.#room?.enough === false) return refusal(call, new Fault('operations.disk_full'))
    if (spec.moves === 'value' && call.key === undefined) return this.refuse(call, new Fault('operations.key_missing'))
    if (this.#queue.full) return refusal(call, new Fault('operations.overloaded'))
    if (call.key === undefined) return this.#take(call, allowed, undefined)
    const print = fingerprint(call, call.key, this.#secretsKey)
    const twin = this.#twins.get(print.id)
    if (twin && twin.input !== print.input) return this.refuse(call, new Fault('operations.key_reused'))
    if (twin) return { ...(await twin.reply), replayed: true }
    const reply = this.#take(call, allowed, print)
    this.#twins.set(print.id, { input: print.input, reply })
    return reply.finally(() => this.#twins.delete(print.id))
  }

  /** Refuses a call that was never run, and has it written into the audit. */
  refuse(call: Call, fault: Fault, tookMs = 0): Reply {
    this.#refusals.note(call, fault, tookMs)
    return refusal(call, fault)
  }

  /** Runs an operation and gives its answer, or throws its refusal: for Holdfast's own code outside any transaction. */
  run(principal: Principal, requestId: string): Run {
    return async <I, A>(operation: Operation<I, A>, input: I, options: { readonly key?: string } = {}): Promise<A> => {
      const reply = await this.submit({ operation, input, principal, key: options.key, requestId })
      const body = JSON.parse(reply.body) as A & { facts?: Record<string, string> }
      if (reply.fault !== undefined) throw new Fault(reply.fault, body.facts ?? {})
      if (reply.status >= 500) throw new Error(`${operation.name} failed`, { cause: reply.error })
      return body
    }
  }

  /** A transaction for Holdfast's own work: reactions, jobs, schedules. Commits what `body` returns from, rolls back what it throws. */
  async transaction<T>(body: (session: Session) => Promise<T>): Promise<T> {
    return connected(this.#pool, async (connection) => {
      const group = new Group(connection, this.#clock, 'patient')
      const session = new Session(group, this.#clock)
      try {
        // Both travel with what is sent next anyway: to begin and to commit cost no round trip of their own.
        const began = connection.piped(begin)
        const answered = body(session)
        await settled<unknown>([began, answered])
        await session.commit()
        this.#onCommit(group.wrote)
        return await answered
      } finally {
        group.end()
      }
    })
  }

  /** Takes nothing more and resolves when all that was taken is answered. */
  async drain(): Promise<void> {
    this.#closing = true
    this.#endIfAnswered()
    await this.#drained.promise
    await this.#refusals.close()
  }

  async #take(call: Call, allowed: true | Work['owner'], print: Work['fingerprint']): Promise<Reply> {
    const { spec } = call.operation
    let prepared: unknown
    const started = performance.now()
    this.#away += 1
    try {
      if (spec.prepare) {
        const submit = this.run(
          { id: 'system:prepare', name: 'prepare', kind: 'system', roles: [], behalf: call.principal.id },
          call.requestId,
        )
        prepared = await preparedFor(call, allowed, { pool: this.#pool, clock: this.#clock, submit })
      }
    } catch (error) {
      if (error instanceof Fault) return this.refuse(call, error, performance.now() - started)
      const outage = outageFault(error)
      if (outage) return { ...refusal(call, outage), error }
      return { status: 500, body: failure(call.requestId), replayed: false, error }
    } finally {
      this.#away -= 1
      // On its way into the queue at once, if it was not refused.
      if (this.#closing) setImmediate(() => this.#endIfAnswered())
    }
    const { promise, resolve } = Promise.withResolvers<Reply>()
    const owner = allowed === true ? undefined : allowed
    const locks = spec.locks?.(call.input, call.principal) ?? []
    this.#enqueue({
      call,
      fingerprint: print,
      locks,
      owner,
      prepared,
      started,
      waitUntil: started + keyWaitMs,
      tries: 0,
      lockedOut: 0,
      settle: resolve,
    })
    return promise
  }

  #endIfAnswered(): void {
    if (this.#closing && this.#away === 0 && this.#queue.length === 0 && this.#idle === this.#pumps) this.#drained.resolve()
  }

  async #later(work: Work, ms: number): Promise<void> {
    this.#away += 1
    await sleep(ms)
    this.#away -= 1
    this.#enqueue(work)
  }

  #enqueue(work: Work): void {
    this.#queue.push(work)
    this.#wake()
  }

  #wake(waited = false): void {
    if (this.#waking || this.#idle === 0 || this.#queue.length === 0) return
    if (!waited && this.#idle < this.#pumps && this.#queue.length < groupWorth) {
      this.#company ??= setTimeout(() => this.#wake(true), companyWaitMs)
      return
    }
    clearTimeout(this.#company)
    this.#company = undefined
    this.#waking = true
    // One turn later, so that requests that arrived together form one group.
    setImmediate(() => {
      this.#waking = false
      while (this.#idle > 0) {
        const works = this.#queue.take(Math.ceil(this.#queue.length / this.#idle))
        if (works.length === 0) break
        this.#idle -= 1
        void this.#pump(works)
      }
    })
  }

  async #pump(works: readonly Work[]): Promise<void> {
    try {
      await this.#attempt(works, works[0]?.lockedOut === 0 ? undefined : lockedWaitMs)
    } finally {
      this.#queue.release(works)
      this.#idle += 1
      this.#endIfAnswered()
      this.#wake()
    }
  }

  async #attempt(works: readonly Work[], lockWaitMs?: number): Promise<void> {
    try {
      const { replies, wrote } = await connected(this.#pool, (connection) =>
        runGroup(connection, works, { clock: this.#clock, lockWaitMs }),
      )
      this.#onCommit(wrote)
      for (const [at, work] of works.entries()) {
        const reply = replies[at] as Reply | 'busy'
        if (reply === 'busy') void this.#comeAgain(work)
        else if (reply.fault === 'operations.key_reused') work.settle(this.refuse(work.call, new Fault(reply.fault)))
        else work.settle(reply)
      }
    } catch (error) {
      const lockedOut = isLockTimeout(error)
      if (isDiskFull(error)) this.#refuseFull(works, error)
      else if (isConnectionLost(error) || error instanceof Outage) this.#afterOutage(works, error)
      else if (works.length > 1) for (const work of works) await this.#attempt([work], lockedOut ? apartMs / works.length : undefined)
      else if (lockedOut) await this.#lockedOut(works[0] as Work, error)
      else await this.#afterFailure(works[0] as Work, error)
    }
  }

  async #comeAgain(work: Work): Promise<void> {
    if (performance.now() >= work.waitUntil) return work.settle(refusal(work.call, new Fault('operations.key_in_flight')))
    await this.#later(work, keyPauseMs)
  }

  /** What the call locks is held for too long, perhaps by its own twin in another process: it comes again, alone, until its time is up. */
  async #lockedOut(work: Work, error: unknown): Promise<void> {
    work.lockedOut += 1
    if (performance.now() < work.waitUntil) return void this.#later(work, lockedPauseMs(work.lockedOut))
    const twin = work.fingerprint !== undefined && !(await isKeyFree(this.#pool, work.fingerprint.id).catch(() => true))
    work.settle({
      ...refusal(work.call, new Fault(twin ? 'operations.key_in_flight' : 'operations.overloaded')),
      ...(twin ? {} : { error }),
    })
  }

  /** No try of ours makes room; each would only fill the disk's log further. One of them in a while is told to the log. */
  #refuseFull(works: readonly Work[], error: unknown): void {
    for (const { call, settle } of works) {
      const tell = performance.now() >= this.#tellFullAt
      if (tell) this.#tellFullAt = performance.now() + tellFullMs
      settle({ ...refusal(call, new Fault('operations.disk_full')), ...(tell ? { error } : {}) })
    }
  }

  /** The connection is gone: with a key the next try finds out what became of it; without one it is told if it may have happened. */
  #afterOutage(works: readonly Work[], error: unknown): void {
    const unknown = error instanceof Outage && error.reason === 'commit_unknown'
    for (const work of works) {
      work.tries += 1
      if ((unknown && !work.fingerprint) || work.tries >= triesMax) {
        work.settle({ ...refusal(work.call, new Fault(unknown ? 'operations.outcome_unknown' : 'operations.unavailable')), error })
      } else void this.#later(work, triesPauseMs * 2 ** work.tries)
    }
  }

  async #afterFailure(work: Work, error: unknown): Promise<void> {
    work.tries += 1
    // A unique key taken in between by another process: the next try reads what that one wrote.
    const again = isRetryable(error) || (error as { code?: string }).code === '23505'
    if (again && !(error instanceof GroupBroken) && work.tries < triesMax) return this.#attempt([work])
    const refused = error instanceof GroupBroken ? error.cause : error
    try {
      work.settle(await connected(this.#pool, (connection) => recordAlone(connection, work, refused, this.#clock)))
    } catch (unrecorded) {
      const cause = new AggregateError([refused, unrecorded], 'a refusal could not be recorded')
      work.settle({ status: 500, body: failure(work.call.requestId), replayed: false, error: cause })
    }
  }
}
