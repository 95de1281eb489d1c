import { RE2JS } from 're2js'
import { BitState } from './bit-state.ts'
import { patternParts } from './pattern-char.ts'
import { ends, lastLineEnd, wordBounds } from './pattern-place.ts'
import { escaped, LINE_ENDS } from './pattern-escape.ts'
import { programOf } from './pattern-program.ts'
import { PatternError } from './pattern-error.ts'

/** Finds the next match from an index on; undefined when there is none. */
export type Finder = (from: number) => { readonly start: number; readonly end: number } | undefined

/** `local` patterns look no further than the end of their match, so that all matches of a text cost one pass. */
export type JavaPattern = { readonly local: boolean; readonly finder: (text: string) => Finder }

const ONE_CLASS = /^(?:\\[dswh]|\[\^?(?:[^\\[\]&^-]|\\[dswh.|\-+*?])+\])\+?$/
// Right behind a class's opening, Java reads a closing bracket as itself.
const OPENING = /^\[\^?\]?/

/** Compiles a regular expression of Java's for searching in linear time. Throws PatternError where Java does, and for what neither engine can do safely. */
export function javaPattern(source: string): JavaPattern {
  if (source === '\\b' || source === '\\B') return { local: true, finder: (text) => emptyAt(wordBounds(text, source === '\\b')) }
  if (source === '$' || source === '\\Z') return { local: true, finder: (text) => emptyAt(ends(text)) }
  // Java's words are of any script, RE2's of ASCII.
  const worded = /\\[bB]/.test(source) ? lookingIfAble(source) : undefined
  return worded ?? endingAtEnd(source) ?? linear(source) ?? looking(source)
}

function lookingIfAble(source: string): JavaPattern | undefined {
  try {
    return looking(source)
  } catch {
    return undefined
  }
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

// Looking around, and classes within classes, are beyond RE2.
function looking(source: string): JavaPattern {
  const program = programOf(source, patternParts)
  const finder = (text: string): Finder => {
    const matcher = new BitState(text)
    return (from) => (from <= text.length ? matcher.find(program, from) : undefined)
  }
  // What it may cost is bounded for all of a text.
  return { local: true, finder }
}

function openingOf(source: string, at: number): string {
  return OPENING.exec(source.slice(at, at + 3))?.[0] ?? '['
}

const COUNTED = /^\{\d+(?:,\d*)?\}/
const LONGEST_COUNT = 24

/** Java's pattern in RE2's words. */
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
      // Behind a repetition a question mark makes it lazy, and a plus possessive, which RE2 does not know.
      if (repeats && char === '+') throw new PatternError('possessive')
      out += char
      repeats = !repeats
    } else if (inClass === 0 && char === '{') {
      const counted = COUNTED.exec(source.slice(i, i + LONGEST_COUNT))?.[0]
      if (counted === undefined) throw new PatternError('illegal repetition')
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
      if (inClass > 1 || (inClass > 0 && char === '&' && source.charAt(i + 1) === '&')) throw new PatternError('no classes within a class')
      out += char === '.' && inClass === 0 && !dotAll ? `[^${LINE_ENDS}]` : char
      repeats = false
    }
  }
  return out
}
