import { StreamError } from './stream-error.ts'

const MAX_KEY_DEPTH = 32

export type WindowSpan = { readonly start: number; readonly end: number }

/** Key of a windowed result: the record's key and the window's span in ms. */
export class WindowedKey {
  readonly key: unknown
  readonly window: WindowSpan
  constructor(key: unknown, window: WindowSpan) {
    this.key = key
    this.window = window
  }
}

/**
 * One string for each distinct key, used in maps and stored rows. Strings stand for themselves unless they begin with a
 * control character below 8, which marks the other kinds: escaped text, JSON, number, windowed.
 */
export function identity(key: unknown): string {
  if (typeof key === 'string') return key.charCodeAt(0) < 8 ? `\u0001${key}` : key
  if (typeof key === 'number' && Number.isFinite(key)) return `\u0003${key === 0 ? 0 : key}`
  if (key instanceof WindowedKey) return `\u0004${key.window.start},${key.window.end},${identity(key.key)}`
  return `\u0002${canonical(key, 0)}`
}

/** The inverse of `identity`. */
export function keyOf(id: string): unknown {
  switch (id.charCodeAt(0)) {
    case 1:
      return id.slice(1)
    case 2:
      return id.startsWith('\u0002bigint:') ? BigInt(id.slice(8)) : (JSON.parse(id.slice(1)) as unknown)
    case 3:
      return Number(id.slice(1))
    case 4: {
      const first = id.indexOf(',')
      const second = id.indexOf(',', first + 1)
      return new WindowedKey(keyOf(id.slice(second + 1)), { start: Number(id.slice(1, first)), end: Number(id.slice(first + 1, second)) })
    }
    default:
      return id
  }
}

/**
 * Order of keys as Kafka's stores hold them, by serialised bytes: text as UTF-8, whole numbers as a Long's big-endian bytes
 * (negative after positive), windowed keys by key, then end, then start; anything else by its canonical JSON.
 */
export function compareKeys(left: unknown, right: unknown): number {
  if (typeof left === 'string' && typeof right === 'string') return compareUtf8(left, right)
  if (left instanceof WindowedKey && right instanceof WindowedKey) {
    return compareKeys(left.key, right.key) || left.window.end - right.window.end || left.window.start - right.window.start
  }
  if (typeof left === 'number' && typeof right === 'number') {
    return left < 0 === right < 0 ? left - right : left < 0 ? 1 : -1
  }
  return compareUtf8(identity(left), identity(right))
}

/** Bytes a key takes when serialised: what a buffer limited by bytes counts for it. */
export function keyBytes(key: unknown): number {
  if (key instanceof WindowedKey) return keyBytes(key.key) + 8
  return valueBytes(key)
}

/** Bytes of a value as Kafka's String and Long serdes write it; anything else counts its JSON text. */
export function valueBytes(value: unknown): number {
  if (value === null || value === undefined) return 0
  if (typeof value === 'string') return utf8Length(value)
  if (typeof value === 'number' || typeof value === 'bigint') return 8
  return utf8Length(JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)))
}

function compareUtf8(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length)
  for (let at = 0; at < shorter; at++) {
    const a = left.charCodeAt(at)
    const b = right.charCodeAt(at)
    if (a !== b) return utf8Rank(a) - utf8Rank(b)
  }
  return left.length - right.length
}

// UTF-16 sorts surrogates (4-byte characters) before U+E000..U+FFFF; UTF-8 sorts them after.
function utf8Rank(unit: number): number {
  return unit < 0xd800 ? unit : unit >= 0xe000 ? unit - 0x800 : unit + 0x2000
}

function utf8Length(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 0x800) bytes += unit >= 0xd800 && unit < 0xe000 ? 1 : 2
    else if (unit >= 0x80) bytes += 1
  }
  return bytes
}

function canonical(value: unknown, depth: number): string {
  if (depth > MAX_KEY_DEPTH) throw new StreamError('streams.bad_record', `a key must not nest deeper than ${MAX_KEY_DEPTH}`)
  if (typeof value === 'bigint' && depth === 0) return `bigint:${value}`
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`
  if (typeof value === 'object' && value !== null && isRecord(value)) {
    const names = Object.keys(value).sort()
    const source = value as Record<string, unknown>
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(source[name], depth + 1)}`).join(',')}}`
  }
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return JSON.stringify(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  throw new StreamError(
    'streams.bad_record',
    `a key must be JSON or bigint, got ${typeof value === 'object' ? 'a class instance' : typeof value === 'number' ? value : typeof value}`,
  )
}

// A date or a map has no properties to tell it from another; a windowed key within a key has.
function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || value instanceof WindowedKey
}
