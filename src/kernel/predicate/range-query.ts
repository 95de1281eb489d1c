import { dateOfDays, daysOfDate, timestampOfMicroseconds } from './civil.ts'
import type { Type } from './fields.ts'
import type { Constant } from './node.ts'
import { anyOf, allOf, exists, matchNone, noneOf, type Query } from './query.ts'
import {
  complement,
  type Cut,
  everything,
  intersection,
  isEverything,
  onlyValue,
  type Ordered,
  rangesOf,
  type RangeSet,
} from './range-set.ts'

/** A constant in the order of its kind: dates as days. */
export function orderedOf(value: Exclude<Constant, null>, type: Type): Ordered {
  if (type.kind === 'date') return BigInt(daysOfDate(value as string))
  if (type.kind === 'bool') return value === true ? 1n : 0n
  return typeof value === 'boolean' ? 0n : value
}

type Bounds = { readonly min: bigint; readonly max: bigint }

const long: Bounds = { min: -(2n ** 63n), max: 2n ** 63n - 1n }
const days: Bounds = { min: BigInt(daysOfDate('0001-01-01')), max: BigInt(daysOfDate('9999-12-31')) }
const microsecondsOfDay = 86_400_000_000n
const micros: Bounds = { min: days.min * microsecondsOfDay, max: (days.max + 1n) * microsecondsOfDay - 1n }
// The engine refuses a bound that its field cannot hold; every stored value is on one side of such a bound.
const boundsOf: Readonly<Partial<Record<Type['kind'], Bounds>>> = { int: long, duration: long, date: days, timestamp: micros }

const termsAtMost = 1_000

/** A query for the documents whose field, of one value, has it in the set. */
export function rangeQuery(field: string, type: Type, set: RangeSet): Query {
  const kept = within(set, type)
  const holes = complement(kept).map(onlyValue)
  const isHoled = kept.length > 1 && holes.length <= termsAtMost && holes.every((hole) => hole !== undefined)
  return isHoled ? allOf([exists(field), noneOf(points(field, type, holes))]) : someInRanges(field, type, kept)
}

/** A query for the documents in which some value of `field`, of which there may be many, lies in the set. */
export function someInRanges(field: string, type: Type, set: RangeSet): Query {
  const kept = within(set, type)
  if (kept.length === 0) return matchNone
  if (isEverything(kept)) return exists(field)
  const singles = kept.map(onlyValue).filter((value) => value !== undefined)
  const wide = kept.filter((range) => onlyValue(range) === undefined)
  const spans = wide.map((range) => ({ range: { [field]: { ...edge('from', range.from, type), ...edge('to', range.to, type) } } }))
  return anyOf([...(singles.length === 0 ? [] : [points(field, type, singles)]), ...spans])
}

function points(field: string, type: Type, values: readonly Ordered[]): Query {
  const wires = values.map((value) => wire(value, type))
  return wires.length === 1 ? { term: { [field]: wires[0] } } : { terms: { [field]: wires } }
}

function within(set: RangeSet, type: Type): RangeSet {
  if (type.kind === 'bool') return truthValues(set)
  const bounds = boundsOf[type.kind]
  if (bounds === undefined) return set
  return set
    .filter(({ from, to }) => (from === null || (from.at as bigint) <= bounds.max) && (to === null || (to.at as bigint) > bounds.min))
    .map(({ from, to }) => ({
      from: from !== null && (from.at as bigint) <= bounds.min ? null : from,
      to: to !== null && (to.at as bigint) > bounds.max ? null : to,
    }))
}

// A range of truth values has ends that are none: below false, and above true.
function truthValues(set: RangeSet): RangeSet {
  const held = [0n, 1n].map((value) => rangesOf('==', value)).filter((single) => intersection(set, single).length > 0)
  return held.length === 2 ? everything : held.flat()
}

function edge(side: 'from' | 'to', cut: Cut | null, type: Type): Record<string, unknown> {
  if (cut === null) return {}
  if (side === 'from') return { [cut.after ? 'gt' : 'gte']: wire(cut.at, type) }
  if (typeof cut.at === 'bigint') return { lte: wire(cut.at - 1n, type) }
  return { [cut.after ? 'lte' : 'lt']: wire(cut.at, type) }
}

// JSON numbers are exact up to 2^53; beyond, the engine reads digits in text.
function wire(value: Ordered, type: Type): unknown {
  if (typeof value !== 'bigint') return value
  if (type.kind === 'date') return dateOfDays(Number(value))
  if (type.kind === 'timestamp') return timestampOfMicroseconds(value)
  if (type.kind === 'bool') return value === 1n
  const isSafe = value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
  return isSafe ? Number(value) : String(value)
}
