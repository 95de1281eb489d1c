import type { Member } from './member.ts'

/** Another piece of the same transaction has what this one locks. Nothing is wrong with it: it comes again when the other's writes are sent. */
export class LocksMeet extends Error {
  override readonly name = 'LocksMeet'
  constructor(lock: string) {
    super(`another piece of the same transaction holds ${lock}`)
  }
}

/**
 * Who holds what inside one transaction. PostgreSQL's row locks keep transactions apart, not the pieces of one: two that read a row and write
 * it would each miss what the other writes, for writes are buffered. Locks are held until what their holders wrote is sent.
 */
export class HeldLocks {
  /** What is held from the beginning; looked at only if something is locked inside. */
  first: (() => Iterable<readonly [lock: string, holder: Member]>) | undefined
  readonly #holders = new Map<string, Member>()

  /**
   * Takes locks for a member that begins: whether an operation it stands and falls with held one of them, so that its writes must be sent
   * for this one to read them. Throws LocksMeet, with the outermost member marked to come again, if another piece holds one; of those that
   * want the same at least one goes on.
   */
  take(member: Member, locks: readonly string[]): boolean {
    for (const [lock, holder] of this.first?.() ?? []) this.#holders.set(lock, holder)
    this.first = undefined
    const root = rootOf(member)
    let again = false
    for (const lock of locks) {
      const holder = this.#holders.get(lock)
      const holds = holder !== undefined && !holder.dead && !rootOf(holder).meets
      if (holds && rootOf(holder) !== root) {
        root.meets = new LocksMeet(lock)
        throw root.meets
      }
      if (holds && !holder.ended && !member.within.includes(holder))
        throw new Error(`two operations that one body runs side by side lock ${lock}: they must run one after the other`)
      again ||= holds
      this.#holders.set(lock, member)
    }
    return again
  }

  /** What their holders wrote has been sent. */
  clear(): void {
    this.#holders.clear()
  }
}

function rootOf(member: Member): Member {
  return member.within.at(-1) ?? member
}
