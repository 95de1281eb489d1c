import { readFileSync } from 'node:fs'
import { codeOf } from '#kernel/db'

/** Whether a process with this number works, our own or another's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** Ended, but never collected by whoever started it: containers often lack a first process that does. */
export function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return state.slice(state.lastIndexOf(')')).startsWith(') Z')
  } catch {
    return true
  }
}
