import { asciiLower, asciiUpper, foldOf, lowerOf, upperOf } from './code-point.ts'

/** A test of one character. A `narrow` one looks at 16 bits alone, and then matches may begin in the middle of a pair. */
export type CharTest = { readonly holds: (code: number) => boolean; readonly narrow: boolean }

/** How letters are compared: as they are, ASCII's without case, or all without case. */
export type Fold = 'none' | 'ascii' | 'all'

const LAST_BYTE = 255
const FIRST_HALF = 0xd800
const LAST_HALF = 0xdfff
const LAST_NARROW = 0xffff

export const wide = (holds: CharTest['holds']): CharTest => ({ holds, narrow: false })
export const narrow = (holds: CharTest['holds']): CharTest => ({ holds, narrow: true })

export function not({ holds }: CharTest): CharTest {
  return wide((code) => !holds(code))
}

export function either(a: CharTest, b: CharTest): CharTest {
  return { holds: (code) => a.holds(code) || b.holds(code), narrow: a.narrow && b.narrow }
}

export function both(a: CharTest, b: CharTest): CharTest {
  return { holds: (code) => a.holds(code) && b.holds(code), narrow: a.narrow && b.narrow }
}

/** Whether Java takes a character for one of two halves: those beyond 16 bits, and halves that stand alone. */
export function isPair(code: number): boolean {
  return code > LAST_NARROW || (code >= FIRST_HALF && code <= LAST_HALF)
}

export function single(wanted: number, fold: Fold): CharTest {
  if (fold === 'all') {
    const lower = foldOf(wanted)
    if (lower !== upperOf(wanted)) return wide((code) => code === lower || foldOf(code) === lower)
  } else if (fold === 'ascii') {
    const [lower, upper] = [asciiLower(wanted), asciiUpper(wanted)]
    if (lower !== upper) return narrow((code) => code === lower || code === upper)
  }
  return { holds: (code) => code === wanted, narrow: !isPair(wanted) }
}

export function range(low: number, high: number, fold: Fold): CharTest {
  const inside = (code: number): boolean => low <= code && code <= high
  if (fold === 'all')
    return wide((code) => {
      if (inside(code)) return true
      const upper = upperOf(code)
      return inside(upper) || inside(lowerOf(upper))
    })
  if (fold === 'ascii') return wide((code) => inside(code) || (code < 128 && (inside(asciiUpper(code)) || inside(asciiLower(code)))))
  return { holds: inside, narrow: high < FIRST_HALF || (low > LAST_HALF && high <= LAST_NARROW) }
}

// Letters of one byte whose other case lies beyond it.
const FAR_CASES = new Set([0xff, 0xb5, 0x49, 0x69, 0x53, 0x73, 0x4b, 0x6b, 0xc5, 0xe5])

/** The characters of one byte that a class lists. More may be added after it went into an intersection, and are in that then too: so it is in Java. */
export class ByteSet implements CharTest {
  readonly narrow = true
  readonly #bytes = new Set<number>()
  readonly holds = (code: number): boolean => this.#bytes.has(code)

  /** Answers whether the set can hold the character. */
  add(code: number, fold: Fold): boolean {
    if (code > LAST_BYTE || (fold === 'all' && FAR_CASES.has(code))) return false
    if (fold !== 'none' && code < 128) this.#bytes.add(asciiUpper(code)).add(asciiLower(code))
    else if (fold === 'all') this.#bytes.add(lowerOf(code)).add(upperOf(code))
    this.#bytes.add(code)
    return true
  }
}

const isVertical = (code: number): boolean => (code >= 10 && code <= 13) || code === 0x85 || code === 0x2028 || code === 0x2029
const isBlank = (code: number): boolean =>
  code === 9 ||
  code === 32 ||
  code === 0xa0 ||
  code === 0x1680 ||
  code === 0x180e ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x202f ||
  code === 0x205f ||
  code === 0x3000

export const VERTICAL = narrow(isVertical)
export const HORIZONTAL = narrow(isBlank)
export const ANY = wide(() => true)
export const NOT_NEWLINE = wide((code) => code !== 10)
export const NOT_LINE_END = wide((code) => code !== 10 && code !== 13 && code !== 0x85 && code !== 0x2028 && code !== 0x2029)
export const DIGIT = narrow((code) => code >= 48 && code <= 57)
export const SPACE = narrow((code) => code === 32 || (code >= 9 && code <= 13))
export const WORD = narrow((code) => (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122))
