import { type Pool, sql } from '#kernel/db'
import { newId } from '#kernel/ids'
import { type Executor, type Session, type Step, system } from '#kernel/operations'
import { span } from '#kernel/telemetry'
import type { Wrote } from '#kernel/tx'
import { announced } from './append.ts'
import { isBehind } from './behind.ts'
import { type LogRow, readTurn, type Turn } from './difference.ts'
import { hearLanes, type Unheard } from './lanes.ts'
import { dueHeads, failedAgain, type Head, isParked, park, takeHead, unpark } from './parked.ts'
import { heard, type Reaction } from './reaction.ts'
import {
  advance,
  type Cursor,
  Fenced,
  isFenced,
  isUnsure,
  leaseSlots,
  leaveSlots,
  makeSlots,
  showMember,
  type Slot,
  slotOf,
} from './slots.ts'

export interface ConsumerOptions {
  readonly name: string
  readonly reactions: readonly Reaction[]
  readonly executor: Executor
  readonly pool: Pool
  /** Told of failures that are ours to look at. */
  readonly onError?: (error: unknown) => void
}

const batchMax = 256
const headsMax = 32
/** Without a signal (another process committed, a retry fell due) the log is looked at this often. */
const pollMs = 250
const renewMs = 3_000
const showMs = 1_000
/** How often a cursor is written that moved past nothing of ours: what a successor would read again. */
const persistMs = 5_000
const troubleMs = 500

/**
 * One member of a consumer group: leases slots, reads the log behind them, runs reactions in transactions that also move the cursor.
 * Exactly once into PostgreSQL, in order for each key; a failed key is parked and the others go on.
 */
export class Consumer {
  readonly name: string
  readonly #options: ConsumerOptions
  readonly #byType: ReadonlyMap<string, readonly Reaction[]>
  readonly #types: readonly string[]
  readonly #owner = newId('member')
  #slots: readonly Slot[] = []
  #leasedAt = -Infinity
  #persistedAt = 0
  #retryAt = 0
  #stopping = false
  #signal: (() => void) | undefined
  #signalled = false
  #loop: Promise<void> | undefined
  #showing: NodeJS.Timeout | undefined
  /** A commit's answer was lost: it may still come to be, unless the slots' epoch goes on. */
  #unsure = false
  #turns = 0
  /** The oldest row of progress that any slot stands at. */
  #oldest = 0n

  constructor(options: ConsumerOptions) {
    this.name = options.name
    this.#options = options
    this.#byType = Map.groupBy(options.reactions, ({ type }) => type)
    this.#types = [...this.#byType.keys()]
  }

  async start(): Promise<void> {
    await this.#options.executor.transaction((session) => makeSlots(session, this.name))
    this.#loop = this.#run()
    this.#showing = setInterval(() => void this.#show(), showMs)
  }

  /** There may be something new: called after commits of this process, with what they wrote if that is known. Others' events can wait. */
  wake(wrote?: Wrote): void {
    if (wrote !== undefined && !announced(wrote, this.#types)) return
    this.#signalled = true
    this.#signal?.()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.wake()
    await this.#loop
    clearInterval(this.#showing)
    // Without the database the lease runs out by itself.
    await this.#options.executor.transaction((session) => leaveSlots(session, this.name, this.#owner)).catch(() => undefined)
  }

  /** Resolves when everything that was in the log at the call has been heard, or is parked. */
  async caughtUp(): Promise<void> {
    const [now] = await this.#options.pool.query<{ snapshot: string }>(sql`select pg_current_snapshot()::text as snapshot`)
    if (this.#slots.length > 0 && !(await this.#isBehind(now?.snapshot ?? ''))) return
    for (;;) {
      const before = this.#turns
      // Two turns: the one under way may have read before the call.
      while (this.#turns < before + 2 && !this.#stopping) {
        this.#retryAt = 0
        this.wake()
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
      if (this.#stopping || !(await this.#isBehind(now?.snapshot ?? ''))) return
    }
  }

  async #isBehind(snapshot: string): Promise<boolean> {
    // Before the first lease nothing is known of how far others have read; a turn later it is.
    if (this.#leasedAt === -Infinity) return true
    const cursors = this.#classes().map(([first]) => first as Slot)
    return isBehind(this.#options.pool, { consumer: this.name, types: this.#types, cursors }, snapshot)
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      let more = false
      try {
        this.#signalled = false
        more = await this.#turn()
      } catch (error) {
        if (error instanceof Fenced) this.#leasedAt = -Infinity
        else {
          this.#options.onError?.(error)
          this.#leasedAt = -Infinity
          this.#unsure ||= isUnsure(error)
          await this.#wait(troubleMs)
        }
      }
      this.#turns += 1
      if (!more && !this.#signalled) await this.#wait(pollMs)
    }
  }

  /** In a turn that takes long, the member is still there. */
  async #show(): Promise<void> {
    const { pool, onError } = this.#options
    if (performance.now() - this.#leasedAt > renewMs)
      await showMember(pool, this.name, this.#owner).catch((error: unknown) => onError?.(error))
  }

  async #wait(ms: number): Promise<void> {
    if (this.#stopping) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#signal = resolve
    await promise
    clearTimeout(timer)
    this.#signal = undefined
  }

  /** One look at the log and what follows from it: whether there is more to do at once. */
  async #turn(): Promise<boolean> {
    const now = performance.now()
    if (now - this.#leasedAt > renewMs) {
      if (this.#unsure) await this.#options.executor.transaction((session) => leaveSlots(session, this.name, this.#owner))
      this.#unsure = false
      const asked = { consumer: this.name, owner: this.#owner, oldest: this.#oldest }
      const leased = await this.#options.executor.transaction((session) => leaseSlots(session, asked))
      this.#slots = leased.slots
      this.#oldest = leased.oldest
      this.#leasedAt = now
    }
    let due = false
    for (const slots of this.#classes()) due = (await this.#read(slots)) || due
    const retried = due && now >= this.#retryAt && (await this.#retryDue())
    return retried || this.#slots.some(({ reading }) => reading !== null)
  }

  /** Slots with the same cursor are read together: all of them, unless a member came or went. */
  #classes(): readonly (readonly Slot[])[] {
    return [...Map.groupBy(this.#slots, ({ seen, reading, pos }) => `${seen}|${reading}|${pos}`).values()]
  }

  /** Reads on for slots of one cursor, hears what is theirs and moves them: whether a parked event is due to be tried again. */
  async #read(slots: readonly Slot[]): Promise<boolean> {
    const [cursor] = slots as readonly [Slot]
    const { seen, reading } = cursor
    const after = reading === null ? 0n : cursor.pos
    const asked = { from: seen, to: reading ?? undefined, after, types: this.#types, limit: batchMax }
    const found = await this.#options.pool.query<Turn & LogRow>(readTurn(this.name, asked))
    const { until, due, pos } = found[0] as Turn
    const rows = pos === null ? [] : found
    const last = rows.at(-1)
    const next: Cursor =
      rows.length === batchMax && last ? { seen, reading: until, pos: last.pos } : { seen: until, reading: null, pos: 0n }
    const held = new Set(slots.map(({ slot }) => slot))
    const mine = rows.filter((row) => held.has(slotOf(row.key)))
    if (mine.length > 0) await this.#hear(slots, mine, next)
    else if (until !== seen && performance.now() - this.#persistedAt > persistMs) await this.#move(slots, next, async () => undefined)
    else this.#moved(slots, next)
    return due
  }

  async #hear(slots: readonly Slot[], rows: readonly Unheard[], next: Cursor): Promise<void> {
    try {
      await this.#move(slots, next, (session) => this.#process(session, rows))
    } catch (error) {
      if (error instanceof Fenced || isUnsure(error)) throw error
      // Something broke the transaction of the whole batch: one event at a time finds out which, and parks it.
      await this.#hearSingly(slots, rows, next)
    }
  }

  async #hearSingly(slots: readonly Slot[], rows: readonly Unheard[], next: Cursor): Promise<void> {
    const [first] = slots as readonly [Slot]
    const reading = first.reading ?? next.reading ?? next.seen
    let held = slots
    for (const [at, row] of rows.entries()) {
      const to = at === rows.length - 1 ? next : { seen: first.seen, reading, pos: row.pos }
      try {
        // One before it may just have been parked.
        held = await this.#move(held, to, async (session) =>
          this.#process(session, [{ ...row, parked: await isParked(session, this.name, row.key) }]),
        )
      } catch (error) {
        if (error instanceof Fenced || isUnsure(error)) throw error
        this.#options.onError?.(error)
        held = await this.#move(held, to, (session) => park(session, this.name, row, error))
      }
    }
  }

  /** Runs work and moves the cursor of these slots in one transaction. */
  async #move(slots: readonly Slot[], to: Cursor, work: (session: Session) => Promise<void>): Promise<readonly Slot[]> {
    await this.#transaction(async (session) => {
      for (const statement of advance(this.name, slots, to)) session.atEnd(statement)
      await work(session)
    })
    this.#persistedAt = performance.now()
    return this.#moved(slots, to)
  }

  async #transaction(work: (session: Session) => Promise<void>): Promise<void> {
    try {
      await this.#options.executor.transaction(work)
    } catch (error) {
      throw isFenced(error) ? new Fenced(`${this.name}: another member holds some of the slots`) : error
    }
  }

  #moved(slots: readonly Slot[], to: Cursor): readonly Slot[] {
    const moved = new Map(slots.map((slot) => [slot.slot, { ...slot, ...to }]))
    this.#slots = this.#slots.map((slot) => moved.get(slot.slot) ?? slot)
    return [...moved.values()]
  }

  #process(session: Session, rows: readonly Unheard[]): Promise<void> {
    const onError = this.#options.onError
    return hearLanes(session, rows, { consumer: this.name, steps: (row) => this.#steps(row), ...(onError ? { onError } : {}) })
  }

  #steps(row: LogRow): readonly Step<void>[] {
    const event = heard(row)
    return (this.#byType.get(row.type) ?? []).map((reaction) => ({
      principal: system(reaction.name, row.principal),
      body: (context) => span({ name: reaction.name, attributes: { 'holdfast.event_id': row.id } }, () => reaction.handle(context, event)),
    }))
  }

  /** Tries heads of parked keys again whose time has come; of each key the head alone. Whether there were any of ours. */
  async #retryDue(): Promise<boolean> {
    this.#retryAt = performance.now() + pollMs / 4
    const { executor } = this.#options
    const heads = await executor.transaction((session) => dueHeads(session, this.name, headsMax))
    let retried = false
    for (const head of heads) {
      const held = this.#slots.find(({ slot }) => slot === slotOf(head.key))
      if (held) await this.#retry(head, held)
      retried ||= held !== undefined
    }
    if (retried) this.#retryAt = 0
    return retried
  }

  async #retry(head: Head, held: Slot): Promise<void> {
    const { executor } = this.#options
    try {
      await this.#transaction(async (session) => {
        for (const statement of advance(this.name, [held], held)) session.atEnd(statement)
        if (!(await takeHead(session, head))) return
        const [outcome] = await session.together([this.#steps(head)])
        if (outcome && 'refused' in outcome) throw outcome.refused
        await unpark(session, this.name, head)
      })
    } catch (error) {
      if (error instanceof Fenced) throw error
      await executor.transaction((session) => failedAgain(session, head, error))
    }
  }
}
