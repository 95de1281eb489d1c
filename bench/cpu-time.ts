import { globSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** Of /proc: ticks a second, the same on every Linux. */
const ticks = 100

function statOf(pid: string): { readonly parent: number; readonly seconds: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / ticks }
  } catch {
    // It ended since the folder was read.
    return undefined
  }
}

/** Seconds of processor time that processes and their direct children have used so far: unlike elapsed time it doesn't grow with the neighbours' load. */
export function cpuSeconds(pids: readonly number[]): number {
  let sum = 0
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const stat = statOf(pid)
    if (stat && (pids.includes(Number(pid)) || pids.includes(stat.parent))) sum += stat.seconds
  }
  return sum
}

/** The first process of the PostgreSQL that lies somewhere under a folder. */
export function postmasterOf(folder: string): number {
  const [file] = globSync('**/postmaster.pid', { cwd: folder })
  if (file === undefined) throw new Error(`no PostgreSQL runs in ${folder}`)
  return Number.parseInt(readFileSync(path.join(folder, file), 'utf8'), 10)
}
