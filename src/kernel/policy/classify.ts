import { daysOfDate, isDate, type Ordered, readerOf, readInteger, type Row, valueAt } from '#kernel/predicate'
import { type Dimension, slotOfValue } from './dimension.ts'

const minSafe = BigInt(Number.MIN_SAFE_INTEGER)
const maxSafe = BigInt(Number.MAX_SAFE_INTEGER)
// 4,096 buckets of two bytes; up to that many values each has a bucket of its own and is found without a comparison.
const buckets = 4_096
// A row holds integers of at most 40 digits; whoever is near that is asked exactly.
const vast = 1e39
// In a bucket of more bounds than this, halving comes before walking.
const crowded = 4

/**
 * The fastest exact way from a row's value to its slot: one shape of object for every kind of field, so that the loop over
 * them is compiled once. Numbers go through a table of buckets, texts through a map, all else through `slow`.
 */
export type Classifier = {
  readonly path: readonly string[]
  readonly name: string
  readonly isNested: boolean
  readonly isNumeric: boolean
  readonly low: number
  readonly high: number
  readonly last: number
  readonly scale: number
  readonly starts: Uint16Array
  readonly bounds: Float64Array
  readonly texts: ReadonlyMap<string, number>
  readonly nullSlot: number
  readonly slow: (value: unknown) => number
}

export function classifierOf(dimension: Dimension): Classifier {
  const bounds = integerBounds(dimension)
  const low = bounds?.[0] ?? 0
  const high = bounds?.at(-1) ?? 0
  const scale = high - low <= buckets ? 1 : buckets / (high - low)
  return {
    path: dimension.path,
    name: dimension.path[0] ?? '',
    isNested: dimension.path.length > 1,
    isNumeric: bounds !== null,
    low,
    high,
    last: bounds?.length ?? 0,
    scale,
    starts: startsOf(bounds ?? [], low, scale),
    bounds: Float64Array.from([...(bounds ?? []), Number.POSITIVE_INFINITY]),
    texts: textsOf(dimension),
    nullSlot: dimension.nullSlot,
    slow: slowSlot(dimension),
  }
}

/** The slot of a row. */
export function slotOf(classifier: Classifier, row: Row): number {
  const value = classifier.isNested ? valueAt(row, classifier.path) : row[classifier.name]
  if (typeof value === 'number') {
    if (classifier.isNumeric) return Number.isInteger(value) ? numberSlot(classifier, value, value) : classifier.nullSlot
  } else if (typeof value === 'string') {
    const slot = classifier.texts.get(value)
    if (slot !== undefined) return slot
  } else if (typeof value === 'bigint' && classifier.isNumeric) return numberSlot(classifier, Number(value), value)
  return classifier.slow(value)
}

// A bigint beyond 2^53 may round, but never across a bound, for bounds are safe integers.
function numberSlot(classifier: Classifier, value: number, held: number | bigint): number {
  if (value < classifier.low) return value > -vast ? 0 : classifier.slow(held)
  if (value >= classifier.high) return value < vast ? classifier.last : classifier.slow(held)
  const bucket = Math.trunc((value - classifier.low) * classifier.scale)
  let slot = classifier.starts[bucket] as number
  let end = classifier.starts[bucket + 1] as number
  while (end - slot > crowded) {
    const middle = (slot + end) >>> 1
    if ((classifier.bounds[middle] as number) <= value) slot = middle + 1
    else end = middle
  }
  while ((classifier.bounds[slot] as number) <= value) slot++
  return slot
}

function integerBounds(dimension: Dimension): readonly number[] | null {
  if (dimension.type.kind !== 'int') return null
  const bounds = dimension.cuts.map((cut) => cut.at as bigint)
  return bounds.every((bound) => bound >= minSafe && bound <= maxSafe) ? bounds.map(Number) : null
}

// Where each bucket's search starts: after all bounds of earlier buckets; the last entry ends the last bucket's.
function startsOf(bounds: readonly number[], low: number, scale: number): Uint16Array {
  const size = Math.trunc(((bounds.at(-1) ?? 0) - low) * scale) + 1
  const counts = new Uint16Array(size + 1)
  for (const bound of bounds) {
    const bucket = Math.trunc((bound - low) * scale)
    counts[bucket] = (counts[bucket] as number) + 1
  }
  let before = 0
  return counts.map((count) => {
    const start = before
    before += count
    return start
  })
}

// Where rows name single texts only, which is the rule, a look-up finds the slot; texts that no row names share slots.
function textsOf(dimension: Dimension): ReadonlyMap<string, number> {
  if (dimension.type.kind !== 'string') return new Map()
  const named = [...dimension.cuts.map((cut) => cut.at as string), ...(dimension.type.values ?? [])]
  return new Map(named.map((text) => [text, slotOfValue(dimension, text)]))
}

function slowSlot(dimension: Dimension): (value: unknown) => number {
  const { nullSlot } = dimension
  const read = orderedReader(dimension)
  return (value) => {
    const known = read(value)
    return known === null ? nullSlot : slotOfValue(dimension, known)
  }
}

function orderedReader(dimension: Dimension): (value: unknown) => Ordered | null {
  const { kind } = dimension.type
  const read = readerOf(dimension.type)
  switch (kind) {
    case 'int':
      return (value) => {
        const integer = readInteger(value)
        return integer === null ? null : BigInt(integer)
      }
    case 'string':
      return (value) => (typeof value === 'string' ? value : null)
    case 'bool':
      return (value) => (typeof value === 'boolean' ? BigInt(value) : null)
    case 'date':
      return (value) => (typeof value === 'string' && isDate(value) ? BigInt(daysOfDate(value)) : null)
    case 'double':
      return (value) => read(value) as number | null
    default:
      return (value) => {
        const known = read(value)
        return known === null ? null : BigInt(known)
      }
  }
}
