import type { Clock } from '#kernel/clock'
import type { Statement } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { newId } from '#kernel/ids'
import { fingerprint, keyState, passingKey, type StoredAnswer } from './answers.ts'
import type { Work } from './call.ts'
import type { Group } from './group.ts'
import { Member, type Outcome } from './member.ts'
import type { AloneContext, Operation, Run } from './operation.ts'
import { conclude, perform, withFreeSql } from './perform.ts'
import { permission, type Principal } from './principal.ts'

/** A step of Holdfast's own work inside a session: one reaction to one event, the end of a job. Steps of one piece stand and fall together. */
export interface Step<A> {
  readonly principal: Principal
  readonly body: (context: AloneContext) => Promise<A> | A
}

/**
 * An open transaction in which reactions, jobs and schedules work: pieces run together as a group's members do, `flush` makes their
 * writes visible to the next pieces, and all of it commits with whatever else the owner writes (a cursor, a job's end).
 */
export class Session {
  readonly #group: Group
  readonly #clock: Clock
  #unflushed: Member[] = []
  readonly #last: Statement[] = []

  constructor(group: Group, clock: Clock) {
    this.#group = group
    this.#clock = clock
  }

  /** SQL of the owner's own, at once. */
  query<Row extends object>(statement: Statement): Promise<readonly Row[]> {
    return this.#group.query<Row>(statement)
  }

  /**
   * Runs pieces side by side; a refused piece drops its own writes only, and one that was to lock what another has is refused by LocksMeet: it
   * comes again after a flush. Throws if one refused after a posting or SQL of its own.
   */
  async together<A>(pieces: readonly (readonly Step<A>[])[]): Promise<readonly Outcome<A | undefined>[]> {
    const members = pieces.map(
      ([first]) => new Member(this.#group, first?.principal.name ?? '', first?.principal.behalf ?? first?.principal.id ?? ''),
    )
    const running = pieces.map((piece, at) => this.#start(piece, members[at] as Member))
    await this.#group.settle()
    const ended = await Promise.all(running)
    // Whoever passed over it: what it could not lock it did not do.
    const outcomes = ended.map((outcome, at) => (members[at]?.meets ? { refused: members[at].meets } : outcome))
    for (const [at, outcome] of outcomes.entries()) {
      const member = members[at] as Member
      if ('refused' in outcome && member.isSpent) {
        const broken = this.#group.break(outcome.refused)
        throw members.length === 1 ? outcome.refused : broken
      }
      if ('answer' in outcome) this.#unflushed.push(...member.family())
    }
    return outcomes
  }

  /** Sends what has been written so far, so that the next pieces read it. */
  async flush(): Promise<void> {
    const members = this.#unflushed
    this.#unflushed = []
    await this.#group.flush(members)
    this.#group.locks.clear()
  }

  /** Adds SQL of the owner's own to the last flush, in the round trip of the commit: what it finds wrong it must tell by an error. */
  atEnd(statement: Statement): void {
    this.#last.push(statement)
  }

  /** The last flush, with the commit right behind it. */
  async commit(): Promise<void> {
    await this.#group.commit(this.#unflushed, this.#last)
  }

  #start<A>(steps: readonly Step<A>[], member: Member): Promise<Outcome<A | undefined>> {
    return this.#group.start(member, async () => {
      let answer: A | undefined
      for (const { principal, body } of steps) {
        const run = runInside(this.#group, member, { clock: this.#clock, principal })
        answer = await body({ tx: withFreeSql(member), clock: this.#clock, principal, run, prepared: undefined })
      }
      return answer
    })
  }
}

/** `run` for bodies of this member: the operation becomes a member of the same group and stands or falls with the one that ran it. */
export function runInside(group: Group, parent: Member, given: { readonly clock: Clock; readonly principal: Principal }): Run {
  const { clock, principal } = given
  return async <I, A>(operation: Operation<I, A>, input: I, options: { readonly key?: string } = {}): Promise<A> => {
    if (operation.spec.prepare) throw new Error(`${operation.name} prepares outside any transaction and cannot be run inside one`)
    const allowed = permission(operation.spec.may, principal)
    if (allowed === false) throw new Fault('operations.forbidden', { operation: operation.name })
    if (operation.spec.secret && options.key !== undefined) throw new Error(`${operation.name} takes secrets: no key within a transaction`)
    const asked = { principal, operation: operation as Operation, input }
    const print = options.key === undefined ? undefined : fingerprint(asked, options.key, passingKey)
    if (print) {
      const state = await parent.ask(keyState, print.id)
      if (state === 'busy') throw new Fault('operations.key_in_flight')
      if (state !== 'free' && state.stored.input !== print.input) throw new Fault('operations.key_reused')
      if (state !== 'free') return replay<A>(state.stored)
    }
    const member = new Member(group, operation.name, principal.behalf ?? principal.id)
    member.within = [parent, ...parent.within]
    if (parent.dead) throw new Error('the operation that ran it was given up: its answer is known')
    const locks = operation.spec.locks?.(input, principal) ?? []
    if (locks.length > 0 && group.locks.take(member, locks)) await sendWritten(group, member.within)
    const call = { operation: operation as Operation, input, principal, key: options.key, requestId: newId('req') }
    const work: Work = {
      call,
      fingerprint: print,
      locks,
      owner: undefined,
      prepared: undefined,
      started: performance.now(),
      waitUntil: 0,
      tries: 0,
      lockedOut: 0,
      settle: () => undefined,
    }
    const owner = allowed === true ? undefined : allowed
    const run = runInside(group, member, given)
    const outcome = await group.startInside(member, () =>
      perform(member, operation, input, { clock, principal, run, owner, prepared: undefined }),
    )
    if ('refused' in outcome) {
      if (member.isSpent || operation.spec.alone) throw group.break(outcome.refused)
      throw outcome.refused
    }
    conclude(work, member, outcome)
    parent.children.push(member)
    return outcome.answer
  }
}

/** Sends what these wrote, and what they ran: the next reads it. None of them can be taken out of the group by itself any more. */
async function sendWritten(group: Group, outer: readonly Member[]): Promise<void> {
  const written = outer.flatMap((member) => member.family()).filter(({ buffer }) => buffer.size > 0)
  for (const member of written) member.ranSql = true
  if (written.length > 0) await group.flush(written)
}

function replay<A>(stored: StoredAnswer): A {
  const body = JSON.parse(stored.body) as A & { facts?: Record<string, string> }
  if (stored.fault !== null) throw new Fault(stored.fault, body.facts ?? {})
  return body
}
