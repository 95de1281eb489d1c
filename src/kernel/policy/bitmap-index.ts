import { classifierOf, slotOf, type Classifier } from './classify.ts'
import { type Dimension, dimensionOf, spansIn } from './dimension.ts'
import { PolicyError } from './policy-error.ts'
import { dayKey, type Rule } from './rules.ts'
import { limits } from './table.ts'
import type { Constraint, RangeSet, Row } from '#kernel/predicate'

type Column = { readonly classifier: Classifier; readonly isDay: boolean; readonly bits: Int32Array; readonly summary: Int32Array }

/**
 * For each slot of each dimension, the rows that may hold there, 32 to a word; above them a summary with a bit for each
 * word that is not empty. The rows that hold for an input are the and over its slots, so a thousand rows cost little
 * more than sixty.
 */
export type BitmapIndex = {
  readonly dimensions: readonly Dimension[]
  /** Calls `visit` with the numbers of the rows whose ranges all hold, lowest first, until it returns true. */
  readonly scan: (row: Row, day: string, visit: (rule: number) => boolean) => void
  /** The lowest row whose ranges all hold, or -1. */
  readonly lowest: (row: Row, day: string) => number
}

/** The dimensions that the rules speak of, cut also where the domains end. A PolicyError where they are too many for an index. */
export function dimensionsOf(rules: readonly Rule[], domains: ReadonlyMap<string, RangeSet> = new Map()): readonly Dimension[] {
  const demands = new Map<string, Constraint[]>()
  for (const rule of rules)
    for (const [key, constraint] of rule.constraints) {
      const known = demands.get(key)
      if (known === undefined) demands.set(key, [constraint])
      else known.push(constraint)
    }
  const dimensions = [...demands].map(([key, constraints]) => dimensionOf(key, constraints, domains.get(key)))
  const slots = dimensions.reduce((sum, dimension) => sum + dimension.nullSlot + 1, 0)
  if (slots * wordsOf(rules) > limits.indexWords)
    throw new PolicyError(`${rules.length} rows over ${slots} different bounds are more than an index holds; use ranges, or several tables`)
  return dimensions
}

function wordsOf(rules: readonly Rule[]): number {
  return Math.max(1, (rules.length + 31) >>> 5)
}

export function indexOf(rules: readonly Rule[]): BitmapIndex {
  const dimensions = dimensionsOf(rules)
  const words = wordsOf(rules)
  const summaries = (words + 31) >>> 5
  const columns = dimensions.map((dimension): Column => {
    const bits = bitsOf(dimension, rules, words)
    return { classifier: classifierOf(dimension), isDay: dimension.key === dayKey, bits, summary: summaryOf(bits, words, summaries) }
  })
  const all = new Int32Array(words)
  for (let rule = 0; rule < rules.length; rule++) setBit(all, 0, rule)
  const base: Rows = { bits: all, summary: summaryOf(all, words, summaries) }
  const size = { words, summaries }
  return { dimensions, scan: scanner(columns, base, size), lowest: lowest(columns, base, size) }
}

function setBit(bits: Int32Array, offset: number, rule: number): void {
  const word = offset + (rule >>> 5)
  bits[word] = (bits[word] as number) | (1 << (rule & 31))
}

function bitsOf(dimension: Dimension, rules: readonly Rule[], words: number): Int32Array {
  const bits = new Int32Array((dimension.nullSlot + 1) * words)
  const spans = spansIn(dimension)
  for (const [rule, { constraints }] of rules.entries()) {
    const constraint = constraints.get(dimension.key)
    const filled = constraint === undefined ? [{ start: 0, end: dimension.nullSlot }] : spans(constraint.ranges)
    for (const { start, end } of filled) for (let slot = start; slot < end; slot++) setBit(bits, slot * words, rule)
    if (constraint === undefined || constraint.acceptsNull) setBit(bits, dimension.nullSlot * words, rule)
  }
  return bits
}

function summaryOf(bits: Int32Array, words: number, summaries: number): Int32Array {
  const slots = bits.length / words
  const summary = new Int32Array(slots * summaries)
  for (let slot = 0; slot < slots; slot++)
    for (let word = 0; word < words; word++) if (bits[slot * words + word] !== 0) setBit(summary, slot * summaries, word)
  return summary
}

type Size = { readonly words: number; readonly summaries: number }
type Rows = { readonly bits: Int32Array; readonly summary: Int32Array }

function slotIn(column: Column, row: Row, day: string): number {
  return column.isDay ? column.classifier.slow(day) : slotOf(column.classifier, row)
}

function scanner(columns: readonly Column[], base: Rows, size: Size): BitmapIndex['scan'] {
  const slots = new Int32Array(columns.length)
  const { words, summaries } = size
  return (row, day, visit) => {
    for (let at = 0; at < columns.length; at++) slots[at] = slotIn(columns[at] as Column, row, day)
    for (let summary = 0; summary < summaries; summary++) {
      let left = base.summary[summary] as number
      for (let at = 0; at < columns.length; at++)
        left &= (columns[at] as Column).summary[(slots[at] as number) * summaries + summary] as number
      for (; left !== 0; left &= left - 1) {
        const word = (summary << 5) + lowestBit(left)
        let rules = base.bits[word] as number
        for (let at = 0; at < columns.length; at++) rules &= (columns[at] as Column).bits[(slots[at] as number) * words + word] as number
        for (; rules !== 0; rules &= rules - 1) if (visit((word << 5) + lowestBit(rules))) return
      }
    }
  }
}

// A table of this many words is read faster without its summary.
const fewWords = 4

// The same walk without a call per row that holds: it is what most tables do, millions of times.
function lowest(columns: readonly Column[], base: Rows, size: Size): BitmapIndex['lowest'] {
  return size.words <= fewWords ? lowestOfFew(columns, base, size.words) : lowestOfMany(columns, base, size)
}

function lowestOfFew(columns: readonly Column[], base: Rows, words: number): BitmapIndex['lowest'] {
  const offsets = new Int32Array(columns.length)
  return (row, day) => {
    for (let at = 0; at < columns.length; at++) offsets[at] = slotIn(columns[at] as Column, row, day) * words
    for (let word = 0; word < words; word++) {
      let rules = base.bits[word] as number
      for (let at = 0; at < columns.length; at++) rules &= (columns[at] as Column).bits[(offsets[at] as number) + word] as number
      if (rules !== 0) return (word << 5) + lowestBit(rules)
    }
    return -1
  }
}

function lowestOfMany(columns: readonly Column[], base: Rows, size: Size): BitmapIndex['lowest'] {
  const slots = new Int32Array(columns.length)
  const { words, summaries } = size
  return (row, day) => {
    for (let at = 0; at < columns.length; at++) slots[at] = slotIn(columns[at] as Column, row, day)
    for (let summary = 0; summary < summaries; summary++) {
      let left = base.summary[summary] as number
      for (let at = 0; at < columns.length; at++)
        left &= (columns[at] as Column).summary[(slots[at] as number) * summaries + summary] as number
      for (; left !== 0; left &= left - 1) {
        const word = (summary << 5) + lowestBit(left)
        let rules = base.bits[word] as number
        for (let at = 0; at < columns.length; at++) rules &= (columns[at] as Column).bits[(slots[at] as number) * words + word] as number
        if (rules !== 0) return (word << 5) + lowestBit(rules)
      }
    }
    return -1
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word)
}
