import { sqlState } from '#kernel/db'

/** The calls of a group that waited for a lock in vain wait so long in all, one after the other, to find out whose lock it was. */
export const apartMs = 2_000
/** Whose lock it was comes again by itself, and waits no longer than this each time. */
export const lockedWaitMs = 50
const pauseFirstMs = 100
const pauseMostMs = 1_000

/** The pause before a call that was locked out so many times comes again. */
export function lockedPauseMs(times: number): number {
  return Math.min(pauseFirstMs * 2 ** (times - 1), pauseMostMs)
}

/** lock_not_available: the session's lock_timeout ran out. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === '55P03'
}
