import type { Pool } from '#kernel/db'
import { sql } from '#kernel/db'
import { newId } from '#kernel/ids'
import { type Executor, type Session, type Step, system } from '#kernel/operations'
import { span } from '#kernel/telemetry'
import type { Wrote } from '#kernel/tx'
import { announced } from './append.ts'
import { type LogRow, readDifference } from './difference.ts'
import { dueHeads, failedAgain, type Head, park, parkedKeys, queueBehind, takeHead, unpark } from './parked.ts'
import type { Heard, Reaction } from './reaction.ts'
import { advance, type Cursor, Fenced, leaseSlots, leaveSlots, makeSlots, type Slot, slotOf } from './slots.ts'

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
const persistMs = 1_000
const troubleMs = 500

/**
 * One member of a consumer group: leases slots, reads the log behind them, runs reactions in transactions that also move the cursor.
 * Exactly once into PostgreSQL, in order for each key; a failed key is parked and the others go on.
 */
export class Consumer {
  readonly name: string
  readonly #options: ConsumerOptions
  readonly #byType: ReadonlyMap<string, readonly Reaction[]>
  readonly #owner = newId('member')
  #slots: readonly Slot[] = []
  #leasedAt = -Infinity
  #persistedAt = 0
  #retryAt = 0
  #stopping = false
  #signal: (() => void) | undefined
  #signalled = false
  #loop: Promise<void> | undefined
  #turns = 0

  constructor(options: ConsumerOptions) {
    this.name = options.name
    this.#options = options
    this.#byType = Map.groupBy(options.reactions, ({ type }) => type)
  }

  async start(): Promise<void> {
    await this.#options.executor.transaction((session) => makeSlots(session, this.name))
    this.#loop = this.#run()
  }

  /** There may be something new: called after commits of this process, with what they wrote if that is known. */
  wake(wrote?: Wrote): void {
    if (wrote !== undefined && !announced(wrote)) return
    this.#signalled = true
    this.#signal?.()
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.wake()
    await this.#loop
    // Without the database the lease runs out by itself.
    await this.#options.executor.transaction((session) => leaveSlots(session, this.name, this.#owner)).catch(() => undefined)
  }

  /** Resolves when everything that was in the log at the call has been heard, or is parked. */
  async caughtUp(): Promise<void> {
    const [now] = await this.#options.pool.query<{ snapshot: string }>(sql`select pg_current_snapshot()::text as snapshot`)
    if (this.#slots.length > 0 && !(await this.#isBehind(now?.snapshot ?? ''))) return
    for (;;) {
      const before = this.#turns
      this.#retryAt = 0
      this.wake()
      while (this.#turns < before + 2 && !this.#stopping) await new Promise((resolve) => setTimeout(resolve, 2))
      if (this.#stopping || !(await this.#isBehind(now?.snapshot ?? ''))) return
    }
  }

  async #isBehind(snapshot: string): Promise<boolean> {
    // Before the first lease nothing is known of how far others have read; a turn later it is.
    if (this.#leasedAt === -Infinity) return true
    for (const slots of this.#classes()) {
      const [first] = slots
      if (!first) continue
      if (first.reading !== null) return true
      const rows = await this.#options.pool.query(
        readDifference({ from: first.seen, to: snapshot, after: 0n, types: this.#types, limit: 1 }),
      )
      if (rows.length > 0) return true
    }
    const [due] = await this.#options.pool.query<{ n: number }>(
      sql`select count(*)::int as n from events.parked where consumer = ${this.name} and state = 'retrying' and next_at <= now()`,
    )
    return (due?.n ?? 0) > 0
  }

  get #types(): readonly string[] {
    return [...this.#byType.keys()]
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      let worked = false
      try {
        this.#signalled = false
        worked = await this.#turn()
      } catch (error) {
        if (error instanceof Fenced) this.#leasedAt = -Infinity
        else {
          this.#options.onError?.(error)
          this.#leasedAt = -Infinity
          await this.#wait(troubleMs)
        }
      }
      this.#turns += 1
      if (!worked && !this.#signalled) await this.#wait(pollMs)
    }
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

  async #turn(): Promise<boolean> {
    const now = performance.now()
    if (now - this.#leasedAt > renewMs) {
      this.#slots = await this.#options.executor.transaction((session) => leaseSlots(session, this.name, this.#owner))
      this.#leasedAt = now
    }
    let worked = false
    if (now >= this.#retryAt) worked = await this.#retryDue()
    for (const slots of this.#classes()) worked = (await this.#read(slots)) || worked
    return worked
  }

  /** Slots with the same cursor are read together: all of them, unless a member came or went. */
  #classes(): readonly (readonly Slot[])[] {
    return [...Map.groupBy(this.#slots, ({ seen, reading, pos }) => `${seen}|${reading}|${pos}`).values()]
  }

  async #read(slots: readonly Slot[]): Promise<boolean> {
    const [cursor] = slots as readonly [Slot]
    const { pool } = this.#options
    const to =
      cursor.reading ??
      (await pool.query<{ snapshot: string }>(sql`select pg_current_snapshot()::text as snapshot`))[0]?.snapshot ??
      cursor.seen
    if (to === cursor.seen) return false
    const after = cursor.reading === null ? 0n : cursor.pos
    const rows = await pool.query<LogRow>(readDifference({ from: cursor.seen, to, after, types: this.#types, limit: batchMax }))
    const last = rows.at(-1)
    const next: Cursor =
      rows.length === batchMax && last ? { seen: cursor.seen, reading: to, pos: last.pos } : { seen: to, reading: null, pos: 0n }
    const held = new Set(slots.map(({ slot }) => slot))
    const mine = rows.filter((row) => held.has(slotOf(row.key)))
    if (mine.length > 0) await this.#hear(slots, mine, next)
    else if (performance.now() - this.#persistedAt > persistMs) await this.#move(slots, next, async () => undefined)
    else this.#moved(slots, next)
    return mine.length > 0
  }

  async #hear(slots: readonly Slot[], rows: readonly LogRow[], next: Cursor): Promise<void> {
    try {
      await this.#move(slots, next, (session) => this.#process(session, rows))
    } catch (error) {
      if (error instanceof Fenced) throw error
      // Something broke the transaction of the whole batch: one event at a time finds out which, and parks it.
      await this.#hearSingly(slots, rows, next)
    }
  }

  async #hearSingly(slots: readonly Slot[], rows: readonly LogRow[], next: Cursor): Promise<void> {
    const [first] = slots as readonly [Slot]
    const reading = first.reading ?? next.reading ?? next.seen
    let held = slots
    for (const [at, row] of rows.entries()) {
      const to = at === rows.length - 1 ? next : { seen: first.seen, reading, pos: row.pos }
      try {
        held = await this.#move(held, to, (session) => this.#process(session, [row]))
      } catch (error) {
        if (error instanceof Fenced) throw error
        this.#options.onError?.(error)
        held = await this.#move(held, to, (session) => park(session, this.name, row, error))
      }
    }
  }

  /** Runs work and moves the cursor of these slots in one transaction. */
  async #move(slots: readonly Slot[], to: Cursor, work: (session: Session) => Promise<void>): Promise<readonly Slot[]> {
    await this.#options.executor.transaction(async (session) => {
      await work(session)
      await session.flush()
      await advance(session, this.name, slots, to)
    })
    this.#persistedAt = performance.now()
    return this.#moved(slots, to)
  }

  #moved(slots: readonly Slot[], to: Cursor): readonly Slot[] {
    const moved = new Map(slots.map((slot) => [slot.slot, { ...slot, ...to }]))
    this.#slots = this.#slots.map((slot) => moved.get(slot.slot) ?? slot)
    return [...moved.values()]
  }

  /** Events of one key one after the other, of different keys side by side. */
  async #process(session: Session, rows: readonly LogRow[]): Promise<void> {
    const blocked = await parkedKeys(session, this.name, [...new Set(rows.map((row) => row.key))])
    await queueBehind(
      session,
      this.name,
      rows.filter((row) => blocked.has(row.key)),
    )
    const lanes = [
      ...Map.groupBy(
        rows.filter((row) => !blocked.has(row.key)),
        (row) => row.key,
      ).values(),
    ]
    for (let wave = lanes.map((lane) => ({ lane, at: 0 })); wave.length > 0;) {
      const outcomes = await session.together(wave.map(({ lane, at }) => this.#steps(lane[at] as LogRow)))
      await session.flush()
      const going = []
      for (const [index, { lane, at }] of wave.entries()) {
        const outcome = outcomes[index]
        if (outcome && 'refused' in outcome) {
          this.#options.onError?.(outcome.refused)
          await park(session, this.name, lane[at] as LogRow, outcome.refused)
          await queueBehind(session, this.name, lane.slice(at + 1))
        } else if (at + 1 < lane.length) going.push({ lane, at: at + 1 })
      }
      wave = going
    }
  }

  #steps(row: LogRow): readonly Step<void>[] {
    const event = heard(row)
    return (this.#byType.get(row.type) ?? []).map((reaction) => ({
      principal: system(reaction.name, row.principal),
      body: (context) => span({ name: reaction.name, attributes: { 'holdfast.event_id': row.id } }, () => reaction.handle(context, event)),
    }))
  }

  /** Tries heads of parked keys again whose time has come; of each key the head alone. */
  async #retryDue(): Promise<boolean> {
    this.#retryAt = performance.now() + pollMs / 4
    const { executor } = this.#options
    const heads = await executor.transaction((session) => dueHeads(session, this.name, headsMax))
    for (const head of heads) if (this.#slots.some(({ slot }) => slot === slotOf(head.key))) await this.#retry(head)
    if (heads.length > 0) this.#retryAt = 0
    return heads.length > 0
  }

  async #retry(head: Head): Promise<void> {
    const { executor } = this.#options
    try {
      await executor.transaction(async (session) => {
        if (!(await takeHead(session, head))) return
        const [outcome] = await session.together([this.#steps(head)])
        if (outcome && 'refused' in outcome) throw outcome.refused
        await unpark(session, this.name, head)
      })
    } catch (error) {
      await executor.transaction((session) => failedAgain(session, head, error))
    }
  }
}

function heard({ id, type, key, at, principal, body }: LogRow): Heard {
  return { id, type, key, at, principal, data: (JSON.parse(body) as { data: unknown }).data }
}
