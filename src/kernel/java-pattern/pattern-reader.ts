import { ANY, isPair, NOT_LINE_END, NOT_NEWLINE } from './char-test.ts'
import type { CharTest } from './char-test.ts'
import { asciiLower, foldOf } from './code-point.ts'
import { caseOf, classAt, singleAt } from './pattern-class.ts'
import { escaped, isProperty, propertyAt } from './pattern-escape.ts'
import { groupAt, nameAt } from './pattern-group.ts'
import { placeNamed } from './pattern-place.ts'
import { bad, FLAGS, isDigit, PatternSource } from './pattern-source.ts'
import { quantified, quantifierAt } from './pattern-quantifier.ts'
import type { Memo, Part, Pattern } from './pattern-tree.ts'

const DEPTH_MAX = 250
const PARTS_MAX = 20_000
const BACKSLASH = 92
const OPEN_CLASS = 91
const DOT = 46
const [CARET, DOLLAR, OPEN, CLOSE, BAR] = [94, 36, 40, 41, 124]
const DANGLING: ReadonlySet<number> = new Set([63, 42, 43])
const ENDS_TEXT: ReadonlySet<number> = new Set([DOLLAR, DOT, CARET, OPEN, OPEN_CLASS, BAR, CLOSE])
const QUANTIFIES: ReadonlySet<number> = new Set([...DANGLING, 123])

/** Reads a regular expression as Java 17 does. Throws PatternError where Java does. */
export function readPattern(source: string): Pattern {
  return new PatternReader(new PatternSource(source)).whole()
}

/** Reads what a group holds, and counts the groups. */
export class PatternReader {
  readonly source: PatternSource
  readonly names = new Map<string, number>()
  /** Loops that may note where they failed, unless a loop or what is looked for behind holds them. */
  memos: Memo[] = []
  groups = 0
  #refers = false
  #depth = 0
  #parts = 0

  constructor(source: PatternSource) {
    this.source = source
  }

  whole(): Pattern {
    const part = this.choice()
    if (this.source.at !== this.source.length) throw bad()
    if (!this.#refers) for (const memo of this.memos) memo.on = true
    return { part, groups: this.groups, whole: this.source.whole, refers: this.#refers }
  }

  choice(): Part {
    if (++this.#depth > DEPTH_MAX) throw bad()
    const ways = [this.#row()]
    while (this.source.peek() === BAR) {
      this.source.next()
      ways.push(this.#row())
    }
    this.#depth--
    return ways.length === 1 ? (ways[0] as Part) : { kind: 'choice', parts: ways }
  }

  #row(): Part {
    const parts: Part[] = []
    for (;;) {
      const code = this.source.peek()
      if (++this.#parts > PARTS_MAX) throw bad('too large a pattern')
      if (code === OPEN) {
        const group = groupAt(this)
        if (group !== undefined) parts.push(group)
        continue
      }
      if (code === BAR || code === CLOSE || (code === 0 && this.source.at >= this.source.length)) break
      parts.push(quantified(this.#one(code), quantifierAt(this.source)))
    }
    return parts.length === 1 ? (parts[0] as Part) : { kind: 'row', parts }
  }

  #one(code: number): Part {
    const { source } = this
    if (code === OPEN_CLASS) return this.#set(classAt(source, true))
    if (code === BACKSLASH) {
      const isOne = isProperty(source.nextEscaped())
      if (isOne) return this.#set(propertyAt(source))
      source.at--
      return this.#text()
    }
    if (DANGLING.has(code)) throw bad()
    if (code !== CARET && code !== DOLLAR && code !== DOT) return this.#text()
    source.next()
    const unix = source.has(FLAGS.unixLines)
    const multiline = source.has(FLAGS.multiline)
    if (code === DOT) return { kind: 'char', test: source.has(FLAGS.dotAll) ? ANY : unix ? NOT_NEWLINE : NOT_LINE_END }
    if (code === DOLLAR) return { kind: 'place', place: placeNamed(multiline ? 'line end' : 'end', unix) }
    return { kind: 'place', place: placeNamed(multiline ? 'line start' : 'start', unix) }
  }

  /** A test that may take characters beyond 16 bits keeps matches from beginning inside of one. */
  #plain(test: CharTest): Part {
    if (!test.narrow) this.source.whole = true
    return { kind: 'char', test }
  }

  /** A class or property, which takes a composed character for its parts where the flag says so. */
  #set(test: CharTest): Part {
    return this.source.has(FLAGS.composed) ? { kind: 'composed', test } : this.#plain(test)
  }

  /** Plain and escaped characters up to a sign, or the one that a quantifier stands behind, or one escape that means more. */
  #text(): Part {
    const { source } = this
    const codes: number[] = []
    let before = source.at
    for (let code = source.peek(); ; code = source.peek()) {
      if (QUANTIFIES.has(code)) {
        if (codes.length > 1) {
          source.at = before
          codes.pop()
        }
        break
      }
      if (ENDS_TEXT.has(code) || (code === 0 && source.at >= source.length)) break
      before = source.at
      if (code !== BACKSLASH) {
        codes.push(code)
        source.at++
        continue
      }
      if (isProperty(source.code(source.at + 1))) {
        if (codes.length > 0) break
        source.at++
        return this.#set(propertyAt(source))
      }
      const found = escaped(source, false)
      if ('code' in found) {
        codes.push(found.code)
        continue
      }
      if (codes.length === 0) return 'test' in found ? this.#plain(found.test) : this.#meaning(found.letter)
      source.at = before
      break
    }
    return this.#slice(codes)
  }

  #slice(codes: readonly number[]): Part {
    const [only] = codes
    if (codes.length === 1 && only !== undefined) return this.#plain(singleAt(this.source, only))
    const fold = caseOf(this.source)
    const folded = codes.map((code) => (fold === 'all' ? foldOf(code) : fold === 'ascii' ? asciiLower(code) : code))
    return { kind: 'text', codes: folded, fold, whole: codes.some(isPair) }
  }

  /** What an escape means that is no character. */
  #meaning(letter: string): Part {
    const { source } = this
    const unix = source.has(FLAGS.unixLines)
    switch (letter) {
      case 'A':
        return { kind: 'place', place: placeNamed('start', false) }
      case 'Z':
        return { kind: 'place', place: placeNamed('end', unix) }
      case 'z':
        return { kind: 'place', place: placeNamed('very end', false) }
      case 'G':
        return { kind: 'place', place: placeNamed('last match', false) }
      case 'B':
        return { kind: 'place', place: placeNamed('no bound', source.has(FLAGS.unicode)) }
      case 'b':
        return { kind: 'place', place: placeNamed(this.#clusters() ? 'cluster bound' : 'bound', source.has(FLAGS.unicode)) }
      case 'R':
        return { kind: 'line end' }
      case 'X':
        return { kind: 'cluster' }
      case 'k':
        return this.#reference(this.#named())
      default:
        return this.#reference(this.#numbered(Number(letter)))
    }
  }

  /** Whether `{g}` stands behind `\b`. */
  #clusters(): boolean {
    const { source } = this
    if (source.peek() !== 123) return false
    if (source.skip() === 103) {
      if (source.read() !== 125) throw bad()
      return true
    }
    source.at -= 2
    return false
  }

  #reference(group: number): Part {
    this.#refers = true
    return { kind: 'reference', group, fold: caseOf(this.source) }
  }

  #named(): number {
    if (this.source.read() !== 60) throw bad()
    const number = this.names.get(nameAt(this.source, this.source.read()))
    if (number === undefined) throw bad()
    return number
  }

  /** As many digits as name a group that was opened before; the first does in any case. */
  #numbered(first: number): number {
    const { source } = this
    let group = first
    for (let code = source.peek(); isDigit(code); code = source.peek()) {
      const longer = group * 10 + code - 48
      if (longer > this.groups) break
      group = longer
      source.read()
    }
    return group
  }
}
