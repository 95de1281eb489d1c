import { setTimeout as sleep } from 'node:timers/promises'
import { recordAudit } from '#kernel/audit'
import type { Clock } from '#kernel/clock'
import { type Connection, isConnectionLost, isRetryable, Outage, type Pool, sql } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { fingerprint, keyState, type KeyState } from './answers.ts'
import type { Call, Reply, Work } from './call.ts'
import { Group, GroupBroken, settled } from './group.ts'
import { Member } from './member.ts'
import { conclude, perform } from './perform.ts'
import { permission } from './principal.ts'
import { failure, problem } from './problem.ts'
import { Queue } from './queue.ts'
import { runInside, Session } from './session.ts'

export interface ExecutorOptions {
  readonly pool: Pool
  readonly clock: Clock
  /** Groups under way at the same time; two keep one computing while the other commits (measured best on 2 cores). */
  readonly pumps?: number
  readonly groupMax?: number
  /** Called after a commit that wrote something, so that readers of the event log wake at once. */
  readonly onCommit?: () => void
}

const pumpsDefault = 2
const groupMaxDefault = 128
/** A call waits this long for its key while another process runs its twin. */
const keyWaitMs = 10_000
const keyPauseMs = 40
/** A call is tried this often through lost connections, deadlocks and restarts. */
const triesMax = 5

const begin = sql`begin`
const rollback = sql`rollback`

/**
 * Runs operations in groups: up to 128 with disjoint locks in one transaction. No timer: the next group forms while the last commits.
 * A group that the database refuses is run again one by one, so that a bad call cannot fail its neighbours.
 */
export class Executor {
  readonly #pool: Pool
  readonly #clock: Clock
  readonly #queue: Queue
  readonly #twins = new Map<string, { readonly input: string; readonly reply: Promise<Reply> }>()
  readonly #onCommit: () => void
  #idle: number
  readonly #pumps: number
  #waking = false
  #closing = false
  #drained: (() => void) | undefined

  constructor({ pool, clock, pumps = pumpsDefault, groupMax = groupMaxDefault, onCommit = () => undefined }: ExecutorOptions) {
    this.#pool = pool
    this.#clock = clock
    this.#queue = new Queue(groupMax)
    this.#idle = pumps
    this.#pumps = pumps
    this.#onCommit = onCommit
  }

  /** Runs a call once per idempotency key and gives the reply to send; it never rejects. */
  async submit(call: Call): Promise<Reply> {
    const allowed = permission(call.operation.spec.may, call.principal)
    if (allowed === false) return refusal(call, new Fault('operations.forbidden', { operation: call.operation.name }))
    if (this.#closing) return refusal(call, new Fault('operations.draining'))
    if (call.operation.spec.moves === 'value' && call.key === undefined) return refusal(call, new Fault('operations.key_missing'))
    const print = call.key === undefined ? undefined : fingerprint(call.principal.id, call.operation.name, call.key, call.input)
    const twin = print && this.#twins.get(print.id)
    if (print && twin) {
      if (twin.input !== print.input) return refusal(call, new Fault('operations.key_reused'))
      return { ...(await twin.reply), replayed: true }
    }
    if (this.#queue.full) return refusal(call, new Fault('operations.overloaded'))
    const { promise, resolve } = Promise.withResolvers<Reply>()
    const now = performance.now()
    const locks = call.operation.spec.locks?.(call.input) ?? []
    const owner = allowed === true ? undefined : allowed
    const work: Work = { call, fingerprint: print, locks, owner, started: now, waitUntil: now + keyWaitMs, tries: 0, settle: resolve }
    if (print) {
      this.#twins.set(print.id, { input: print.input, reply: promise })
      void promise.then(() => this.#twins.delete(print.id))
    }
    this.#enqueue(work)
    return promise
  }

  /** A transaction for Holdfast's own work: reactions, jobs, schedules. Commits what `body` returns from, rolls back what it throws. */
  async transaction<T>(body: (session: Session) => Promise<T>): Promise<T> {
    const connection = await this.#pool.acquire()
    try {
      const group = new Group(connection, this.#clock, 'patient')
      await connection.query(begin)
      const session = new Session(group, this.#clock)
      const answer = await body(session)
      await session.flush()
      await connection.commit()
      this.#onCommit()
      return answer
    } catch (error) {
      await connection.query(rollback).catch(() => undefined)
      throw error
    } finally {
      this.#pool.release(connection)
    }
  }

  /** Writes refusals that came before any transaction (no login, no permission, bad shape) into the audit. */
  async recordRefusals(entries: readonly Parameters<typeof recordAudit>[1][]): Promise<void> {
    await this.transaction(async (session) => {
      await session.together([
        {
          principal: { id: 'system:http', name: 'http', kind: 'system', roles: [] },
          body: ({ tx }) => entries.forEach((entry) => recordAudit(tx, entry)),
        },
      ])
    })
  }

  /** Takes nothing more and resolves when all that was taken is answered. */
  async drain(): Promise<void> {
    this.#closing = true
    if (this.#queue.length === 0 && this.#idle === this.#pumps) return
    await new Promise<void>((resolve) => (this.#drained = resolve))
  }

  get waiting(): number {
    return this.#queue.length
  }

  #enqueue(work: Work): void {
    this.#queue.push(work)
    this.#wake()
  }

  #wake(): void {
    if (this.#waking || this.#idle === 0 || this.#queue.length === 0) return
    this.#waking = true
    // One turn later, so that requests that arrived together form one group.
    setImmediate(() => {
      this.#waking = false
      while (this.#idle > 0) {
        const works = this.#queue.take()
        if (works.length === 0) break
        this.#idle -= 1
        void this.#pump(works)
      }
    })
  }

  async #pump(works: readonly Work[]): Promise<void> {
    try {
      await this.#attempt(works)
    } finally {
      this.#queue.release(works)
      this.#idle += 1
      if (this.#closing && this.#queue.length === 0 && this.#idle === this.#pumps) this.#drained?.()
      this.#wake()
    }
  }

  async #attempt(works: readonly Work[]): Promise<void> {
    try {
      await this.#runGroup(works)
    } catch (error) {
      if (isConnectionLost(error) || error instanceof Outage) return this.#afterOutage(works, error)
      if (works.length > 1) for (const work of works) await this.#attempt([work])
      else await this.#afterFailure(works[0] as Work, error)
    }
  }

  async #runGroup(works: readonly Work[]): Promise<void> {
    const connection = await this.#pool.acquire()
    try {
      const replies = await this.#inTransaction(connection, works)
      for (const [at, work] of works.entries()) {
        const reply = replies[at]
        if (reply) work.settle(reply)
      }
    } catch (error) {
      if (connection.usable) await connection.query(rollback).catch(() => undefined)
      throw error
    } finally {
      this.#pool.release(connection)
    }
  }

  /** A reply for each call; undefined for those whose key is held elsewhere, which are queued again. */
  async #inTransaction(connection: Connection, works: readonly Work[]): Promise<readonly (Reply | undefined)[]> {
    const alone = works.length === 1 && works[0]?.call.operation.spec.alone === true
    const group = new Group(connection, this.#clock, alone ? 'patient' : 'brisk')
    const members = works.map(({ call }) => memberFor(group, call))
    const running = works.map(({ call, owner }, at) => {
      const member = members[at] as Member
      const run = runInside(group, member, { clock: this.#clock, principal: call.principal })
      const given = { clock: this.#clock, principal: call.principal, run, owner }
      // An `alone` body may write at once, so its key must be known to be free before it starts.
      return alone ? undefined : group.start(member, () => perform(member, call.operation, call.input, given))
    })
    const replies: (Reply | undefined)[] = works.map(() => undefined)
    const skip = new Set<number>()
    await group.settle(() =>
      this.#open(group, works, (at, reply) => {
        skip.add(at)
        replies[at] = reply
        group.abandon(members[at] as Member)
      }),
    )
    if (alone && !skip.has(0)) {
      const { call, owner } = works[0] as Work
      const member = members[0] as Member
      const given = {
        clock: this.#clock,
        principal: call.principal,
        run: runInside(group, member, { clock: this.#clock, principal: call.principal }),
        owner,
      }
      running[0] = group.start(member, () => perform(member, call.operation, call.input, given))
      await group.settle()
    }
    for (const [at, work] of works.entries()) {
      if (skip.has(at)) continue
      const member = members[at] as Member
      const outcome = (await running[at]) as NonNullable<Awaited<(typeof running)[number]>>
      if ('refused' in outcome && (alone || member.family().some((one) => one.posted))) throw new GroupBroken(outcome.refused)
      replies[at] = conclude(work, member, outcome)
    }
    const surviving = members.filter((_, at) => !skip.has(at)).flatMap((member) => member.family())
    await this.#commit(connection, group, surviving)
    return replies
  }

  /** Begins, and finds out which keys are known: those leave the group with the answer they got, busy ones to come again. */
  async #open(group: Group, works: readonly Work[], leave: (at: number, reply: Reply | undefined) => void): Promise<void> {
    const keyed = works.map((work, at) => ({ work, at })).filter(({ work }) => work.fingerprint)
    const asked = keyed.map(({ work }) => ({ tx: undefined as never, question: work.fingerprint?.id ?? '' }))
    const [, found] = await settled([group.query(begin), asked.length > 0 ? keyState.ask(group, asked) : Promise.resolve([])])
    const states = keyState.answer(found as never, asked, group) as readonly KeyState[]
    for (const [index, { work, at }] of keyed.entries()) {
      const state = states[index] as KeyState
      if (state === 'free') continue
      if (state === 'busy') {
        leave(at, undefined)
        void this.#comeAgain(work)
      } else if (state.stored.input !== work.fingerprint?.input) leave(at, refusal(work.call, new Fault('operations.key_reused')))
      else leave(at, { status: state.stored.status, body: state.stored.body, fault: state.stored.fault ?? undefined, replayed: true })
    }
  }

  async #commit(connection: Connection, group: Group, members: readonly Member[]): Promise<void> {
    // The commit travels in the same round trip; PostgreSQL answers ROLLBACK to it if anything before it failed.
    const flushed = group.flush(members)
    const committed = connection.commit()
    await settled<unknown>([flushed, committed])
    if (members.length > 0) this.#onCommit()
  }

  async #comeAgain(work: Work): Promise<void> {
    if (performance.now() >= work.waitUntil) return work.settle(refusal(work.call, new Fault('operations.key_in_flight')))
    await sleep(keyPauseMs, undefined, { ref: false })
    this.#enqueue(work)
  }

  /** The connection is gone: with a key the next try finds out what became of it; without one it is told if it may have happened. */
  #afterOutage(works: readonly Work[], error: unknown): void {
    const unknown = error instanceof Outage && error.reason === 'commit_unknown'
    for (const work of works) {
      work.tries += 1
      if (unknown && !work.fingerprint) work.settle(refusal(work.call, new Fault('operations.outcome_unknown')))
      else if (work.tries >= triesMax)
        work.settle({ ...refusal(work.call, new Fault(unknown ? 'operations.outcome_unknown' : 'operations.unavailable')), error })
      else void sleep(50 * 2 ** work.tries, undefined, { ref: false }).then(() => this.#enqueue(work))
    }
  }

  async #afterFailure(work: Work, error: unknown): Promise<void> {
    work.tries += 1
    if (error instanceof GroupBroken) return this.#recordRefusal(work, error.cause)
    // A unique key taken in between by another process: the next try reads what that one wrote.
    const again = isRetryable(error) || (error as { code?: string }).code === '23505'
    if (again && work.tries < triesMax) return this.#attempt([work])
    await this.#recordRefusal(work, error)
  }

  /** The call's own transaction is rolled back; what is kept of it (audit, stored refusal) goes into one of its own. */
  async #recordRefusal(work: Work, refused: unknown): Promise<void> {
    try {
      let reply: Reply | undefined
      const connection = await this.#pool.acquire()
      try {
        const group = new Group(connection, this.#clock, 'brisk')
        const member = memberFor(group, work.call)
        reply = conclude(work, member, { refused })
        await connection.query(begin)
        await this.#commit(connection, group, [member])
      } finally {
        this.#pool.release(connection)
      }
      work.settle(reply)
    } catch (error) {
      work.settle({
        status: 500,
        body: failure(work.call.requestId),
        replayed: false,
        error: new AggregateError([refused, error], 'a refusal could not be recorded'),
      })
    }
  }
}

function memberFor(group: Group, { operation, principal }: Call): Member {
  return new Member(group, operation.name, principal.behalf ?? principal.id)
}

function refusal(call: Call, fault: Fault): Reply {
  return { status: fault.status, body: problem(fault.code, fault.facts, call.requestId), fault: fault.code, replayed: false }
}
