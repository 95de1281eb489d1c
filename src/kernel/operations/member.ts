import type { Gathering, Moment, Tx, Write } from '#kernel/tx'
import type { Group } from './group.ts'
import type { LocksMeet } from './held-locks.ts'

/** One question put and not yet answered. */
export interface Ask {
  readonly member: Member
  readonly gathering: Gathering<unknown, unknown>
  readonly question: unknown
  readonly resolve: (answer: unknown) => void
  readonly reject: (reason: unknown) => void
}

/** One for all that have none: a group makes many members. */
const noMembers: readonly Member[] = []

export type Outcome<A> = { readonly answer: A } | { readonly refused: unknown }

/** One operation inside a group: its buffer of writes, and whether it may still go either way. */
export class Member implements Tx {
  readonly kind = 'transaction'
  readonly group: Group
  readonly buffer = new Map<Write<unknown>, unknown[]>()
  /** A last question (a posting) has been answered: refusing now would leave the group's balances wrong. */
  posted = false
  /** It ran SQL of its own, which no buffer holds back: as little to be taken out of the group as a posting. */
  ranSql = false
  ended = false
  /** Its answer is known from an earlier run: nothing it asked or wrote counts. */
  dead = false
  /** What it, or one that it ran, was to lock is held by another piece of the group: it counts for nothing and comes again. */
  meets: LocksMeet | undefined = undefined
  /** Those that ran it, each inside the next; empty for one that nobody ran. */
  within: readonly Member[] = noMembers
  /** Operations it ran inside itself; they stand and fall with it. */
  readonly children: Member[] = []
  readonly place: number

  readonly moment: Moment

  constructor(group: Group, operation: string, person: string) {
    this.group = group
    this.place = group.nextPlace()
    this.moment = { at: group.at, today: group.today, operation, person }
  }

  ask<Q, R, Found>(gathering: Gathering<Q, R, Found>, question: Q): Promise<R> {
    if (this.ended) throw new Error(`${gathering.name} was asked after the operation ended: an await is missing`)
    return new Promise<R>((resolve, reject) => {
      this.group.enqueue({ member: this, gathering, question, resolve, reject } as unknown as Ask)
    })
  }

  write<Row>(statement: Write<Row>, row: Row): void {
    if (this.ended) throw new Error('a write was made after the operation ended: an await is missing')
    const rows = this.buffer.get(statement)
    if (rows) rows.push(row)
    else this.buffer.set(statement, [row])
  }

  /** Whether dropping its buffer leaves something of it, or of what it ran, in the group. */
  get isSpent(): boolean {
    return this.posted || this.ranSql || this.children.some((child) => child.isSpent)
  }

  /** This member and all it ran, in order. */
  family(): readonly Member[] {
    return this.children.length === 0 ? [this] : [this, ...this.children.flatMap((child) => child.family())]
  }

  /** Keeps rows although the operation refused: its audit record and its stored answer. */
  keepOnly(keep: (member: Member) => void): void {
    this.buffer.clear()
    this.children.length = 0
    this.ended = false
    keep(this)
    this.ended = true
  }
}
