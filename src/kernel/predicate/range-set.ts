import { compareText } from './text-order.ts'

/** A value of an ordered kind: whole numbers (also dates as days, times as microseconds) as bigint, doubles, text. */
export type Ordered = bigint | number | string

/** A place between values: just before `at`, or just after it. */
export type Cut = { readonly at: Ordered; readonly after: boolean }

/** From a cut to a later cut; null is without end. */
export type Range = { readonly from: Cut | null; readonly to: Cut | null }

/** Ranges in order that do not touch each other. */
export type RangeSet = readonly Range[]

export const everything: RangeSet = [{ from: null, to: null }]
export const nowhere: RangeSet = []

/** Orders values of one kind: text by code point. */
export function compareOrdered(left: Ordered, right: Ordered): number {
  if (typeof left === 'string') return compareText(left, right as string)
  const number = right as number | bigint
  return left < number ? -1 : left > number ? 1 : 0
}

/** Orders cuts; the cut before a value comes first. */
export function compareCuts(left: Cut, right: Cut): number {
  return compareOrdered(left.at, right.at) || Number(left.after) - Number(right.after)
}

/** The cut before a value, or after it; after a whole number is before the next. */
export function cutAt(at: Ordered, after: boolean): Cut {
  return after && typeof at === 'bigint' ? { at: at + 1n, after: false } : { at, after }
}

/** The values that stand in a comparison's relation to `value`. */
export function rangesOf(how: '==' | '!=' | '<' | '<=' | '>' | '>=', value: Ordered): RangeSet {
  const before = cutAt(value, false)
  const after = cutAt(value, true)
  switch (how) {
    case '==':
      return [{ from: before, to: after }]
    case '!=':
      return [
        { from: null, to: before },
        { from: after, to: null },
      ]
    case '<':
      return [{ from: null, to: before }]
    case '<=':
      return [{ from: null, to: after }]
    case '>':
      return [{ from: after, to: null }]
    case '>=':
      return [{ from: before, to: null }]
  }
}

/** The values of text that start with `prefix`. */
export function prefixRanges(prefix: string): RangeSet {
  if (prefix === '') return everything
  const points = Array.from(prefix, (char) => char.codePointAt(0) as number)
  while (points.at(-1) === 0x10ffff) points.pop()
  const last = points.pop()
  const from = cutAt(prefix, false)
  if (last === undefined) return [{ from, to: null }]
  const next = last === 0xd7ff ? 0xe000 : last + 1
  return [{ from, to: cutAt(String.fromCodePoint(...points, next), false) }]
}

export function complement(set: RangeSet): RangeSet {
  const result: Range[] = []
  let from: Cut | null = null
  for (const [index, range] of set.entries()) {
    if (range.from !== null) result.push({ from, to: range.from })
    else if (index > 0) throw new RangeError('a range without start comes first')
    if (range.to === null) return result
    from = range.to
  }
  result.push({ from, to: null })
  return result
}

export function intersection(left: RangeSet, right: RangeSet): RangeSet {
  const result: Range[] = []
  let i = 0
  let j = 0
  while (i < left.length && j < right.length) {
    const a = left[i] as Range
    const b = right[j] as Range
    const from = laterStart(a.from, b.from)
    const aEndsFirst = b.to === null || (a.to !== null && compareCuts(a.to, b.to) <= 0)
    const to = aEndsFirst ? a.to : b.to
    if (from === null || to === null || compareCuts(from, to) < 0) result.push({ from, to })
    if (aEndsFirst) i++
    else j++
  }
  return result
}

function laterStart(a: Cut | null, b: Cut | null): Cut | null {
  if (a === null) return b
  return b === null || compareCuts(a, b) >= 0 ? a : b
}

export function union(sets: readonly RangeSet[]): RangeSet {
  const ranges = sets.flat().sort((a, b) => (a.from === null ? -1 : b.from === null ? 1 : compareCuts(a.from, b.from)))
  const result: { from: Cut | null; to: Cut | null }[] = []
  for (const range of ranges) {
    const last = result.at(-1)
    const touches = last !== undefined && (last.to === null || range.from === null || compareCuts(range.from, last.to) <= 0)
    if (!touches) result.push({ ...range })
    else if (last.to !== null && (range.to === null || compareCuts(range.to, last.to) > 0)) last.to = range.to
  }
  return result
}

export function isEverything(set: RangeSet): boolean {
  return set.length === 1 && set[0]?.from === null && set[0].to === null
}

/** The only value of a range that holds a single one, else undefined. */
export function onlyValue(range: Range): Ordered | undefined {
  const { from, to } = range
  if (from === null || to === null || from.after) return undefined
  const end = cutAt(from.at, true)
  return compareCuts(end, to) === 0 ? from.at : undefined
}
