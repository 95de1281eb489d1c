import { JavaNumber } from './json.ts'
import type { Json } from './json.ts'
import { doubleText } from './double-text.ts'
import { kindOf } from './java-number.ts'
import { MAX_DEPTH } from './limits.ts'
import { keysOf } from './object.ts'
import type { JsonObject } from './json.ts'

// What a JSON text must escape. Jackson leaves halves of surrogate pairs alone, and writes hexadecimal in capitals.
const NEEDS_ESCAPE = /["\\]|[^ -\uffff]/
const SHORT: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escapeOf = (char: string): string => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

function quote(text: string): string {
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(/["\\]|[^ -\uffff]/g, escapeOf)}"` : `"${text}"`
}

/** The text Jackson writes: no blanks, keys in order, doubles as Java prints them, NaN and the infinities as quoted text, undefined as null. */
export function stringify(json: Json | undefined): string {
  return write(json, MAX_DEPTH)
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return numeral(value)
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (value instanceof JavaNumber) return value.kind === 'double' ? real(value.value) : String(value.value)
  if (depth <= 0) throw new RangeError(`nested deeper than ${MAX_DEPTH} levels`)
  if (Array.isArray(value)) {
    let out = '['
    for (let i = 0; i < value.length; i++) out += i === 0 ? write(value[i], depth - 1) : `,${write(value[i], depth - 1)}`
    return `${out}]`
  }
  const map = value as JsonObject
  let out = ''
  for (const key of keysOf(map)) {
    const item = map[key]
    if (item !== undefined) out += `${out === '' ? '{' : ','}${quote(key)}:${write(item, depth - 1)}`
  }
  return out === '' ? '{}' : `${out}}`
}

function numeral(value: number): string {
  if ((value | 0) === value) return String(value)
  return kindOf(value) === 'double' ? real(value) : String(value)
}

function real(value: number): string {
  const text = doubleText(value)
  return Number.isFinite(value) ? text : `"${text}"`
}
