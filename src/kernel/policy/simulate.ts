import type { Row } from '#kernel/predicate'
import type { Decision, Policy } from './policy.ts'

/** An input for which the two tables decide differently: its place in the history, and both decisions. */
export type Change = { readonly index: number; readonly from: Decision; readonly to: Decision }

/** How many went from one set of rows to another; `example` is the place of the first. */
export type Move = { readonly from: readonly string[]; readonly to: readonly string[]; readonly count: number; readonly example: number }

export type Simulation = {
  readonly rows: number
  readonly changed: number
  /** The first changes, at most 1,000. */
  readonly changes: readonly Change[]
  /** All changes by the rows that decided, most frequent first; at most 1,000 kinds, the rest counted in `otherMoves`. */
  readonly moves: readonly Move[]
  readonly otherMoves: number
}

/** One input of the history, and the day it was decided for. */
export type Past = { readonly row: Row; readonly day?: string }

const changesAtMost = 1_000
const movesAtMost = 1_000

/**
 * Replays a history through two tables: who would change, from what to what. A change is another outcome; other rows with
 * the same outcome are none. Reads the history once, so it may be a stream of millions.
 */
export function simulate(before: Policy, after: Policy, history: Iterable<Past>): Simulation {
  const changes: Change[] = []
  const moves = new Map<string, { from: readonly string[]; to: readonly string[]; count: number; example: number }>()
  let index = -1
  let changed = 0
  let otherMoves = 0
  for (const { row, day } of history) {
    index++
    const from = before.decide(row, day)
    const to = after.decide(row, day)
    if (sameDecision(from, to)) continue
    changed++
    if (changes.length < changesAtMost) changes.push({ index, from, to })
    const key = JSON.stringify([from.rows, to.rows])
    const known = moves.get(key)
    if (known !== undefined) known.count++
    else if (moves.size < movesAtMost) moves.set(key, { from: from.rows, to: to.rows, count: 1, example: index })
    else otherMoves++
  }
  return { rows: index + 1, changed, changes, moves: [...moves.values()].sort((a, b) => b.count - a.count), otherMoves }
}

function sameDecision(a: Decision, b: Decision): boolean {
  if (a.conflict !== b.conflict) return false
  if (a.outcome !== null || b.outcome !== null) return sameOutcome(a.outcome, b.outcome)
  return a.outcomes.length === b.outcomes.length && a.outcomes.every((outcome, at) => sameOutcome(outcome, b.outcomes[at] ?? null))
}

function sameOutcome(a: Decision['outcome'], b: Decision['outcome']): boolean {
  if (a === b) return true
  if (a === null || b === null) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
}
