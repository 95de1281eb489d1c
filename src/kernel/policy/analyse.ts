import type { Fields } from '#kernel/predicate'
import { dimensionsOf } from './bitmap-index.ts'
import { type Box, holesIn, type Region } from './cover.ts'
import { holds } from './explain.ts'
import { dayKey, domainOf, type Rule, rulesOf } from './rules.ts'
import { groundOf, type Ground, textOfSlots, type Witness, witnessAt } from './witness.ts'
import type { Outcome, Table } from './table.ts'

/** Two rows that hold for one input; `contradicts` says that their outcomes differ. */
export type Overlap = { readonly rows: readonly [string, string]; readonly contradicts: boolean; readonly witness: Witness }
/** An input for which no row holds; `where` gives the ranges around it. */
export type Gap = { readonly witness: Witness; readonly where: { readonly [input: string]: string } }
/** A row of a `first` table that never wins: earlier rows hold wherever it does, `by` one of them at the witness. */
export type Unreachable = { readonly row: string; readonly by: string; readonly witness: Witness }

export type Analysis = {
  /** At most 500 of `overlapCount`. */
  readonly overlaps: readonly Overlap[]
  readonly overlapCount: number
  /** At most 50. Missing inputs are no gaps: where nothing is known nothing is granted. */
  readonly gaps: readonly Gap[]
  readonly unreachable: readonly Unreachable[]
  /** Rows whose cells contradict each other: no input meets them all. */
  readonly impossible: readonly string[]
  /** Rows with conditions that are no ranges of one field: taken as possible, never as covering. */
  readonly opaque: readonly string[]
  /** False where the budget of steps ran out or 50 gaps were found, so that there may be more than was found. */
  readonly complete: boolean
}

const overlapsAtMost = 500
const gapsAtMost = 50
const gapSteps = 20_000_000
const coverSteps = 20_000_000
const pairSteps = 200_000_000
// Evaluating two rows at a witness.
const witnessSteps = 200

type Plane = {
  readonly table: Table
  readonly rules: readonly Rule[]
  readonly grounds: readonly Ground[]
  readonly boxes: readonly Box[]
  /** What may still be spent on comparing rows with each other. */
  readonly pairs: { steps: number }
}

/**
 * Looks for rows that overlap, contradict, can never be met or never win, and for inputs that no row meets. Exact on the
 * slots between the bounds that rows name; every witness was evaluated against the rows themselves.
 */
export function analyse(table: Table, fields: Fields): Analysis {
  const plane = planeOf(table, fields)
  const { rules } = plane
  const opaque = rules.map((rule) => rule.rest.length > 0)
  const possible = plane.boxes.map((box) => box.every((spans, at) => hasFeasible(spans, plane.grounds[at] as Ground)))
  const overlaps = overlapsOf(plane, possible)
  const hidden = table.hit === 'first' ? unreachableOf(plane, { possible, opaque }) : { rows: [], complete: true }
  const gaps = gapsOf(plane, { opaque, isDisjoint: overlaps.count === 0 && overlaps.complete })
  return {
    overlaps: overlaps.found,
    overlapCount: overlaps.count,
    gaps: gaps.found,
    unreachable: hidden.rows,
    impossible: rules.filter((_, index) => !possible[index]).map((rule) => rule.id),
    opaque: rules.filter((_, index) => opaque[index]).map((rule) => rule.id),
    complete: overlaps.complete && gaps.complete && hidden.complete,
  }
}

function planeOf(table: Table, fields: Fields): Plane {
  const rules = rulesOf(table, fields)
  const domains = domainOf(table, fields)
  // The dimension that most rows speak of comes first: it thins out the rows fastest.
  const weight = (key: string): number => rules.filter((rule) => rule.constraints.has(key)).length
  const dimensions = [...dimensionsOf(rules, domains)].sort((a, b) => weight(b.key) - weight(a.key))
  const grounds = dimensions.map((dimension) => groundOf(dimension, domains.get(dimension.key)))
  const boxes = rules.map((rule) =>
    grounds.map(({ dimension, spans }) => {
      const constraint = rule.constraints.get(dimension.key)
      if (constraint === undefined) return [{ start: 0, end: dimension.nullSlot + 1 }]
      const filled = spans(constraint.ranges)
      return constraint.acceptsNull ? [...filled, { start: dimension.nullSlot, end: dimension.nullSlot + 1 }] : filled
    }),
  )
  return { table, rules, grounds, boxes, pairs: { steps: pairSteps } }
}

function hasFeasible(spans: Box[number], { next }: Ground): boolean {
  return spans.some(({ start, end }) => (next[start] as number) < end)
}

type Overlaps = { readonly found: readonly Overlap[]; readonly count: number; readonly complete: boolean }

function overlapsOf(plane: Plane, possible: readonly boolean[]): Overlaps {
  const found: Overlap[] = []
  let count = 0
  const slots = plane.grounds.map(() => 0)
  for (let first = 0; first < plane.boxes.length; first++) {
    if (possible[first] !== true) continue
    for (let second = first + 1; second < plane.boxes.length; second++) {
      if (plane.pairs.steps <= 0) return { found, count, complete: false }
      if (possible[second] !== true || !meet(plane, [first, second], slots)) continue
      const [a, b] = [plane.rules[first] as Rule, plane.rules[second] as Rule]
      const isOpaque = a.rest.length + b.rest.length > 0
      if (!isOpaque && found.length >= overlapsAtMost) {
        count++
        continue
      }
      plane.pairs.steps -= witnessSteps
      const witness = witnessAt(dimensionsIn(plane), slots)
      const isTrue = holdsAt(a, witness) && holdsAt(b, witness)
      if (!isTrue && !isOpaque) throw new Error(`rows ${a.id} and ${b.id} do not meet at their witness`)
      if (!isTrue) continue
      count++
      if (found.length < overlapsAtMost) found.push({ rows: [a.id, b.id], contradicts: !same(a.outcome, b.outcome), witness })
    }
  }
  return { found, count, complete: true }
}

function dimensionsIn(plane: Plane): readonly Ground['dimension'][] {
  return plane.grounds.map((ground) => ground.dimension)
}

function holdsAt(rule: Rule, witness: Witness): boolean {
  return holds(rule, witness.row, witness.day ?? '')
}

// Whether two boxes share a slot in every dimension; the slots are written down on the way.
function meet(plane: Plane, pair: readonly [number, number], slots: number[]): boolean {
  const [a, b] = [plane.boxes[pair[0]] as Box, plane.boxes[pair[1]] as Box]
  for (let at = 0; at < plane.grounds.length; at++) {
    const [left, right] = [a[at] ?? [], b[at] ?? []]
    plane.pairs.steps -= left.length + right.length
    const slot = sharedSlot(left, right, plane.grounds[at] as Ground)
    if (slot < 0) return false
    slots[at] = slot
  }
  return true
}

// Both are in order, so that one walk along the two finds where they meet.
function sharedSlot(a: Box[number], b: Box[number], { next }: Ground): number {
  let i = 0
  let j = 0
  for (let left = a[i], right = b[j]; left !== undefined && right !== undefined;) {
    const start = Math.max(left.start, right.start)
    const end = Math.min(left.end, right.end)
    const slot = next[start] as number
    if (start < end && slot < end) return slot
    if (left.end <= right.end) left = a[++i]
    else right = b[++j]
  }
  return -1
}

function same(a: Outcome, b: Outcome): boolean {
  return Object.entries(a).every(([name, value]) => b[name] === value)
}

type Judged = { readonly possible: readonly boolean[]; readonly opaque: readonly boolean[] }

function unreachableOf(plane: Plane, { possible, opaque }: Judged): { readonly rows: readonly Unreachable[]; readonly complete: boolean } {
  const rows: Unreachable[] = []
  const budget = { steps: coverSteps }
  let complete = true
  // Told apart from the budget for overlaps, which is spent on the same pairs.
  plane.pairs.steps = pairSteps
  const slots = plane.grounds.map(() => 0)
  for (let row = 1; row < plane.boxes.length; row++) {
    if (possible[row] !== true) continue
    if (plane.pairs.steps <= 0) return { rows, complete: false }
    const earlier = Array.from({ length: row }, (_, index) => index).filter(
      (index) => possible[index] && !opaque[index] && meet(plane, [index, row], slots),
    )
    if (earlier.length === 0) continue
    const search = {
      boxes: earlier.map((index) => plane.boxes[index] as Box),
      region: regionOf(plane, plane.boxes[row] as Box),
      budget,
      most: 1,
    }
    const { holes } = holesIn(search)
    if (budget.steps <= 0) complete = false
    if (holes.length > 0 || !complete) continue
    const by = earlier[0] as number
    meet(plane, [by, row], slots)
    rows.push({ row: (plane.rules[row] as Rule).id, by: (plane.rules[by] as Rule).id, witness: witnessAt(dimensionsIn(plane), slots) })
  }
  return { rows, complete }
}

function regionOf(plane: Plane, box: Box): Region {
  return plane.grounds.map(({ feasible }, at) => {
    const region = new Uint8Array(feasible.length)
    for (const { start, end } of box[at] ?? []) region.set(feasible.subarray(start, end), start)
    return region
  })
}

function gapsOf(
  plane: Plane,
  given: { readonly opaque: readonly boolean[]; readonly isDisjoint: boolean },
): { readonly found: readonly Gap[]; readonly complete: boolean } {
  const region = plane.grounds.map(({ feasible, dimension }) => {
    const known = Uint8Array.from(feasible)
    known[dimension.nullSlot] = 0
    return known
  })
  const boxes = plane.boxes.filter((_, index) => given.opaque[index] !== true)
  if (given.isDisjoint && volumeOf(boxes, region) === totalOf(region)) return { found: [], complete: true }
  const { holes, complete } = holesIn({ boxes, region, budget: { steps: gapSteps }, most: gapsAtMost })
  const found: Gap[] = []
  for (const hole of holes) {
    const witness = witnessAt(
      dimensionsIn(plane),
      hole.map((span) => span.start),
    )
    const meeting = plane.rules.filter((rule) => holdsAt(rule, witness))
    if (meeting.some((rule) => rule.rest.length === 0)) throw new Error(`row ${meeting[0]?.id} holds where there should be a gap`)
    if (meeting.length === 0) found.push({ witness, where: whereOf(plane, hole) })
  }
  return { found, complete }
}

function whereOf(plane: Plane, hole: readonly { readonly start: number; readonly end: number }[]): Gap['where'] {
  const told = plane.grounds.map(({ dimension }, at) => {
    const span = hole[at] ?? { start: 0, end: 0 }
    const name = dimension.key === dayKey ? 'day' : dimension.key
    return [name, textOfSlots(dimension, span.start, Math.min(span.end, dimension.nullSlot))] as const
  })
  return Object.fromEntries(told)
}

// Boxes that share nothing cover the region exactly when their volumes add up to its own.
function volumeOf(boxes: readonly Box[], region: Region): bigint {
  return boxes.reduce((sum, box) => sum + region.reduce((volume, slots, at) => volume * BigInt(countIn(box[at] ?? [], slots)), 1n), 0n)
}

function totalOf(region: Region): bigint {
  return region.reduce((volume, slots) => volume * BigInt(slots.reduce((sum, slot) => sum + slot, 0)), 1n)
}

function countIn(spans: Box[number], slots: Uint8Array): number {
  return spans.reduce((sum, { start, end }) => sum + slots.subarray(start, end).reduce((inner, slot) => inner + slot, 0), 0)
}
