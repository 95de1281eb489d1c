import { RE2JS } from 're2js'
import type { CharTest } from './bit-state.ts'
import { escaped, LINE_ENDS } from './pattern-escape.ts'
import { ends, wordBounds } from './pattern-place.ts'
import type { PatternParts } from './pattern-program.ts'
import { PatternError } from './pattern-error.ts'

const DEPTH_MAX = 20
// Single characters by letter, and letters that stand for sets of them; all other letters mean something else.
const CONTROLS: Record<string, string> = { t: '\t', n: '\n', r: '\r', f: '\f', a: '\x07', e: '\x1b' }
const SETS = /^[dDsSwWhHvVpP]$/
const HEX = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|x\{([0-9a-fA-F]{1,6})\})/
const LAST_CODE = 0x10_ffff
const notLineEnd = single(`[^${LINE_ENDS}]`)

type Read = { readonly test: CharTest; readonly end: number; readonly char?: string }

/** What in Java's patterns stands for one character: classes within classes and their intersections included. */
export const patternParts: PatternParts = { charAt: one, placeAt }

function bad(): PatternError {
  return new PatternError('bad pattern')
}

function one(source: string, at: number): Read {
  const char = plainAt(source, at)
  if (char === '\\') return escape(source, at)
  if (char === '[') return classAt(source, at, 0)
  if (char === '.') return { test: notLineEnd, end: at + 1 }
  if ('*+?{)'.includes(char)) throw bad()
  return literal(char, at + char.length)
}

function plainAt(source: string, at: number): string {
  const code = source.codePointAt(at)
  if (code === undefined) throw bad()
  return String.fromCodePoint(code)
}

function literal(char: string, end: number): Read {
  return { test: (other) => other === char, end, char }
}

function escape(source: string, at: number): Read {
  const letter = plainAt(source, at + 1)
  const control = CONTROLS[letter]
  if (control !== undefined) return literal(control, at + 2)
  if (!/^[A-Za-z0-9]$/.test(letter)) return literal(letter, at + 1 + letter.length)
  const [hex, ...digits] = HEX.exec(source.slice(at + 1, at + 11)) ?? []
  if (hex !== undefined) {
    const code = Number.parseInt(digits.find((each) => each !== undefined) ?? '', 16)
    if (code > LAST_CODE) throw bad()
    return literal(String.fromCodePoint(code), at + 1 + hex.length)
  }
  if (!SETS.test(letter)) throw bad()
  const { text, end } = escaped(source, at + 1, false)
  return { test: single(text), end }
}

/** A test by RE2, which knows each character once. */
function single(text: string): CharTest {
  let pattern: RE2JS
  try {
    pattern = RE2JS.compile(text)
  } catch {
    throw bad()
  }
  const known = new Map<string, boolean>()
  return (char) => {
    const found = known.get(char) ?? pattern.testExact(char)
    known.set(char, found)
    return found
  }
}

const either =
  (a: CharTest, b: CharTest): CharTest =>
  (char) =>
    a(char) || b(char)

function classAt(source: string, at: number, depth: number): Read {
  if (depth > DEPTH_MAX) throw bad()
  const isNot = source.charAt(at + 1) === '^'
  const { test, end } = itemsAt(source, at + (isNot ? 2 : 1), depth)
  return { test: isNot ? (char) => !test(char) : test, end: end + 1 }
}

/** All up to the closing bracket, which is read as itself where nothing stands before it. */
function itemsAt(source: string, from: number, depth: number): Read {
  let test: CharTest | undefined
  let at = from
  while (source.charAt(at) !== ']' || test === undefined) {
    if (source.startsWith('&&', at)) {
      const right = rightOf(source, at + 2, depth)
      const left = test ?? right.test
      test = (char) => left(char) && right.test(char)
      at = right.end
      continue
    }
    const item = source.charAt(at) === '[' ? classAt(source, at, depth + 1) : rangeAt(source, at)
    test = test === undefined ? item.test : either(test, item.test)
    at = item.end
  }
  return { test, end: at }
}

/** What stands to the right of `&&`: classes, up to the next `&`, or plain items up to the end. */
function rightOf(source: string, from: number, depth: number): Read {
  let test: CharTest | undefined
  let at = from
  while (source.charAt(at) !== ']' && source.charAt(at) !== '&') {
    const item = source.charAt(at) === '[' ? classAt(source, at, depth + 1) : itemsAt(source, at, depth + 1)
    test = test === undefined ? item.test : either(test, item.test)
    at = item.end
  }
  if (test === undefined) throw bad()
  return { test, end: at }
}

function rangeAt(source: string, at: number): Read {
  const low = itemAt(source, at)
  const behind = source.charAt(low.end + 1)
  if (low.char === undefined || source.charAt(low.end) !== '-' || behind === ']' || behind === '[') return low
  const high = itemAt(source, low.end + 1)
  const least = low.char.codePointAt(0) ?? 0
  const most = high.char?.codePointAt(0) ?? -1
  if (most < least) throw bad()
  const test: CharTest = (char) => {
    const code = char.codePointAt(0) ?? -1
    return code >= least && code <= most
  }
  return { test, end: high.end }
}

function itemAt(source: string, at: number): Read {
  const char = plainAt(source, at)
  return char === '\\' ? escape(source, at) : literal(char, at + char.length)
}

function placeAt(source: string, at: number): ReturnType<PatternParts['placeAt']> {
  const sign = source.charAt(at)
  if (sign === '^') return { holds: (_text, place) => place === 0, end: at + 1 }
  if (sign === '$') return { holds: (text, place) => ends(text).includes(place), end: at + 1 }
  if (sign !== '\\') return undefined
  const end = at + 2
  switch (source.charAt(at + 1)) {
    case 'A':
      return { holds: (_text, place) => place === 0, end }
    case 'z':
      return { holds: (text, place) => place === text.length, end }
    case 'Z':
      return { holds: (text, place) => ends(text).includes(place), end }
    case 'b':
      return { holds: bounds(true), end }
    case 'B':
      return { holds: bounds(false), end }
    default:
      return undefined
  }
}

function bounds(wanted: boolean): (text: string, at: number) => boolean {
  let known: { readonly text: string; readonly places: ReadonlySet<number> } | undefined
  return (text, at) => {
    if (known?.text !== text) known = { text, places: new Set(wordBounds(text, wanted)) }
    return known.places.has(at)
  }
}
