import { DIGIT, HORIZONTAL, not, SPACE, VERTICAL, WORD } from './char-test.ts'
import type { CharTest } from './char-test.ts'
import { bad, FLAGS, isAlpha, isDigit } from './pattern-source.ts'
import type { PatternSource } from './pattern-source.ts'
import { propertyNamed, UNICODE } from './unicode-property.ts'

const LAST_CODE = 0x10_ffff
const OPEN = 123
const CLOSE = 125
const LETTER_P = 112
const CAPITAL_P = 80
const MINUS = 45
const VERTICAL_TAB = 11
const CONTROLS: Record<string, number> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 }

/** What an escape stands for: one character, a set of them, or what only the reader of groups and places knows, by its letter. */
export type Escaped = { readonly code: number } | { readonly test: CharTest } | { readonly letter: string }

/** Reads an escape whose backslash is at the cursor; in a class, what asks for a place is refused. `ends` tells that it is an end of a range. */
export function escaped(source: PatternSource, inClass: boolean, ends = false): Escaped {
  const code = source.skip()
  const letter = String.fromCodePoint(code)
  if (!isAlpha(code) && !isDigit(code)) return { code }
  const control = CONTROLS[letter]
  if (control !== undefined) return { code: control }
  // A vertical tab alone, as it was before it meant all that ends lines.
  if (letter === 'v' && ends) return { code: VERTICAL_TAB }
  const test = setOf(source, letter)
  if (test !== undefined) return { test }
  switch (letter) {
    case '0':
      return { code: octal(source) }
    case 'c':
      if (source.at >= source.length) throw bad()
      return { code: source.read() ^ 64 }
    case 'u':
      return { code: unicode(source) }
    case 'x':
      return { code: hexadecimal(source) }
    case 'N':
      throw bad('characters by name are left out')
    default:
      if (inClass || !/^[1-9ABGRXZbkz]$/.test(letter)) throw bad()
      return { letter }
  }
}

function setOf(source: PatternSource, letter: string): CharTest | undefined {
  const unicode = source.has(FLAGS.unicode)
  switch (letter) {
    case 'd':
      return unicode ? UNICODE.digit : DIGIT
    case 'D':
      return not(unicode ? UNICODE.digit : DIGIT)
    case 's':
      return unicode ? UNICODE.space : SPACE
    case 'S':
      return not(unicode ? UNICODE.space : SPACE)
    case 'w':
      return unicode ? UNICODE.word : WORD
    case 'W':
      return not(unicode ? UNICODE.word : WORD)
    case 'h':
      return HORIZONTAL
    case 'H':
      return not(HORIZONTAL)
    case 'v':
      return VERTICAL
    case 'V':
      return not(VERTICAL)
    default:
      return undefined
  }
}

const isOctal = (code: number): boolean => code >= 48 && code <= 55

function octal(source: PatternSource): number {
  const first = source.read()
  if (!isOctal(first)) throw bad()
  const second = source.read()
  if (!isOctal(second)) {
    source.at--
    return first - 48
  }
  const third = source.read()
  if (isOctal(third) && first <= 51) return (first - 48) * 64 + (second - 48) * 8 + (third - 48)
  source.at--
  return (first - 48) * 8 + (second - 48)
}

/** The value of a hexadecimal digit, or -1. */
function hexOf(code: number): number {
  if (isDigit(code)) return code - 48
  const letter = code | 32
  return isAlpha(code) && letter <= 102 ? letter - 87 : -1
}

function hexadecimal(source: PatternSource): number {
  const first = source.read()
  if (hexOf(first) >= 0) {
    const second = hexOf(source.read())
    if (second < 0) throw bad()
    return hexOf(first) * 16 + second
  }
  if (first !== OPEN || hexOf(source.peek()) < 0) throw bad()
  let code = 0
  let digit = source.read()
  for (; hexOf(digit) >= 0; digit = source.read()) {
    code = code * 16 + hexOf(digit)
    if (code > LAST_CODE) throw bad()
  }
  if (digit !== CLOSE) throw bad()
  return code
}

function fourDigits(source: PatternSource): number {
  let code = 0
  for (let i = 0; i < 4; i++) {
    const digit = hexOf(source.read())
    if (digit < 0) throw bad()
    code = code * 16 + digit
  }
  return code
}

/** Two halves of a pair that are escaped one behind the other are one character. */
function unicode(source: PatternSource): number {
  const high = fourDigits(source)
  if (high < 0xd800 || high > 0xdbff) return high
  const from = source.at
  if (source.read() === 92 && source.read() === 117) {
    const low = fourDigits(source)
    if (low >= 0xdc00 && low <= 0xdfff) return (high - 0xd800) * 0x400 + (low - 0xdc00) + 0x1_0000
  }
  source.at = from
  return high
}

export function isProperty(code: number): boolean {
  return code === LETTER_P || code === CAPITAL_P
}

/** Reads `\p…` or `\P…`, with the cursor at the letter. */
export function propertyAt(source: PatternSource): CharTest {
  const negated = source.code(source.at) === CAPITAL_P
  const isLong = source.next() === OPEN
  if (!isLong) source.at--
  source.next()
  const name = isLong ? longName(source) : shortName(source)
  const flags = { ignoreCase: source.has(FLAGS.ignoreCase), unicode: source.has(FLAGS.unicode) }
  const test = propertyNamed(name, flags)
  if (test === undefined) throw bad(`no property ${name.slice(0, 50)}`)
  if (!negated) return test
  source.whole = true
  return not(test)
}

function shortName(source: PatternSource): string {
  const name = String.fromCodePoint(source.code(source.at))
  source.read()
  return name
}

function longName(source: PatternSource): string {
  const from = source.at
  let code = source.read()
  while (code !== CLOSE) {
    if (source.at > source.length) throw bad()
    code = source.read()
  }
  if (from + 1 >= source.at) throw bad()
  return String.fromCodePoint(...source.codes.slice(from, Math.min(source.at - 1, from + 100)))
}

/** Whether a hyphen stands behind the escape of one letter that is at the cursor. */
export function beginsRange(source: PatternSource): boolean {
  return source.codes[source.at + 1] === MINUS
}
