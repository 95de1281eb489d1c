import { PatternError } from './pattern-error.ts'

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
export const LINE_ENDS = '\\n\\r\\x{85}\\x{2028}\\x{2029}'
const LONGEST_NAME = 50

function literally(text: string): string {
  return text.replace(/[^A-Za-z0-9\s\x80-\uffff]/g, (char) => `\\${char}`)
}

/** What stands behind a backslash, in RE2's words, and where it ends. Throws PatternError for what they cannot say. */
export function escaped(source: string, at: number, inClass: boolean): { readonly text: string; readonly end: number } {
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
      if (whole === undefined) throw new PatternError('a property without a name')
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
  if (negated) throw new PatternError('no complement within a class')
  return set
}

/** `\\p{…}`: a set of Java's POSIX names, a category, or a script, which Java calls `IsLatin`. */
function propertyText(name: string, negated: boolean, inClass: boolean): string {
  const set = POSIX[name]
  if (set !== undefined) return setText(set, negated, inClass)
  const bare = name.startsWith('Is') ? name.slice(2) : name
  if (bare === name && !CATEGORY.test(name)) throw new PatternError(`no property ${name}`)
  return `\\${negated ? 'P' : 'p'}{${bare}}`
}
