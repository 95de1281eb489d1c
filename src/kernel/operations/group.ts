import { type Clock, formatInstant } from '#kernel/clock'
import { type Connection, Outage, type Statement } from '#kernel/db'
import type { GroupTx, Write } from '#kernel/tx'
import { HeldLocks } from './held-locks.ts'
import { type Ask, Member, type Outcome } from './member.ts'

/** A refusal came after a posting: the balances computed for the others are wrong, so the group must end and each run alone. */
export class GroupBroken extends Error {
  override readonly name = 'GroupBroken'
  constructor(cause: unknown) {
    super('an operation refused after its posting', { cause })
  }
}

/** No body waits for anything but the database longer than this; past it the group is given up rather than its locks held. */
const foreignWaitMs = 5_000
/** Operations that run alone, reactions and jobs may think longer; PostgreSQL ends an idle transaction itself after 30 s. */
const patientWaitMs = 25_000
/** Rounds of questions in one group; an operation that asks more often than this loops. */
const maxRounds = 10_000

/**
 * Several operations in one transaction on one connection. Bodies run as if alone; what they ask in the same tick goes out as one
 * statement, last questions (postings) only when nobody asks anything else, writes when all have ended.
 */
export class Group implements GroupTx {
  readonly at: string
  readonly today: string
  /** The kinds of writes sent so far. */
  readonly wrote = new Set<unknown>()
  /** What its members lock that one of them may lock once more inside itself. */
  readonly locks = new HeldLocks()
  readonly #connection: Connection
  readonly #inner: Member[] = []
  readonly #states = new Map<symbol, unknown>()
  readonly #flushes = new Map<symbol, () => readonly Statement[]>()
  readonly #waitMs: number
  readonly #sent: Promise<unknown>[] = []
  #asks: Ask[] = []
  #running = 0
  #members = 0
  #signal: (() => void) | undefined
  #broken: GroupBroken | undefined
  #ended = false

  constructor(connection: Connection, clock: Clock, pace: 'brisk' | 'patient') {
    this.at = formatInstant(clock.now())
    this.today = clock.today()
    this.#waitMs = pace === 'brisk' ? foreignWaitMs : patientWaitMs
    this.#connection = connection
  }

  query<Row extends object>(bound: Statement): Promise<readonly Row[]> {
    if (this.#ended) return Promise.reject(new Error('a statement was sent after its transaction had ended: an await is missing'))
    return this.#connection.piped<Row>(bound)
  }

  /** Nothing of what is left in it can be committed any more, whoever catches what is thrown for it. */
  break(cause: unknown): GroupBroken {
    return (this.#broken ??= new GroupBroken(cause))
  }

  /** The session goes back and will be another transaction's: a body that was given up may still be running. */
  end(): void {
    this.#ended = true
  }

  state<T>(owner: symbol, make: () => T): T {
    if (!this.#states.has(owner)) this.#states.set(owner, make())
    return this.#states.get(owner) as T
  }

  atFlush(owner: symbol, statements: () => readonly Statement[]): void {
    this.#flushes.set(owner, statements)
  }

  /** The place of a new member in the order of arrival. */
  nextPlace(): number {
    return this.#members++
  }

  enqueue(ask: Ask): void {
    this.#asks.push(ask)
    this.#signal?.()
  }

  /** Starts a body as a member of this group; the outcome never rejects. */
  start<A>(member: Member, body: () => Promise<A> | A): Promise<Outcome<A>> {
    this.#running += 1
    const outcome = (async (): Promise<Outcome<A>> => {
      try {
        const answer = await body()
        return { answer }
      } catch (refused) {
        return { refused }
      } finally {
        member.ended = true
        if (!member.dead) this.#running -= 1
        this.#signal?.()
      }
    })()
    return outcome
  }

  /** A member that another runs inside itself, of which it is abandoned too. */
  startInside<A>(member: Member, body: () => Promise<A> | A): Promise<Outcome<A>> {
    this.#inner.push(member)
    return this.start(member, body)
  }

  /** Takes a member out whose answer is known already, with all that it ran: they will never be resumed. */
  abandon(member: Member): void {
    for (const one of [member, ...this.#inner.filter(({ within }) => within.includes(member))]) {
      one.dead = true
      one.buffer.clear()
      if (!one.ended) this.#running -= 1
    }
  }

  /** Answers questions until every member has ended; `alongside` is sent ahead of the first round, in the same round trip. */
  async settle(alongside?: () => Promise<unknown>): Promise<void> {
    let before = alongside
    for (let round = 0; ; round++) {
      if (round > maxRounds) throw new Error(`a group asked more than ${maxRounds} times`)
      // Every body has run as far as it can once the microtasks are drained; only then is a round complete.
      await drained()
      const asks = this.#takeAsks()
      if (asks.length > 0 || before) {
        const first = before
        before = undefined
        await this.#answer(asks, first)
      } else if (this.#running === 0) return
      else await this.#waitForSignal()
    }
  }

  /** Sends what the members wrote, set-wise and in the order of declaration, in one round trip. */
  async flush(members: readonly Member[]): Promise<void> {
    await settled(this.#bound(members).map((statement) => this.#connection.piped(statement)))
  }

  /** Sends what the members wrote so far and does not wait for it: the commit does, and throws what it came to. */
  async send(members: readonly Member[]): Promise<void> {
    for (const statement of this.#bound(members)) {
      const sent = this.#connection.piped(statement)
      sent.catch(() => undefined)
      this.#sent.push(sent)
    }
    // What is sent in one tick leaves at its end.
    await drained()
  }

  /**
   * As `flush`, with what `after` adds and the commit in the same round trip; PostgreSQL answers ROLLBACK to it if anything before it failed.
   * What cannot be bound throws before anything is sent: the commit of what was sent earlier must not follow it.
   */
  async commit(members: readonly Member[], after: readonly Statement[] = []): Promise<void> {
    if (this.#broken) throw this.#broken
    const statements = [...this.#bound(members), ...after]
    const sent = this.#sent.concat(statements.map((statement) => this.#connection.piped(statement)))
    const committed = this.#connection.commit()
    try {
      await settled<unknown>([...sent, committed])
    } catch (error) {
      // An end of the connection is told by everything that was under way; what it means the commit alone knows.
      if (error instanceof Outage && error.reason === 'connection_lost') await committed
      throw error
    }
  }

  #bound(members: readonly Member[]): readonly Statement[] {
    const rows = new Map<Write<unknown>, unknown[]>()
    for (const member of members) {
      for (const [write, written] of member.buffer) {
        const all = rows.get(write)
        if (all) for (const row of written) all.push(row)
        else rows.set(write, written.slice())
      }
      member.buffer.clear()
    }
    const statements: Statement[] = []
    for (const [write, written] of [...rows].sort(([a], [b]) => a.order - b.order)) {
      statements.push(...write.bind(written))
      this.wrote.add(write)
      for (const kind of write.kinds?.(written) ?? []) this.wrote.add(kind)
    }
    for (const flush of this.#flushes.values()) statements.push(...flush())
    return statements
  }

  #takeAsks(): Ask[] {
    const first = this.#asks.filter((ask) => !ask.gathering.last)
    const taken = first.length > 0 ? first : this.#asks
    this.#asks = first.length > 0 ? this.#asks.filter((ask) => ask.gathering.last) : []
    // In the order in which the operations came, however many questions each put before: as if they had run one after the other.
    return taken.sort((a, b) => a.member.place - b.member.place)
  }

  async #answer(asks: readonly Ask[], before: (() => Promise<unknown>) | undefined): Promise<void> {
    const byGathering = new Map<Ask['gathering'], Ask[]>()
    for (const ask of asks) {
      if (ask.member.dead) continue
      const same = byGathering.get(ask.gathering)
      if (same) same.push(ask)
      else byGathering.set(ask.gathering, [ask])
    }
    const sent: Promise<unknown>[] = [before?.() ?? Promise.resolve()]
    for (const [gathering, same] of byGathering) sent.push(gathering.ask(this, same.map(askedOf)))
    const [, ...found] = await settled(sent)
    let at = 0
    for (const [gathering, same] of byGathering) {
      const live = same.filter((ask) => !ask.member.dead)
      const answers = gathering.answer(found[at++], live.map(askedOf), this)
      for (const [index, ask] of live.entries()) {
        const answer = answers[index]
        if (answer instanceof Error) ask.reject(answer)
        else {
          if (gathering.last) ask.member.posted = true
          ask.resolve(answer)
        }
      }
    }
  }

  async #waitForSignal(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#signal = resolve
    timer = setTimeout(
      () => reject(new Error(`an operation waited ${this.#waitMs} ms for something that is not the database`)),
      this.#waitMs,
    )
    try {
      await promise
    } finally {
      clearTimeout(timer)
      this.#signal = undefined
    }
  }
}

/** Once the microtasks have run that are there, and those they make: a tick from within one comes after them, and before the next event. */
function drained(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

function askedOf(ask: Ask): { tx: Member; question: unknown } {
  return { tx: ask.member, question: ask.question }
}

/** Waits for all, then throws the first failure: in a pipeline the first error is the cause, those after it only say so. */
export async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return results.map((result) => (result as PromiseFulfilledResult<T>).value)
}
