import type { Clock, Scheduler } from './runtime.ts'

/** A clock and a scheduler in one whose time passes only by `advance`: tasks run in order of due time, each at its due time. */
export interface VirtualTime extends Clock, Scheduler {
  /** Lets time pass, and the promises that follow from each step settle. */
  advance(ms: number): Promise<void>
  readonly pending: number
}

const TURNS = 100 // promise jobs given to what a task led to: six patterns around each other, retrying at once, take some eighty

async function settle(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await Promise.resolve()
}

export function virtualTime(startMs = 0): VirtualTime {
  let now = startMs
  const tasks = new Set<{ due: number; task: () => void }>()
  const earliest = (): { due: number; task: () => void } | undefined => {
    let first: { due: number; task: () => void } | undefined
    for (const entry of tasks) if (first === undefined || entry.due < first.due) first = entry
    return first
  }
  return {
    now: () => now,
    schedule(task, delayMs) {
      const entry = { due: now + delayMs, task }
      tasks.add(entry)
      return () => void tasks.delete(entry)
    },
    async advance(ms) {
      const until = now + ms
      await settle()
      for (let next = earliest(); next !== undefined && next.due <= until; next = earliest()) {
        tasks.delete(next)
        now = Math.max(now, next.due)
        next.task()
        await settle()
      }
      now = until
    },
    get pending() {
      return tasks.size
    },
  }
}
