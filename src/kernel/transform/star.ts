import { MAX_STARS } from './limits.ts'
import { count } from './key-syntax.ts'
import { BadSpec } from './spec-error.ts'

export type StarForm = 'all' | 'single' | 'double' | 'regex'

/** A key with stars: answers what each star caught, undefined when the key does not match. No backtracking: time is linear in the key. */
export type Star = { readonly form: StarForm; readonly catches: (key: string) => readonly string[] | undefined }

const NOTHING: readonly string[] = []
const STAR_ALL: Star = { form: 'all', catches: () => NOTHING }

/** The matcher Jolt takes for a key with stars; `cardinality` alone knows no special case for two. */
export function starOf(key: string, twoAreSpecial: boolean): Star {
  if (key === '*') return STAR_ALL
  const stars = count(key, '*')
  if (stars > MAX_STARS) throw new BadSpec(`more than ${MAX_STARS} stars in one key`)
  if (stars === 1) return single(key)
  return stars === 2 && twoAreSpecial ? double(key) : many(key)
}

function single(key: string): Star {
  const at = key.indexOf('*')
  const prefix = key.slice(0, at)
  const suffix = key.slice(at + 1)
  const fixed = key.length - 1
  return {
    form: 'single',
    catches: (text) =>
      text.length > fixed && text.startsWith(prefix) && text.endsWith(suffix) ? [text.slice(at, text.length - suffix.length)] : undefined,
  }
}

function double(key: string): Star {
  const [prefix = '', middle = '', suffix = ''] = key.split('*')
  // Java's split drops trailing empty parts, so a key that ends in two stars has no middle to be read.
  if (middle === '' && suffix === '') throw new BadSpec(`key ${key} has nothing between its stars`)
  return {
    form: 'double',
    catches: (text) => {
      if (!text.startsWith(prefix) || !text.endsWith(suffix)) return undefined
      const from = prefix.length + 1
      const to = text.length - suffix.length - 1
      if (from >= to) return undefined
      const at = text.slice(from, to).indexOf(middle)
      if (at < 0) return undefined
      const start = from + at
      return [text.slice(prefix.length, start), text.slice(start + middle.length, text.length - suffix.length)]
    },
  }
}

const LINE_END = /[\n\r\u0085\u2028\u2029]/

/**
 * Three stars or more: Jolt builds `^a(.+?)b(.+?)c$`. The earliest place for each text between stars leaves most room for the rest,
 * so it is the one the lazy pattern finds too. `.` catches no line end, and `$` also stands before a last one.
 */
function many(key: string): Star {
  const texts = patternTexts(key)
  const first = texts[0] ?? ''
  const last = texts.at(-1) ?? ''
  const middles = texts.slice(1, -1)
  const upTo = (text: string, end: number): readonly string[] | undefined => {
    if (!text.startsWith(first)) return undefined
    const caught: string[] = []
    let at = first.length
    for (const middle of middles) {
      const next = text.indexOf(middle, at + 1)
      if (next < 0 || next + middle.length > end) return undefined
      caught.push(text.slice(at, next))
      at = next + middle.length
    }
    const close = end - last.length
    if (close <= at || text.slice(close, end) !== last) return undefined
    caught.push(text.slice(at, close))
    return caught.some((part) => LINE_END.test(part)) ? undefined : caught
  }
  return {
    form: 'regex',
    catches: (text) => {
      const before = text.endsWith('\r\n') ? text.length - 2 : text.length - 1
      return (text.length > 0 && LINE_END.test(text.slice(before)) ? upTo(text, before) : undefined) ?? upTo(text, text.length)
    },
  }
}

const ESCAPED = new Set('([{\\^$|)?+.')

/**
 * The texts between the stars of Jolt's pattern. It escapes the characters of the key one kind after the other, in order of their first
 * appearance, so a backslash that comes late is doubled together with the ones just added; such a key means something else, or nothing.
 */
function patternTexts(key: string): string[] {
  let pattern = key
  for (const char of new Set(key)) if (ESCAPED.has(char)) pattern = pattern.replaceAll(char, () => `\\${char}`)
  const texts = ['']
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i)
    if (char === '*') texts.push('')
    else if (char !== '\\' && ESCAPED.has(char)) throw new BadSpec(`key ${key} mixes stars, backslashes and ${char}`)
    else texts[texts.length - 1] += char === '\\' ? pattern.charAt(++i) : char
  }
  return texts
}
