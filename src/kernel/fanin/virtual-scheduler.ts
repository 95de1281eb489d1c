import type { Clock, Scheduler } from './timing.ts'

const TURNS = 30 // promise jobs given to what a task led to

/** A clock and a scheduler whose time passes only by `advance`, for tests that replay a day: tasks run at their due time, in order. */
export interface VirtualScheduler extends Clock, Scheduler {
  advance(ms: number): Promise<void>
  readonly pending: number
}

async function settle(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await Promise.resolve()
}

export function virtualScheduler(): VirtualScheduler {
  let now = 0
  let serial = 0
  const tasks = new Map<number, { readonly due: number; readonly task: () => void }>()
  const after = (delayMs: number, task: () => void): (() => void) => {
    const id = serial++
    tasks.set(id, { due: now + Math.max(0, delayMs), task })
    return () => void tasks.delete(id)
  }
  const earliest = (until: number): number | undefined => {
    let first: number | undefined
    for (const [id, { due }] of tasks) if (due <= until && (first === undefined || due < tasks.get(first)!.due)) first = id
    return first
  }
  return {
    now: () => now,
    tick: (task) => void Promise.resolve().then(() => Promise.resolve().then(task)),
    turn: (task) => void after(0, task),
    after,
    async advance(ms) {
      const until = now + ms
      await settle()
      for (let id = earliest(until); id !== undefined; id = earliest(until)) {
        const { due, task } = tasks.get(id)!
        tasks.delete(id)
        now = Math.max(now, due)
        task()
        await settle()
      }
      now = until
    },
    get pending() {
      return tasks.size
    },
  }
}
