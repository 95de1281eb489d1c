import { double } from './java-number.ts'
import { isNumber } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { literalNumber } from './number-text.ts'
import { isIndexKey, put } from './object.ts'

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
// Four letters as one little-endian number.
const TRUE = 0x65757274
const FALS = 0x736c6166
const NULL = 0x6c6c756e
const LETTER_E = 101

// Longer texts are for the careful reader, which is slower. Memory that no text has reached yet costs nothing. Words are read beyond the end of a key.
const MOST_BYTES = 16_777_216
const PADDING = 32
// Deeper documents are read without recursion.
const MAX_LEVELS = 400
// A number of so many digits is exact as a double.
const EXACT_DIGITS = 15
// A part of a text keeps the whole in memory, so parts of longer texts are copied, where the platform would not do so anyway.
const SMALL_TEXT = 4_096
const ALWAYS_COPIED = 13

// Keys seen lately, found by their bytes: each slot has a key, its length and its bytes in whole words, zero behind the end.
const SLOTS = 2_048
const WORDS = 6
const LONGEST_KEY = WORDS * 4
const slotKeys: string[] = Array.from({ length: SLOTS }, () => '')
const slotLengths = new Uint8Array(SLOTS)
const slotWords = new Int32Array(SLOTS * WORDS)
const LAST_WORD = [-1, 0xff, 0xffff, 0xffffff]
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i)
// What ends the plain part of a text: quote, backslash, control characters, and bytes that are not ASCII.
const STOPS = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte < 32 || byte > 127 || byte === QUOTE || byte === BACKSLASH))

const WORD_CHARACTER = /\w/

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const bytes = new Uint8Array(MOST_BYTES + PADDING)
const view = new DataView(bytes.buffer)

let source = ''
let at = 0
let end = 0
/** How many bytes more than characters lie before `at`. */
let skew = 0
/** Whether the key just read is one that an object of JavaScript would not keep in its place. */
let odd = false

class NeedsCare extends Error {}
const needsCare = new NeedsCare()

/** Reads a JSON text; undefined where it is none, has comments, or is too deep to be read this way. */
export function quickParse(text: string): Value | undefined {
  if (text.length > MOST_BYTES) return undefined
  const { read, written } = encoder.encodeInto(text, bytes)
  if (read < text.length || written > MOST_BYTES) return undefined
  source = text
  at = skew = 0
  end = written
  // An end that no loop runs over.
  bytes[end] = QUOTE
  try {
    const value = readValue(MAX_LEVELS)
    return at === end || mayFollow(value, bytes[at] ?? 0) ? value : undefined
  } catch {
    return undefined
  } finally {
    source = ''
  }
}

/** Whether this character may stand right behind a whole text. Jackson looks no further, and at all only behind numbers and words. */
export function mayFollow(value: Value, code: number): boolean {
  if (isNumber(value)) return code === 32 || code === 9 || code === 10 || code === 13
  if (typeof value !== 'boolean' && value !== null) return true
  return code < ZERO || code === CLOSE_LIST || code === CLOSE_MAP || (code < 127 && !WORD_CHARACTER.test(String.fromCharCode(code)))
}

/** The next byte that is no blank; `at` stands on it. */
function skipBlanks(): number {
  let i = at
  let byte = bytes[i] ?? 0
  if (byte > 32) return byte
  while (byte === 32 || byte === 10 || byte === 13 || byte === 9) byte = bytes[++i] ?? 0
  at = i
  return byte
}

function readValue(levels: number): Value {
  const byte = skipBlanks()
  if (byte === QUOTE) return readText()
  if (byte === OPEN_MAP) return readMap(levels - 1)
  if (byte === OPEN_LIST) return readList(levels - 1)
  if (byte < COLON) return readNumber()
  const word = view.getInt32(at, true)
  if (word === TRUE) at += 4
  else if (word === NULL) at += 4
  else if (word === FALS && bytes[at + 4] === LETTER_E) at += 5
  else throw needsCare
  return word === NULL ? null : word === TRUE
}

function readMap(levels: number): JsonObject {
  const map: JsonObject = {}
  at++
  let byte = skipBlanks()
  if (levels < 0) throw needsCare
  if (byte === CLOSE_MAP) {
    at++
    return map
  }
  let careful = false
  for (;;) {
    if (byte !== QUOTE) throw needsCare
    const key = readKey()
    if (odd) {
      odd = false
      careful = true
    }
    if (skipBlanks() !== COLON) throw needsCare
    at++
    const value = readValue(levels)
    if (careful) put(map, key, value)
    else map[key] = value
    byte = skipBlanks()
    at++
    if (byte === CLOSE_MAP) return map
    if (byte !== COMMA) throw needsCare
    byte = skipBlanks()
  }
}

function readList(levels: number): Value[] {
  const list: Value[] = []
  at++
  if (levels < 0) throw needsCare
  if (skipBlanks() === CLOSE_LIST) {
    at++
    return list
  }
  for (;;) {
    list.push(readValue(levels))
    const byte = skipBlanks()
    at++
    if (byte === CLOSE_LIST) return list
    if (byte !== COMMA) throw needsCare
  }
}

/** The key whose quote is here: the very text that was made of the same bytes before, if it is plain and not too long. */
function readKey(): string {
  const from = at + 1
  let i = from
  while (STOPS[bytes[i] ?? 0] === 0) i++
  const length = i - from
  if (bytes[i] !== QUOTE || length > LONGEST_KEY || length === 0) {
    const key = readText()
    odd = key === '__proto__' || isIndexKey(key)
    return key
  }
  const last = (length - 1) >> 2
  const mask = LAST_WORD[length & 3] ?? 0
  let hash = length
  for (let w = 0; w < last; w++) hash = Math.imul(hash ^ view.getInt32(from + w * 4, true), 0x9e3779b1)
  const lastWord = view.getInt32(from + last * 4, true) & mask
  hash = Math.imul(hash ^ lastWord, 0x85ebca6b)
  const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
  const base = slot * WORDS
  if (slotLengths[slot] === length && slotWords[base + last] === lastWord) {
    let w = 0
    while (w < last && slotWords[base + w] === view.getInt32(from + w * 4, true)) w++
    if (w === last) {
      at = i + 1
      return slotKeys[slot] ?? ''
    }
  }
  return newKey(slot, length)
}

function newKey(slot: number, length: number): string {
  const from = at + 1
  const read = readText()
  odd = read === '__proto__' || isIndexKey(read)
  if (odd) return read
  // The name of a property is the platform's one text of these characters, and no part of another.
  const [key = ''] = Object.keys({ [read]: true })
  slotKeys[slot] = key
  slotLengths[slot] = length
  for (let w = 0; w < WORDS; w++) {
    const left = length - w * 4
    slotWords[slot * WORDS + w] = left <= 0 ? 0 : view.getInt32(from + w * 4, true) & (left < 4 ? (LAST_WORD[left] ?? 0) : -1)
  }
  return key
}

function readText(): string {
  const from = at + 1
  let i = from
  while (STOPS[bytes[i] ?? 0] === 0) i++
  if (bytes[i] !== QUOTE) return readHardText(i)
  if (i >= end) throw needsCare
  at = i + 1
  if (i - from < ALWAYS_COPIED || source.length <= SMALL_TEXT) return source.slice(from - skew, i - skew)
  return decoder.decode(bytes.subarray(from, i))
}

/** A text with escapes, or characters that are not ASCII. */
function readHardText(plain: number): string {
  const from = at - skew
  let escaped = source.length > SMALL_TEXT
  let i = plain
  for (let byte = bytes[i] ?? 0; byte !== QUOTE; byte = bytes[++i] ?? 0) {
    if (byte < 32) throw needsCare
    if (byte === BACKSLASH) {
      escaped = true
      i++
    } else if (byte >= 0x80) skew += byte < 0xc0 ? 1 : byte >= 0xf0 ? -1 : 0
  }
  if (i >= end) throw needsCare
  at = i + 1
  return escaped ? (JSON.parse(source.slice(from, at - skew)) as string) : source.slice(from + 1, i - skew)
}

function readNumber(): Value {
  const from = at
  const first = bytes[from] === MINUS ? from + 1 : from
  let i = first
  let digit = (bytes[i] ?? 0) - ZERO
  let value = 0
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit
    digit = (bytes[++i] ?? 0) - ZERO
  }
  const digits = i - first
  if (digits === 0 || (digits > 1 && bytes[first] === ZERO)) throw needsCare
  if (digit === DOT - ZERO) return readFraction(i, value)
  if (digits > EXACT_DIGITS || (digit | 32) === LETTER_E - ZERO) return readHardNumber()
  at = i
  return from === first ? value : 0 - value
}

/** The number whose point is at `dot`, and whose whole part is `whole`. Few digits and a power of ten are exact, and so is what their division rounds to. */
function readFraction(dot: number, whole: number): Value {
  const negative = bytes[at] === MINUS
  let i = dot + 1
  let digit = (bytes[i] ?? 0) - ZERO
  let value = whole
  let fraction = 0
  while (digit >= 0 && digit <= 9) {
    value = value * 10 + digit
    fraction |= digit
    digit = (bytes[++i] ?? 0) - ZERO
  }
  const decimals = i - dot - 1
  if (decimals === 0 || i - at > EXACT_DIGITS || (digit | 32) === LETTER_E - ZERO) return readHardNumber()
  at = i
  if (fraction === 0) return double(negative ? -whole : whole)
  const size = value / (POWERS[decimals] ?? 1)
  return negative ? -size : size
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const NUMBER_BYTES = /[-+.\deE]*/y

/** A number with an exponent or many digits. */
function readHardNumber(): Value {
  NUMBER_BYTES.lastIndex = at - skew
  const text = NUMBER_BYTES.exec(source)?.[0] ?? ''
  if (!NUMBER.test(text)) throw needsCare
  at += text.length
  return literalNumber(text)
}
