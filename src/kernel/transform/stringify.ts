import { JavaNumber } from './json.ts'
import type { Json, JsonObject } from './json.ts'
import { Budget } from './budget.ts'
import { doubleText } from './double-text.ts'
import { kindOf } from './java-number.ts'
import { keysOf, orderOf } from './object.ts'

const QUOTE = 34
const COMMA = 44
const MINUS = 45
const DOT = 46
const ZERO = 48
const COLON = 58
const OPEN_LIST = 91
const BACKSLASH = 92
const CLOSE_LIST = 93
const OPEN_MAP = 123
const CLOSE_MAP = 125

// Written as bytes of UTF-8, which become text when so many are there, and at the end.
const CAPACITY = 32_768
// What one character may become: `\u001F`. Longer texts do without the bytes.
const WIDEST = 6
const LONGEST_TEXT = 4_096
// Room for any number, word or sign between values.
const SPARE = 64
const bytes = new Uint8Array(CAPACITY)
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

// What a JSON text must escape. Jackson leaves halves of surrogate pairs alone, and writes hexadecimal in capitals.
const SHORT: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const escapeOf = (char: string): string => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
const ESCAPES = Array.from({ length: 128 }, (_, code) => escapeOf(String.fromCharCode(code)))

const BILLION = 1_000_000_000
const PLAIN_END = 10_000_000
const POWERS = [1, 10, 100, 1_000, 10_000]
const MOST_DECIMALS = POWERS.length - 1

let at = 0
let done = ''
/** Whether somebody gave all objects a property that shows. */
let polluted = false

/** The text Jackson writes: no blanks, keys in order, doubles as Java prints them, NaN and the infinities as quoted text, undefined as null. Throws RangeError beyond the limits. */
export function stringify(json: Json | undefined): string {
  // A property that is computed may call this very function.
  const outer = at > 0 || done !== '' ? { done, written: bytes.slice(0, at) } : undefined
  at = 0
  done = ''
  polluted = false
  for (const _ in Object.prototype) polluted = true
  try {
    write(json, new Budget())
    const text = decoder.decode(bytes.subarray(0, at))
    return done === '' ? text : done + text
  } finally {
    at = outer?.written.length ?? 0
    done = outer?.done ?? ''
    if (outer !== undefined) bytes.set(outer.written)
  }
}

function flush(): void {
  done += decoder.decode(bytes.subarray(0, at))
  at = 0
}

function write(value: unknown, budget: Budget): void {
  if (at > CAPACITY - SPARE) flush()
  if (typeof value === 'string') writeText(value)
  else if (typeof value === 'number') writeNumber(value)
  else if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'bigint')
    writeWord(String(value ?? null))
  else if (Array.isArray(value)) writeList(value, budget)
  else if (value instanceof JavaNumber) {
    if (value.kind === 'double') writeDouble(value.value)
    else writeNumber(value.value)
  } else writeMap(value as JsonObject, budget)
}

function writeList(list: readonly unknown[], budget: Budget): void {
  budget.enter(list.length)
  bytes[at++] = OPEN_LIST
  for (let i = 0; i < list.length; i++) {
    if (i > 0) bytes[at++] = COMMA
    write(list[i], budget)
  }
  if (at > CAPACITY - SPARE) flush()
  bytes[at++] = CLOSE_LIST
  budget.leave()
}

/** Whether a loop over the properties of this map, which is quicker than a list of its keys, meets its own only. */
function isPlain(map: JsonObject): boolean {
  const prototype: unknown = Object.getPrototypeOf(map)
  return prototype === null || (prototype === Object.prototype && !polluted)
}

function writeMap(map: JsonObject, budget: Budget): void {
  let size = 0
  budget.enter(0)
  bytes[at++] = OPEN_MAP
  const order = isPlain(map) ? orderOf(map) : keysOf(map)
  if (order === undefined) {
    for (const key in map) {
      const item = map[key]
      if (item === undefined) continue
      if (size++ > 0) bytes[at++] = COMMA
      writeText(key)
      bytes[at++] = COLON
      if (typeof item === 'string') writeText(item)
      else write(item, budget)
    }
  } else {
    for (const key of order) {
      const item = map[key]
      if (item === undefined) continue
      if (size++ > 0) bytes[at++] = COMMA
      writeText(key)
      bytes[at++] = COLON
      write(item, budget)
    }
  }
  if (at > CAPACITY - SPARE) flush()
  bytes[at++] = CLOSE_MAP
  budget.spend(size)
  budget.leave()
}

function writeText(text: string): void {
  const { length } = text
  if (at > CAPACITY - length * WIDEST - SPARE) {
    flush()
    if (length > LONGEST_TEXT) return writeLongText(text)
  }
  let i = at
  bytes[i++] = QUOTE
  for (let j = 0; j < length; j++) {
    const code = text.charCodeAt(j)
    if (code < 32 || code > 127 || code === QUOTE || code === BACKSLASH) return writeHardText(text, j, i)
    bytes[i++] = code
  }
  bytes[i++] = QUOTE
  at = i
}

function writeLongText(text: string): void {
  done += `"${text.replace(/["\\]|[^ -\uffff]/g, escapeOf)}"`
}

/** The rest of a text, from a character that is escaped or not ASCII. */
function writeHardText(text: string, from: number, to: number): void {
  let i = to
  for (let j = from; j < text.length; j++) {
    const code = text.charCodeAt(j)
    if (code < 128) {
      if (code >= 32 && code !== QUOTE && code !== BACKSLASH) bytes[i++] = code
      else {
        at = i
        writeAscii(ESCAPES[code] ?? '')
        i = at
      }
    } else if (code < 0x800) {
      bytes[i++] = 0xc0 | (code >> 6)
      bytes[i++] = 0x80 | (code & 63)
    } else if (code < 0xd800 || code > 0xdfff) {
      bytes[i++] = 0xe0 | (code >> 12)
      bytes[i++] = 0x80 | ((code >> 6) & 63)
      bytes[i++] = 0x80 | (code & 63)
    } else {
      const point = text.codePointAt(j) ?? 0
      if (point > 0xffff) {
        bytes[i++] = 0xf0 | (point >> 18)
        bytes[i++] = 0x80 | ((point >> 12) & 63)
        bytes[i++] = 0x80 | ((point >> 6) & 63)
        bytes[i++] = 0x80 | (point & 63)
        j++
      } else {
        // Half a pair is no UTF-8.
        at = i
        flush()
        done += text.charAt(j)
        i = 0
      }
    }
  }
  bytes[i++] = QUOTE
  at = i
}

/** A word, or a number of any length. */
function writeWord(text: string): void {
  if (text.length < SPARE / 2) return writeAscii(text)
  flush()
  done += text
}

function writeAscii(text: string): void {
  let i = at
  for (let j = 0; j < text.length; j++) bytes[i++] = text.charCodeAt(j)
  at = i
}

function writeNumber(value: number): void {
  if ((value | 0) === value) writeInt(value)
  else if (!Number.isInteger(value)) writeDouble(value)
  else if (value > 0 && value <= Number.MAX_SAFE_INTEGER) {
    const high = Math.floor(value / BILLION)
    writeInt(high)
    writePadded(value - high * BILLION, 9)
  } else if (kindOf(value) === 'double') writeDouble(value)
  else writeAscii(String(value))
}

function writeInt(value: number): void {
  if (value < 0) bytes[at++] = MINUS
  const size = Math.abs(value)
  let digits = 1
  if (size >= 100_000) digits = size < 1_000_000 ? 6 : size < 10_000_000 ? 7 : size < 100_000_000 ? 8 : size < BILLION ? 9 : 10
  else if (size >= 10) digits = size < 100 ? 2 : size < 1_000 ? 3 : size < 10_000 ? 4 : 5
  writePadded(size, digits)
}

/** So many digits of a whole number below 2^32. */
function writePadded(value: number, digits: number): void {
  let left = value
  let i = at + digits
  at = i
  for (let n = digits; n > 0; n--) {
    const tens = (left / 10) | 0
    bytes[--i] = ZERO + left - tens * 10
    left = tens
  }
}

/** Java's text of a double. Amounts of money have few decimals: where so many digits divide to this very double, they are its shortest text. */
function writeDouble(value: number): void {
  const size = Math.abs(value)
  if (size >= 1 && size < PLAIN_END) {
    for (let decimals = 1; decimals <= MOST_DECIMALS; decimals++) {
      const power = POWERS[decimals] ?? 1
      const scaled = Math.round(size * power)
      if (scaled / power !== size) continue
      const whole = Math.floor(size)
      writeInt(value < 0 ? -whole : whole)
      bytes[at++] = DOT
      writePadded(scaled - whole * power, decimals)
      return
    }
  }
  if (Number.isFinite(value)) writeAscii(doubleText(value))
  else writeText(String(value))
}
