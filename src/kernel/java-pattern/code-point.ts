import { SINCE_13, within } from './unicode-ranges.ts'

const LETTERS = 'L'
const cache = new Map<string, (code: number) => boolean>()
// Characters whose capital is one character, though their full mapping is several.
const IOTA_BELOW = 0x1f80
const IOTA_BELOW_END = 0x1fb0
const ALONE_WITH_IOTA: readonly number[] = [0x1fb3, 0x1fc3, 0x1ff3]
const DOTTED_I = 0x130
const ASCII_END = 128
const MOST_KNOWN = 4_096

/** Whether Java 17 knows no character there, though later versions of Unicode do. */
export function isNew(code: number): boolean {
  return within(SINCE_13, code)
}

/** A test by a property of Unicode, as JavaScript names it; characters that came after Unicode 13 are unassigned. */
export function propertyTest(name: string): (code: number) => boolean {
  const found = cache.get(name)
  if (found !== undefined) return found
  const pattern = new RegExp(`^\\p{${name}}$`, 'u')
  const forNew = name === 'Cn' || name === 'C' || name === 'Script=Unknown'
  const known = new Map<number, boolean>()
  const test = (code: number): boolean => {
    let holds = known.get(code)
    if (holds === undefined) {
      if (known.size >= MOST_KNOWN) known.clear()
      holds = isNew(code) ? forNew : pattern.test(String.fromCodePoint(code))
      known.set(code, holds)
    }
    return holds
  }
  cache.set(name, test)
  return test
}

export const isMark = propertyTest('Mn')
const isLetter = propertyTest(LETTERS)
const isDigit = propertyTest('Nd')

export function isLetterOrDigit(code: number): boolean {
  return isLetter(code) || isDigit(code)
}

/** Java's mapping of one character to one, where JavaScript's may be to several. */
export function upperOf(code: number): number {
  if (code < ASCII_END) return code >= 97 && code <= 122 ? code - 32 : code
  const upper = String.fromCodePoint(code).toUpperCase()
  const first = upper.codePointAt(0) ?? code
  if (upper.length === (first > 0xffff ? 2 : 1)) return isNew(first) || isNew(code) ? code : first
  if (code >= IOTA_BELOW && code < IOTA_BELOW_END && (code & 8) === 0) return code + 8
  return ALONE_WITH_IOTA.includes(code) ? code + 9 : code
}

export function lowerOf(code: number): number {
  if (code < ASCII_END) return asciiLower(code)
  if (code === DOTTED_I) return 0x69
  const lower = String.fromCodePoint(code).toLowerCase().codePointAt(0) ?? code
  return isNew(lower) || isNew(code) ? code : lower
}

/** One letter for all cases of it. */
export function foldOf(code: number): number {
  return lowerOf(upperOf(code))
}

export function asciiLower(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code
}

export function asciiUpper(code: number): number {
  return code >= 97 && code <= 122 ? code - 32 : code
}
