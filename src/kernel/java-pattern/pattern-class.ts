import { both, ByteSet, either, not, range, single, wide } from './char-test.ts'
import type { CharTest, Fold } from './char-test.ts'
import { beginsRange, escaped, isProperty, propertyAt } from './pattern-escape.ts'
import { bad, FLAGS } from './pattern-source.ts'
import type { PatternSource } from './pattern-source.ts'

const AND = 38
const MINUS = 45
const OPEN = 91
const BACKSLASH = 92
const CLOSE = 93
const CARET = 94
const DEPTH_MAX = 200
// Nothing stands to the right of `&&`, and a single character to its left: Java's class is made, and fails where it is asked.
const NOTHING = wide(() => {
  throw bad()
})

export function caseOf(source: PatternSource): Fold {
  if (!source.has(FLAGS.ignoreCase)) return 'none'
  return source.has(FLAGS.unicodeCase) ? 'all' : 'ascii'
}

/** One character outside a class. */
export function singleAt(source: PatternSource, code: number): CharTest {
  return single(code, caseOf(source))
}

/** Reads a class with the cursor before its first item; `closes` tells that a bracket of its own ends it, which is not so right of `&&`. */
export function classAt(source: PatternSource, closes: boolean, depth = 0): CharTest {
  if (depth > DEPTH_MAX) throw bad()
  return new ClassReader(source, depth).read(closes)
}

class ClassReader {
  readonly #source: PatternSource
  readonly #depth: number
  readonly #bytes = new ByteSet()
  /** Whether bytes were listed that are not part of `#all` yet. */
  #listed = false
  #all: CharTest | undefined
  #latest: CharTest | undefined

  constructor(source: PatternSource, depth: number) {
    this.#source = source
    this.#depth = depth
  }

  read(closes: boolean): CharTest {
    const source = this.#source
    let code = source.next()
    const negated = code === CARET && source.codes[source.at - 1] === OPEN
    if (negated) code = source.next()
    for (;;) {
      if (code === 0 && source.at >= source.length) throw bad()
      if (code === CLOSE && (this.#all !== undefined || this.#listed)) {
        if (closes) source.next()
        const found = this.#withListed() ?? this.#bytes
        return negated ? not(found) : found
      }
      if (code === OPEN) this.#join(classAt(source, true, this.#depth + 1))
      else if (!(code === AND && this.#intersects())) this.#item()
      code = source.peek()
    }
  }

  #join(test: CharTest): void {
    this.#latest = test
    this.#all = this.#all === undefined ? test : either(this.#all, test)
  }

  #withListed(): CharTest | undefined {
    if (!this.#listed) return this.#all
    return this.#all === undefined ? this.#bytes : either(this.#all, this.#bytes)
  }

  #item(): void {
    const test = itemAt(this.#source, this.#bytes)
    if (test !== undefined) this.#join(test)
    else {
      this.#latest = undefined
      this.#listed = true
    }
  }

  /** Reads `&&` and what stands to its right; false where only one ampersand is there. */
  #intersects(): boolean {
    const source = this.#source
    if (source.next() !== AND) {
      source.at--
      return false
    }
    const right = this.#right()
    if (this.#listed) {
      if (this.#all === undefined) this.#latest = this.#bytes
      this.#all = this.#withListed()
      this.#listed = false
    }
    if (right !== undefined) this.#latest = right
    if (this.#all === undefined) {
      if (right === undefined) throw bad()
      this.#all = right
    } else {
      this.#all = both(this.#all, this.#latest ?? NOTHING)
    }
    return true
  }

  #right(): CharTest | undefined {
    const source = this.#source
    let found: CharTest | undefined
    let code = source.next()
    while (code !== CLOSE && code !== AND) {
      if (code !== OPEN) source.at--
      const test = classAt(source, code === OPEN, this.#depth + 1)
      found = found === undefined ? test : either(found, test)
      code = source.peek()
    }
    return found
  }
}

/** One item of a class: what was added to its bytes, or a test of its own. */
function itemAt(source: PatternSource, bytes: ByteSet): CharTest | undefined {
  let code = source.peek()
  if (code === BACKSLASH) {
    if (isProperty(source.nextEscaped())) return propertyAt(source)
    const ends = beginsRange(source)
    source.at--
    const found = escaped(source, true, ends)
    if ('test' in found) return found.test
    if (!('code' in found)) throw bad()
    code = found.code
  } else source.next()
  const fold = caseOf(source)
  if (source.peek() === MINUS) {
    const end = source.code(source.at + 1)
    if (end !== OPEN && end !== CLOSE) {
      source.next()
      return range(code, rangeEnd(source, code), fold)
    }
  }
  return bytes.add(code, fold) ? undefined : single(code, fold)
}

function rangeEnd(source: PatternSource, low: number): number {
  let code = source.peek()
  if (code === BACKSLASH) {
    const found = escaped(source, true, true)
    if (!('code' in found)) throw bad()
    code = found.code
  } else source.next()
  if (code < low) throw bad()
  return code
}
