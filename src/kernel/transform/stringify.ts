import { JavaNumber } from './json.ts'
import type { Json } from './json.ts'
import { Budget } from './budget.ts'
import { doubleText } from './double-text.ts'
import { kindOf } from './java-number.ts'
import { keysOf } from './object.ts'
import type { JsonObject } from './json.ts'

// What a JSON text must escape. Jackson leaves halves of surrogate pairs alone, and writes hexadecimal in capitals.
const NEEDS_ESCAPE = /["\\]|[^ -\uffff]/
const SHORT: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escapeOf = (char: string): string => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

// Most texts are short, and looking at their characters is cheaper than starting an expression.
const SHORT_TEXT = 24
// Keys come again and again: their quoted text is kept, for so many of them.
const MAX_KNOWN_KEYS = 4_096
const knownKeys = new Map<string, string>()

function isPlain(text: string): boolean {
  const { length } = text
  if (length > SHORT_TEXT) return !NEEDS_ESCAPE.test(text)
  for (let i = 0; i < length; i++) {
    const char = text.charCodeAt(i)
    if (char < 32 || char === 34 || char === 92) return false
  }
  return true
}

function quote(text: string): string {
  return isPlain(text) ? `"${text}"` : `"${text.replace(/["\\]|[^ -\uffff]/g, escapeOf)}"`
}

function keyText(key: string): string {
  const known = knownKeys.get(key)
  if (known !== undefined) return known
  const text = `${quote(key)}:`
  if (key.length <= SHORT_TEXT && knownKeys.size < MAX_KNOWN_KEYS) knownKeys.set(key, text)
  return text
}

/** The text Jackson writes: no blanks, keys in order, doubles as Java prints them, NaN and the infinities as quoted text, undefined as null. Throws RangeError beyond the limits. */
export function stringify(json: Json | undefined): string {
  return write('', json, new Budget())
}

/** What was written already and this value. One text that grows is cheaper than many that are put together. */
function write(out: string, value: unknown, budget: Budget): string {
  if (typeof value === 'string') return isPlain(value) ? `${out}"${value}"` : out + quote(value)
  if (typeof value === 'number') return out + numeral(value)
  if (value === null || value === undefined) return `${out}null`
  if (typeof value === 'boolean' || typeof value === 'bigint') return out + String(value)
  if (value instanceof JavaNumber) return out + (value.kind === 'double' ? real(value.value) : String(value.value))
  let text = out
  if (Array.isArray(value)) {
    budget.enter(value.length)
    for (let i = 0; i < value.length; i++) text = write(text + (i === 0 ? '[' : ','), value[i], budget)
    budget.leave()
    return value.length === 0 ? `${text}[]` : `${text}]`
  }
  const map = value as JsonObject
  const keys = keysOf(map)
  let empty = true
  budget.enter(keys.length)
  for (const key of keys) {
    const item = map[key]
    if (item === undefined) continue
    text = write(text + (empty ? '{' : ',') + keyText(key), item, budget)
    empty = false
  }
  budget.leave()
  return empty ? `${text}{}` : `${text}}`
}

function numeral(value: number): string {
  if ((value | 0) === value) return String(value)
  return kindOf(value) === 'double' ? real(value) : String(value)
}

function real(value: number): string {
  const text = doubleText(value)
  return Number.isFinite(value) ? text : `"${text}"`
}
