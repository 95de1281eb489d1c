import { dateOfDays, daysOfDate, type Ordered, type RangeSet, type Row, timestampOfMicroseconds } from '#kernel/predicate'
import { type Dimension, slotOfValue, type Span, spansIn } from './dimension.ts'
import { dayKey } from './rules.ts'

/** An example input, and the day where the table has dates. */
export type Witness = { readonly row: Row; readonly day: string | null }

type Bounds = { readonly min: bigint; readonly max: bigint }

const microsecondsOfDay = 86_400_000_000n
const days: Bounds = { min: BigInt(daysOfDate('0001-01-01')), max: BigInt(daysOfDate('9999-12-31')) }
/** What a row can hold of the kinds that are whole numbers: years 1 to 9999, 12 digits of seconds, 40 digits. */
const boundsOf: Readonly<Partial<Record<Dimension['type']['kind'], Bounds>>> = {
  int: { min: 1n - 10n ** 40n, max: 10n ** 40n - 1n },
  date: days,
  timestamp: { min: days.min * microsecondsOfDay, max: (days.max + 1n) * microsecondsOfDay - 1n },
  duration: { min: 1n - 10n ** 18n, max: 10n ** 18n - 1n },
}

/** A value that falls into a slot, as a row holds it; undefined where no value of the kind does. */
export function sampleOf(dimension: Dimension, slot: number): unknown {
  if (slot === dimension.nullSlot) return null
  const found = candidates(dimension, slot).find((value) => slotOfValue(dimension, value) === slot)
  return found === undefined ? undefined : rowValue(dimension, found)
}

function candidates(dimension: Dimension, slot: number): readonly Ordered[] {
  const from = slot === 0 ? undefined : dimension.cuts[slot - 1]?.at
  const to = dimension.cuts[slot]?.at
  switch (dimension.type.kind) {
    case 'bool':
      return [1n, 0n]
    case 'string': {
      if (dimension.type.values !== undefined) return dimension.type.values
      const start = typeof from === 'string' ? from : ''
      return [start, 'other', `${start}x`, `${start} `, `${start}\u0001`, '']
    }
    case 'double': {
      const low = typeof from === 'number' ? from : Number(to ?? 0) - 2
      const high = typeof to === 'number' ? to : low + 2
      return [low, (low + high) / 2, low + Math.abs(low) * 2 ** -52 + Number.MIN_VALUE].filter(Number.isFinite)
    }
    default:
      return [within(whole(from, to), boundsOf[dimension.type.kind])]
  }
}

function whole(from: Ordered | undefined, to: Ordered | undefined): bigint {
  if (from !== undefined) return BigInt(from)
  return to === undefined ? 0n : BigInt(to) - 1n
}

function within(value: bigint, bounds: Bounds | undefined): bigint {
  if (bounds === undefined) return value
  return value < bounds.min ? bounds.min : value > bounds.max ? bounds.max : value
}

function rowValue(dimension: Dimension, value: Ordered): unknown {
  if (typeof value !== 'bigint') return value
  switch (dimension.type.kind) {
    case 'bool':
      return value === 1n
    case 'date':
      return dateOfDays(Number(value))
    case 'timestamp':
      return timestampOfMicroseconds(value)
    case 'duration': {
      const size = value < 0n ? -value : value
      return `${value < 0n ? '-' : ''}${size / 1_000_000n}.${String(size % 1_000_000n).padStart(6, '0')}s`
    }
    default:
      return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
}

/** The row, and day, with a sample of the given slot in each dimension. */
export function witnessAt(dimensions: readonly Dimension[], slots: readonly number[]): Witness {
  const row: Record<string, unknown> = {}
  let day: string | null = null
  for (const [index, dimension] of dimensions.entries()) {
    const value = sampleOf(dimension, slots[index] as number)
    if (dimension.key === dayKey) day = value as string
    else if (value !== null && value !== undefined) put(row, dimension.path, value)
  }
  return { row, day }
}

function put(row: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path
  if (name === undefined) return
  if (rest.length === 0) row[name] = value
  else {
    const inner = (row[name] ?? {}) as Record<string, unknown>
    row[name] = inner
    put(inner, rest, value)
  }
}

/** What of a dimension the analysis looks at: slots with a value, within the domain where one is given. */
export type Ground = {
  readonly dimension: Dimension
  readonly spans: (ranges: RangeSet) => readonly Span[]
  readonly feasible: Uint8Array
  /** For each slot the first one to look at that is not before it; the number of slots where there is none. */
  readonly next: Int32Array
}

export function groundOf(dimension: Dimension, domain: RangeSet | undefined): Ground {
  const spans = spansIn(dimension)
  const feasible = new Uint8Array(dimension.nullSlot + 1)
  const inside = domain === undefined ? [{ start: 0, end: dimension.nullSlot }] : spans(domain)
  for (const { start, end } of inside)
    for (let slot = start; slot < end; slot++) feasible[slot] = sampleOf(dimension, slot) === undefined ? 0 : 1
  // A day is never unknown, and a domain leaves null out.
  feasible[dimension.nullSlot] = dimension.key === dayKey || domain !== undefined ? 0 : 1
  const next = new Int32Array(feasible.length + 1).fill(feasible.length)
  for (let slot = feasible.length - 1; slot >= 0; slot--) next[slot] = feasible[slot] === 1 ? slot : (next[slot + 1] as number)
  return { dimension, spans, feasible, next }
}

/** The ranges that a run of slots stands for, as a cell would say it. */
export function textOfSlots(dimension: Dimension, start: number, end: number): string {
  const { type } = dimension
  const named = type.kind === 'bool' ? [false, true] : type.kind === 'string' ? type.values : undefined
  if (named !== undefined) {
    const inside = named.filter((value) => {
      const slot = slotOfValue(dimension, typeof value === 'string' ? value : BigInt(value))
      return slot >= start && slot < end
    })
    return inside.map((value) => JSON.stringify(value)).join(', ')
  }
  const from = start === 0 ? undefined : dimension.cuts[start - 1]
  const to = dimension.cuts[end - 1]
  const shown = (value: Ordered): string => String(rowValue(dimension, value))
  const low = from === undefined ? '(' : `${from.after ? '(' : '['}${shown(from.at)}`
  const high = to === undefined ? ')' : `${shown(to.at)}${to.after ? ']' : ')'}`
  return `${low}..${high}`
}
