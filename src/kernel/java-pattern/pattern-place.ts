import { isLetterOrDigit, isMark } from './code-point.ts'
import { clusterEnd } from './grapheme.ts'
import { UNICODE } from './unicode-property.ts'

/** What places ask for: the text, where something last matched, where the match before ended, and an account for what it costs. */
export type Looking = { readonly text: string; last: number; readonly before: number; readonly spend: (steps: number) => void }
export type PlaceName = 'start' | 'line start' | 'end' | 'line end' | 'very end' | 'last match' | 'bound' | 'no bound' | 'cluster bound'

/** `free` places depend on the text alone. */
export type Place = { readonly name: PlaceName; readonly free: boolean; readonly holds: (looking: Looking, at: number) => boolean }

const NEWLINE = 10
const RETURN = 13
const UNDERSCORE = 95
const isLineEnd = (code: number): boolean => code === NEWLINE || code === RETURN || code === 0x85 || code === 0x2028 || code === 0x2029

/** `flag`: that only a newline ends lines; for bounds of words, that words are Unicode's. */
export function placeNamed(name: PlaceName, flag: boolean): Place {
  switch (name) {
    case 'start':
      return { name, free: true, holds: (_, at) => at === 0 }
    case 'very end':
      return { name, free: true, holds: ({ text }, at) => at === text.length }
    case 'last match':
      return { name, free: false, holds: ({ before }, at) => at === before }
    case 'line start':
      return { name, free: true, holds: flag ? afterNewline : afterLineEnd }
    case 'line end':
      return { name, free: true, holds: flag ? beforeNewline : beforeLineEnd }
    case 'end':
      return { name, free: true, holds: flag ? atUnixEnd : atEnd }
    case 'bound':
    case 'no bound': {
      const isWord = flag ? UNICODE.word.holds : (code: number): boolean => code === UNDERSCORE || isLetterOrDigit(code)
      const wanted = name === 'bound'
      return { name, free: true, holds: (looking, at) => isBound(looking, at, isWord) === wanted }
    }
    case 'cluster bound':
      return { name, free: false, holds: isClusterBound }
  }
}

/** No line begins at the very end, and none within `\r\n`. */
function afterLineEnd({ text }: Looking, at: number): boolean {
  if (at === text.length) return false
  if (at === 0) return true
  const before = text.charCodeAt(at - 1)
  return isLineEnd(before) && !(before === RETURN && text.charCodeAt(at) === NEWLINE)
}

function afterNewline({ text }: Looking, at: number): boolean {
  return at !== text.length && (at === 0 || text.charCodeAt(at - 1) === NEWLINE)
}

function beforeLineEnd({ text }: Looking, at: number): boolean {
  if (at === text.length) return true
  const code = text.charCodeAt(at)
  return code === NEWLINE ? at === 0 || text.charCodeAt(at - 1) !== RETURN : isLineEnd(code)
}

function beforeNewline({ text }: Looking, at: number): boolean {
  return at === text.length || text.charCodeAt(at) === NEWLINE
}

/** The end, or before a line end that comes last. */
function atEnd(looking: Looking, at: number): boolean {
  const { text } = looking
  if (at < text.length - 2) return false
  if (at === text.length - 2 && !(text.charCodeAt(at) === RETURN && text.charCodeAt(at + 1) === NEWLINE)) return false
  return beforeLineEnd(looking, at)
}

function atUnixEnd({ text }: Looking, at: number): boolean {
  return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === NEWLINE)
}

function isBound(looking: Looking, at: number, isWord: (code: number) => boolean): boolean {
  const { text } = looking
  const left = at > 0 && isInWord(looking, { code: codeBefore(text, at), at: at - 1 }, isWord)
  const right = at < text.length && isInWord(looking, { code: text.codePointAt(at) ?? 0, at }, isWord)
  return left !== right
}

function isInWord(looking: Looking, { code, at }: { code: number; at: number }, isWord: (code: number) => boolean): boolean {
  if (isWord(code)) return true
  if (code < 128 || !isMark(code)) return false
  // A mark belongs to the word of the letter it stands on.
  for (let i = at; i >= 0; i--) {
    looking.spend(1)
    const before = looking.text.codePointAt(i) ?? 0
    if (isLetterOrDigit(before)) return true
    if (!isMark(before)) return false
  }
  return false
}

/** The character that ends before a place. */
export function codeBefore(text: string, at: number): number {
  const low = text.charCodeAt(at - 1)
  if (low < 0xdc00 || low > 0xdfff || at < 2) return low
  const code = text.codePointAt(at - 2) ?? low
  return code > 0xffff ? code : low
}

/** Java counts from where something last matched, wherever that was. */
function isClusterBound(looking: Looking, at: number): boolean {
  const { text, last } = looking
  if (at === 0 || at >= text.length) return true
  if (codeBefore(text, at + 1) > 0xffff) return false
  const end = clusterEnd(text, last)
  looking.spend(end - last)
  return end <= at
}
