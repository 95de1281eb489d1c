import { compareCuts, type Constraint, type Cut, type Ordered, type RangeSet, type Type } from '#kernel/predicate'

/**
 * A field cut into slots: wherever a row of the table begins or ends to hold, one slot ends and the next begins, so that
 * within a slot no row can tell two values apart. The last slot is for null.
 */
export type Dimension = {
  readonly key: string
  readonly path: readonly string[]
  readonly type: Type
  readonly cuts: readonly Cut[]
  /** The slot of null: one more than the last slot of values. */
  readonly nullSlot: number
}

/** From one slot up to, not including, another. */
export type Span = { readonly start: number; readonly end: number }

/** The dimension of a field, cut by all that is demanded of it, and by a domain where one is given. */
export function dimensionOf(key: string, constraints: readonly Constraint[], domain: RangeSet | undefined): Dimension {
  const [first] = constraints
  if (first === undefined) throw new RangeError('a dimension without a demand')
  const cuts = distinctCuts([...constraints.map((each) => each.ranges), domain ?? []])
  return { key, path: first.path, type: first.type, cuts, nullSlot: cuts.length + 1 }
}

function distinctCuts(sets: readonly RangeSet[]): readonly Cut[] {
  const seen = new Map<string, Cut>()
  for (const set of sets) for (const { from, to } of set) for (const cut of [from, to]) if (cut !== null) seen.set(keyOf(cut), cut)
  return [...seen.values()].sort(compareCuts)
}

function keyOf(cut: Cut): string {
  return `${cut.after ? '+' : '-'}${typeof cut.at}${cut.at}`
}

/** A look-up from ranges to the slots they fill; every bound is one of the dimension's cuts. */
export function spansIn(dimension: Dimension): (ranges: RangeSet) => readonly Span[] {
  const places = new Map(dimension.cuts.map((cut, index) => [keyOf(cut), index + 1]))
  const place = (cut: Cut | null, without: number): number => (cut === null ? without : (places.get(keyOf(cut)) ?? without))
  return (ranges) => ranges.map(({ from, to }) => ({ start: place(from, 0), end: place(to, dimension.nullSlot) }))
}

/** The slot that a known value falls into, by halving. */
export function slotOfValue(dimension: Dimension, value: Ordered): number {
  const at: Cut = { at: value, after: false }
  let low = 0
  let high = dimension.cuts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareCuts(dimension.cuts[middle] as Cut, at) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
