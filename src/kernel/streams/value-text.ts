import type { StateRow } from './runtime.ts'
import { StreamError } from './stream-error.ts'

/**
 * One window, session or joinable record. `time` decides its segment (window start, session end, record time); `mark` is the
 * aggregate's timestamp, the session's start, or the record's sequence. A key's entries are linked newest first.
 */
export type SegmentEntry = { time: number; mark: number; value: unknown; next: SegmentEntry | null }

/** A key's entries the other way round. */
export function oldestFirst(newest: SegmentEntry): SegmentEntry[] {
  const entries: SegmentEntry[] = []
  for (let entry: SegmentEntry | null = newest; entry !== null; entry = entry.next) entries.push(entry)
  return entries.reverse()
}

const MAX_VALUE_DEPTH = 200
const BIGINT = '$bigint'
/** Control characters, quotes and backslashes: a text without them is stored as it is, unquoted and unescaped. */
const TROUBLESOME = /[\p{Cc}"\\]/u

/**
 * JSON text of a value for snapshots and stored rows (-0 becomes 0, as JSON has it). A bigint becomes {"$bigint":"…"}; what JSON would lose or change
 * (functions, undefined, NaN, an object that looks like the bigint mark) is refused rather than stored wrongly.
 */
export function toText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return JSON.stringify(marked(value, 0))
}

/** The inverse of `toText`. */
export function fromText(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null && text.includes(BIGINT) ? unmarked(value) : value
}

/** A key's identity as stored: itself, or as JSON where it holds what text columns or quoting would trip over. */
export function idText(id: string): string {
  return TROUBLESOME.test(id) || !id.isWellFormed() ? JSON.stringify(id) : id
}

/** The inverse of `idText`. */
export function idFrom(text: string): string {
  return text.startsWith('"') ? String(JSON.parse(text)) : text
}

function marked(value: unknown, depth: number): unknown {
  if (depth > MAX_VALUE_DEPTH) throw tooDeep()
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'bigint') return { [BIGINT]: value.toString() }
  if (Array.isArray(value)) return value.map((item) => marked(item, depth + 1))
  if (typeof value === 'object' && isPlain(value)) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
    if (entries.some(([name]) => name === BIGINT))
      throw new StreamError('streams.bad_record', `a stored value may not use the name ${BIGINT}`)
    return Object.fromEntries(entries.map(([name, inner]) => [name, marked(inner, depth + 1)]))
  }
  throw new StreamError(
    'streams.bad_record',
    `state must be JSON or bigint, got ${typeof value === 'object' ? 'a class instance' : typeof value}`,
  )
}

function unmarked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(unmarked)
  const entries = Object.entries(value)
  const only = entries[0]
  if (entries.length === 1 && only?.[0] === BIGINT) return BigInt(String(only[1]))
  return Object.fromEntries(entries.map(([name, inner]) => [name, unmarked(inner)]))
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** A copy of an aggregate, so that an aggregator may change what it is given, as it may in Java (which decodes bytes each time). */
export function detached<T>(value: T, depth = 0): T {
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_VALUE_DEPTH) throw tooDeep()
  if (Array.isArray(value)) return value.map((item) => (typeof item === 'object' ? detached<unknown>(item, depth + 1) : item)) as T
  if (!isPlain(value)) return structuredClone(value)
  const copy = { ...value } as Record<string, unknown>
  for (const name of Object.keys(copy)) {
    const inner = copy[name]
    if (typeof inner === 'object') copy[name] = detached(inner, depth + 1)
  }
  return copy as T
}

function tooDeep(): StreamError {
  return new StreamError('streams.bad_record', `a stored value must not nest deeper than ${MAX_VALUE_DEPTH}`)
}

/** The stored row of a window, session or joinable record. */
export function entryRow(
  { name, byMark }: { readonly name: string; readonly byMark: boolean },
  at: { segment: number; id: string },
  entry: SegmentEntry,
): StateRow {
  const text = toText(entry.value)
  const key = `${byMark ? `${entry.time},${entry.mark}` : entry.time} ${idText(at.id)}`
  return { store: name, segment: at.segment, key, value: byMark ? text : `${entry.mark} ${text}` }
}

/** The inverse of `entryRow`; an entry without a value is gone. */
export function entryFrom({ key, value }: StateRow, byMark: boolean): SegmentEntry {
  const [time = '', inKey] = key.split(' ', 1)[0]?.split(',') ?? []
  const space = byMark || value === null ? 0 : value.indexOf(' ') + 1
  const mark = Number(byMark ? inKey : value?.slice(0, space))
  return { time: Number(time), mark, value: value === null ? null : fromText(value.slice(space)), next: null }
}
