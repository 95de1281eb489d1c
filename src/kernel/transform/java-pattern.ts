import { RE2JS } from 're2js'
import { TransformError } from './spec-error.ts'

/** Finds the next match from an index on; undefined when there is none. */
export type Finder = (from: number) => { readonly start: number; readonly end: number } | undefined

/** `local` patterns look no further than the end of their match, so that all matches of a text cost one pass. */
export type JavaPattern = { readonly local: boolean; readonly finder: (text: string) => Finder }

// What Java's classes hold where RE2's hold something else.
const BLANKS = '\\t\\n\\x0B\\f\\r '
const CLASSES: Record<string, string> = {
  s: BLANKS,
  h: ' \\t\\xA0\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}',
  v: '\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}',
}
const LINE_ENDS = '\\n\\r\\x{85}\\x{2028}\\x{2029}'
const ONE_CLASS = /^(?:\\[dswh]|\[\^?(?:[^\\[\]&^-]|\\[dswh.|\-+*?])+\])\+?$/
// Looking around is beyond RE2. The platform's own expressions backtrack, which is harmless where nothing repeats.
const REPEATS = /[*+{]|\\[1-9k]/
const MAX_OPTIONAL = 8
const MAX_LOOKING = 200

/** Compiles a regular expression of Java's for searching in linear time. Throws TransformError where Java does, and for what neither engine can do safely. */
export function javaPattern(source: string): JavaPattern {
  if (source === '\\b' || source === '\\B') return { local: true, finder: (text) => emptyAt(wordBounds(text, source === '\\b')) }
  if (source === '$') return { local: true, finder: (text) => emptyAt(ends(text)) }
  return linear(source) ?? looking(source)
}

const LETTER_OR_DIGIT = /[\p{L}\p{Nd}]/u
const MARK = /\p{Mn}/u

/** Where a word begins or ends, or where none does: letters and digits of any script, the underscore, and marks that stand on a letter. */
function wordBounds(text: string, wanted: boolean): number[] {
  const bounds: number[] = []
  let inWord = false
  let onLetter = false
  let at = 0
  for (const char of text) {
    const letter = LETTER_OR_DIGIT.test(char)
    const mark = MARK.test(char)
    const word = letter || char === '_' || (mark && onLetter)
    if ((word !== inWord) === wanted) bounds.push(at)
    if (!wanted && char.length > 1) bounds.push(at + 1)
    inWord = word
    onLetter = letter || (mark && onLetter)
    at += char.length
  }
  if (inWord === wanted) bounds.push(at)
  return bounds
}

/** The end, and the place before a line end that comes last. */
function ends(text: string): number[] {
  const last = /(?:\r\n|[\n\r\u0085\u2028\u2029])$/.exec(text.slice(-2))
  return last === null ? [text.length] : [text.length - last[0].length, text.length]
}

function emptyAt(places: readonly number[]): Finder {
  let next = 0
  return (from) => {
    while ((places[next] ?? from) < from) next++
    const start = places[next]
    return start === undefined ? undefined : { start, end: start }
  }
}

function linear(source: string): JavaPattern | undefined {
  try {
    const pattern = RE2JS.compile(translated(source))
    const finder = (text: string): Finder => {
      const matcher = pattern.matcher(text)
      return (from) => (from <= text.length && matcher.find(from) ? { start: matcher.start(), end: matcher.end() } : undefined)
    }
    return { local: ONE_CLASS.test(source), finder }
  } catch {
    return undefined
  }
}

function looking(source: string): JavaPattern {
  if (REPEATS.test(source) || source.length > MAX_LOOKING || source.split('?').length > MAX_OPTIONAL)
    throw new TransformError('bad pattern')
  try {
    const pattern = new RegExp(source, 'gu')
    const finder =
      (text: string): Finder =>
      (from) => {
        pattern.lastIndex = from
        const match = pattern.exec(text)
        return match === null ? undefined : { start: match.index, end: match.index + match[0].length }
      }
    return { local: true, finder }
  } catch {
    throw new TransformError('bad pattern')
  }
}

function literally(text: string): string {
  return text.replace(/[^A-Za-z0-9\s\x80-\uffff]/g, (char) => `\\${char}`)
}

/** Java's pattern in RE2's words; a possessive repetition, which only refuses to go back, becomes a greedy one. */
function translated(source: string): string {
  const dotAll = /\(\?[a-z]*s/.test(source)
  let out = ''
  let inClass = 0
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i)
    if (char === '\\') {
      const next = source.charAt(++i)
      if (next === 'Q') {
        const end = source.indexOf('\\E', i + 1)
        out += literally(source.slice(i + 1, end < 0 ? source.length : end))
        i = end < 0 ? source.length : end + 1
        continue
      }
      const set = CLASSES[next.toLowerCase()]
      if (set === undefined)
        out += next === 'u' ? `\\x{${source.slice(i + 1, (i += 4) + 1)}}` : next === 'R' ? `(?:\\r\\n|[${CLASSES['v']}])` : `\\${next}`
      else if (next === next.toLowerCase()) out += inClass > 0 ? set : `[${set}]`
      else if (inClass > 0) throw new TransformError('no complement within a class')
      else out += `[^${set}]`
      continue
    }
    if (char === '[') inClass++
    else if (char === ']' && inClass > 0) inClass--
    if (inClass > 1 || (inClass > 0 && char === '&' && source.charAt(i + 1) === '&')) throw new TransformError('no classes within a class')
    if (char === '+' && inClass === 0 && /[*+?}]$/.test(out) && !/\\.$/.test(out)) continue
    out += char === '.' && inClass === 0 && !dotAll ? `[^${LINE_ENDS}]` : char
  }
  return out
}
