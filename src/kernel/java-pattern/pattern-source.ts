import { isPair } from './char-test.ts'
import { asciiLower } from './code-point.ts'
import { PatternError } from './pattern-error.ts'

export const FLAGS = { unixLines: 1, ignoreCase: 2, comments: 4, multiline: 8, dotAll: 32, unicodeCase: 64, composed: 128, unicode: 256 }
const BACKSLASH = 92
const HASH = 35
const LINE_END = new Set([10, 13, 0x85, 0x2028, 0x2029])
const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)
export const isDigit = (code: number): boolean => code >= 48 && code <= 57
export const isAlpha = (code: number): boolean => asciiLower(code) >= 97 && asciiLower(code) <= 122

export function bad(why = 'bad pattern'): PatternError {
  return new PatternError(why)
}

/** A pattern being read: its characters, a cursor, and the flags that hold there. Two noughts stand behind its end. */
export class PatternSource {
  readonly codes: number[]
  readonly length: number
  /** Whether a character beyond 16 bits stands in it, or a class that may hold some: then no match begins in the middle of one. */
  whole: boolean
  at = 0
  flags = 0

  constructor(source: string) {
    const codes = Array.from(source, (char) => char.codePointAt(0) ?? 0)
    this.whole = codes.some(isPair)
    this.codes = unquoted(codes)
    this.length = this.codes.length
    this.codes.push(0, 0)
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0
  }

  /** The character at a place; Java fails beyond its array. */
  code(at: number): number {
    const code = this.codes[at]
    if (code === undefined) throw bad()
    return code
  }

  peek(): number {
    return this.has(FLAGS.comments) ? this.#past() : this.code(this.at)
  }

  read(): number {
    const code = this.peek()
    this.at++
    return code
  }

  next(): number {
    this.at++
    return this.peek()
  }

  nextEscaped(): number {
    return this.code(++this.at)
  }

  /** The character behind the one at the cursor, and on behind that. */
  skip(): number {
    this.at += 2
    return this.code(this.at - 1)
  }

  accept(wanted: string): void {
    if (this.read() !== wanted.charCodeAt(0)) throw bad()
  }

  /** Past white space and comments, where the flag for them is set. */
  #past(): number {
    let code = this.code(this.at)
    while (isSpace(code) || code === HASH) {
      while (isSpace(code)) code = this.code(++this.at)
      if (code === HASH) code = this.#pastLine()
    }
    return code
  }

  #pastLine(): number {
    const ends = (code: number): boolean => (this.has(FLAGS.unixLines) ? code === 10 : LINE_END.has(code))
    let code = this.code(++this.at)
    while (code !== 0 && !ends(code)) code = this.code(++this.at)
    if (code === 0 && this.at > this.length) this.at = this.length
    return this.code(this.at)
  }
}

/** What stands between `\Q` and `\E` with its signs escaped, as Java does before it reads. */
function unquoted(codes: readonly number[]): number[] {
  const is = (at: number, char: string): boolean => codes[at] === char.charCodeAt(0)
  let i = 0
  while (i < codes.length - 1 && !(is(i, '\\') && is(i + 1, 'Q'))) i += is(i, '\\') ? 2 : 1
  if (i >= codes.length - 1) return [...codes]
  const out = codes.slice(0, i)
  i += 2
  let quoting = true
  let begins = true
  while (i < codes.length) {
    const code = codes[i++] ?? 0
    if (code >= 128 || isAlpha(code)) out.push(code)
    else if (isDigit(code)) {
      // It must not become part of an escape before it.
      if (begins) out.push(BACKSLASH, 'x'.charCodeAt(0), '3'.charCodeAt(0))
      out.push(code)
    } else if (code !== BACKSLASH) {
      if (quoting) out.push(BACKSLASH)
      out.push(code)
    } else if (quoting) {
      if (is(i, 'E')) {
        i++
        quoting = false
      } else out.push(BACKSLASH, BACKSLASH)
    } else if (is(i, 'Q')) {
      i++
      quoting = true
      begins = true
      continue
    } else {
      out.push(code)
      if (i < codes.length) out.push(codes[i++] ?? 0)
    }
    begins = false
  }
  return out
}
