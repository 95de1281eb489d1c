import { dateOfDays, type Ordered, type RangeSet, type Row, timestampOfMicroseconds } from '#kernel/predicate'
import { type Dimension, slotOfValue, type Span, spansIn } from './dimension.ts'
import { dayKey } from './rules.ts'

/** An example input, and the day where the table has dates. */
export type Witness = { readonly row: Row; readonly day: string | null }

const dayBounds = { min: -719_162n, max: 2_932_896n }

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
      return [low, (low + high) / 2, low + Math.abs(low) * 2 ** -52 + Number.MIN_VALUE]
    }
    case 'date':
      return whole(from, to).filter((day) => day >= dayBounds.min && day <= dayBounds.max)
    default:
      return whole(from, to)
  }
}

function whole(from: Ordered | undefined, to: Ordered | undefined): readonly bigint[] {
  if (from !== undefined) return [BigInt(from)]
  return [to === undefined ? 0n : BigInt(to) - 1n]
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
    case 'duration':
      return `${value / 1_000_000n}.${String((value < 0n ? -value : value) % 1_000_000n).padStart(6, '0')}s`
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
export type Ground = { readonly dimension: Dimension; readonly spans: (ranges: RangeSet) => readonly Span[]; readonly feasible: Uint8Array }

export function groundOf(dimension: Dimension, domain: RangeSet | undefined): Ground {
  const spans = spansIn(dimension)
  const feasible = new Uint8Array(dimension.nullSlot + 1)
  const inside = domain === undefined ? [{ start: 0, end: dimension.nullSlot }] : spans(domain)
  for (const { start, end } of inside)
    for (let slot = start; slot < end; slot++) feasible[slot] = sampleOf(dimension, slot) === undefined ? 0 : 1
  // A day is never unknown, and a domain leaves null out.
  feasible[dimension.nullSlot] = dimension.key === dayKey || domain !== undefined ? 0 : 1
  return { dimension, spans, feasible }
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
