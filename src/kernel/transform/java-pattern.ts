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
// Java's POSIX names, which hold ASCII only.
const POSIX: Record<string, string> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7f',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: '0-9a-zA-Z',
  Punct: '!-/:-@\\[-`{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1f\\x7f',
  XDigit: '0-9A-Fa-f',
  Space: BLANKS,
}
/** The names of general categories; scripts are called by them too, with `Is` before. */
const CATEGORY = /^(?:L[ulmto]?|M[nce]?|N[dlo]?|S[mcko]?|P[cdseifo]?|Z[slp]?|C[cfos]?)$/
const LINE_ENDS = '\\n\\r\\x{85}\\x{2028}\\x{2029}'
const ONE_CLASS = /^(?:\\[dswh]|\[\^?(?:[^\\[\]&^-]|\\[dswh.|\-+*?])+\])\+?$/
// Looking around is beyond RE2. The platform's own expressions backtrack, which is harmless where nothing repeats.
const REPEATS = /[*+{]|\\[1-9k]/
// Right behind a class's opening, Java reads a closing bracket as itself; the platform sees a class of nothing, or of everything.
const OPENING = /^\[\^?\]?/
const BRACKETS = /\\.|\[(\^?)(\]?)((?:\\.|[^\]\\])*)\]|\]/gs
const MAX_OPTIONAL = 8
const MAX_LOOKING = 200

/** Compiles a regular expression of Java's for searching in linear time. Throws TransformError where Java does, and for what neither engine can do safely. */
export function javaPattern(source: string): JavaPattern {
  if (source === '\\b' || source === '\\B') return { local: true, finder: (text) => emptyAt(wordBounds(text, source === '\\b')) }
  if (source === '$' || source === '\\Z') return { local: true, finder: (text) => emptyAt(ends(text)) }
  return endingAtEnd(source) ?? linear(source) ?? looking(source)
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
  const { length } = lastLineEnd(text)
  return length === 0 ? [text.length] : [text.length - length, text.length]
}

function lastLineEnd(text: string): string {
  return /(?:\r\n|[\n\r\u0085\u2028\u2029])$/.exec(text.slice(-2))?.[0] ?? ''
}

/** What stands before a `$` that ends the whole of a pattern; undefined where none does. */
function beforeDollar(source: string): string | undefined {
  let open = 0
  let inClass = false
  const last = source.length - 1
  for (let i = 0; i < last; i++) {
    const char = source.charAt(i)
    if (char === '\\') {
      if (source.charAt(++i) === 'Q' || i === last) return undefined
    } else if (!inClass && char === '[') {
      inClass = true
      i += openingOf(source, i).length - 1
    } else if (char === ']') inClass = false
    else if (!inClass && char === '(') open++
    else if (!inClass && char === ')') open--
    else if (!inClass && char === '|' && open === 0) return undefined
  }
  return source.endsWith('$') && open === 0 && !inClass ? source.slice(0, last) : undefined
}

/** RE2's `$` is the very end alone: there, what may stand between Java's and the end is a last group, which is no part of the match. */
function endingAtEnd(source: string): JavaPattern | undefined {
  const body = beforeDollar(source)
  if (body === undefined || /\(\?[a-z]*m/.test(body)) return undefined
  const patterns = new Map<string, RE2JS>()
  const patternFor = (lineEnd: string): RE2JS => {
    const known = patterns.get(lineEnd)
    if (known !== undefined) return known
    const made = RE2JS.compile(`(?:${translated(body)})((?:${RE2JS.quote(lineEnd)})?)\\z`)
    patterns.set(lineEnd, made)
    return made
  }
  try {
    patternFor('')
  } catch {
    return undefined
  }
  const finder = (text: string): Finder => {
    const pattern = patternFor(lastLineEnd(text))
    const matcher = pattern.matcher(text)
    return (from) =>
      from <= text.length && matcher.find(from) ? { start: matcher.start(), end: matcher.start(pattern.groupCount()) } : undefined
  }
  return { local: false, finder }
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
    const pattern = new RegExp(bracketed(source), 'gu')
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

function openingOf(source: string, at: number): string {
  return OPENING.exec(source.slice(at, at + 3))?.[0] ?? '['
}

/** Closing brackets written so that the platform reads them as Java does. */
function bracketed(source: string): string {
  return source.replace(BRACKETS, (all: string, not?: string, closing?: string, rest?: string) => {
    if (all === ']') return '\\]'
    if (rest === undefined) return all
    if ((closing === '' && rest === '') || /\[|&&/.test(rest.replace(/\\./gs, '')))
      throw new TransformError('a class without an end, or within a class')
    return `[${not ?? ''}${closing === ']' ? '\\]' : ''}${rest}]`
  })
}

const COUNTED = /^\{\d+(?:,\d*)?\}/
const LONGEST_COUNT = 24
const LONGEST_NAME = 50

function literally(text: string): string {
  return text.replace(/[^A-Za-z0-9\s\x80-\uffff]/g, (char) => `\\${char}`)
}

/** Java's pattern in RE2's words; a possessive repetition, which only refuses to go back, becomes a greedy one. */
function translated(source: string): string {
  const dotAll = /\(\?[a-z]*s/.test(source)
  let out = ''
  let inClass = 0
  let repeats = false
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i)
    if (char === '\\') {
      const { text, end } = escaped(source, i + 1, inClass > 0)
      out += text
      i = end - 1
      repeats = false
    } else if (inClass === 0 && (char === '*' || char === '+' || char === '?')) {
      // Behind a repetition a question mark makes it lazy, and a plus possessive.
      if (!(repeats && char === '+')) out += char
      repeats = !repeats
    } else if (inClass === 0 && char === '{') {
      const counted = COUNTED.exec(source.slice(i, i + LONGEST_COUNT))?.[0]
      if (counted === undefined) throw new TransformError('illegal repetition')
      out += counted
      i += counted.length - 1
      repeats = true
    } else if (inClass === 0 && char === '[') {
      const opening = openingOf(source, i)
      out += opening.replace(']', '\\]')
      i += opening.length - 1
      inClass++
      repeats = false
    } else {
      if (char === '[') inClass++
      else if (char === ']' && inClass > 0) inClass--
      if (inClass > 1 || (inClass > 0 && char === '&' && source.charAt(i + 1) === '&'))
        throw new TransformError('no classes within a class')
      out += char === '.' && inClass === 0 && !dotAll ? `[^${LINE_ENDS}]` : char
      repeats = false
    }
  }
  return out
}

/** What stands behind a backslash, and where it ends. */
function escaped(source: string, at: number, inClass: boolean): { readonly text: string; readonly end: number } {
  const letter = source.charAt(at)
  const end = at + 1
  switch (letter) {
    case 'Q': {
      const close = source.indexOf('\\E', end)
      return { text: literally(source.slice(end, close < 0 ? source.length : close)), end: close < 0 ? source.length : close + 2 }
    }
    case 'p':
    case 'P': {
      const [whole, long, short] = /^(?:\{(\w+)\}|([LMNSPZC]))/.exec(source.slice(end, end + LONGEST_NAME)) ?? []
      if (whole === undefined) throw new TransformError('a property without a name')
      return { text: propertyText(long ?? short ?? '', letter === 'P', inClass), end: end + whole.length }
    }
    case 'u':
      return { text: `\\x{${source.slice(end, end + 4)}}`, end: end + 4 }
    case 'R':
      return { text: `(?:\\r\\n|[${CLASSES['v']}])`, end }
    case 'e':
      return { text: '\\x1B', end }
    default: {
      const set = CLASSES[letter.toLowerCase()]
      return { text: set === undefined ? `\\${letter}` : setText(set, letter !== letter.toLowerCase(), inClass), end }
    }
  }
}

function setText(set: string, negated: boolean, inClass: boolean): string {
  if (!inClass) return `[${negated ? '^' : ''}${set}]`
  if (negated) throw new TransformError('no complement within a class')
  return set
}

/** `\\p{…}`: a set of Java's POSIX names, a category, or a script, which Java calls `IsLatin`. */
function propertyText(name: string, negated: boolean, inClass: boolean): string {
  const set = POSIX[name]
  if (set !== undefined) return setText(set, negated, inClass)
  const bare = name.startsWith('Is') ? name.slice(2) : name
  if (bare === name && !CATEGORY.test(name)) throw new TransformError(`no property ${name}`)
  return `\\${negated ? 'P' : 'p'}{${bare}}`
}
