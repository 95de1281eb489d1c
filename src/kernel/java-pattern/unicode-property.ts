import { ANY, both, DIGIT, either, narrow, not, range, SPACE, wide } from './char-test.ts'
import type { CharTest } from './char-test.ts'
import { propertyTest } from './code-point.ts'
import { blockNamed } from './unicode-blocks.ts'

const property = (name: string): CharTest => wide(propertyTest(name))
const any = (...names: string[]): CharTest => names.map(property).reduce(either)
const ascii = (pattern: RegExp): CharTest => narrow((code) => code < 128 && pattern.test(String.fromCharCode(code)))
const within = (...ranges: [from: number, to: number][]): CharTest => ranges.map(([from, to]) => range(from, to, 'none')).reduce(either)

// Marks that Unicode 13 did not call alphabetic yet.
const LATER_ALPHABETIC = within([0x363, 0x36f], [0xc04, 0xc04], [0xf82, 0xf83], [0x1dd3, 0x1de6], [0x11080, 0x11081])
const ALPHABETIC = both(property('Alphabetic'), not(LATER_ALPHABETIC))
// And letters that it did not call small.
const LATER_LOWERCASE = within([0x295, 0x295], [0x10fc, 0x10fc], [0xab69, 0xab69])
const LOWERCASE = both(property('Lowercase'), not(LATER_LOWERCASE))
const CASED = any('Lu', 'Ll', 'Lt')
const ANY_CASE = either(LOWERCASE, any('Uppercase', 'Lt'))
const NUMERAL = property('Nd')
const WHITE = either(property('Z'), within([9, 13], [0x85, 0x85]))
const BLANK = either(property('Zs'), within([9, 9]))
const GRAPHIC = not(either(any('Z', 'Cc', 'Cs'), property('Cn')))
const JOINING = within([0x200c, 0x200d])
const HEX = either(NUMERAL, within([48, 57], [65, 70], [97, 102], [0xff10, 0xff19], [0xff21, 0xff26], [0xff41, 0xff46]))
const IGNORABLE = either(within([0, 8], [14, 27], [0x7f, 0x9f]), property('Cf'))
const NAME_PART = both(either(property('ID_Continue'), within([0x2e2f, 0x2e2f])), not(within([0x30fb, 0x30fb], [0xff65, 0xff65])))
const STARTS_NAME = any('L', 'Nl', 'Sc', 'Pc')
const IS_WORD = either(ALPHABETIC, either(any('M', 'Nd', 'Pc'), JOINING))

/** Words, digits and white space by Unicode, which the flag U asks for. */
export const UNICODE = { word: IS_WORD, digit: NUMERAL, space: WHITE }

type Property = (ignoreCase: boolean) => CharTest
const cased =
  (own: CharTest, all: CharTest): Property =>
  (ignoreCase) =>
    ignoreCase ? all : own
const always =
  (test: CharTest): Property =>
  () =>
    test

const POSIX: Record<string, Property> = {
  ALPHA: always(ALPHABETIC),
  LOWER: cased(LOWERCASE, ANY_CASE),
  UPPER: cased(property('Uppercase'), ANY_CASE),
  SPACE: always(WHITE),
  PUNCT: always(property('P')),
  XDIGIT: always(HEX),
  ALNUM: always(either(ALPHABETIC, NUMERAL)),
  CNTRL: always(property('Cc')),
  DIGIT: always(NUMERAL),
  BLANK: always(BLANK),
  GRAPH: always(GRAPHIC),
  PRINT: always(both(either(GRAPHIC, BLANK), not(property('Cc')))),
}
const NOT_CHARACTERS = wide((code) => (code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef))
const BINARY: Record<string, Property> = {
  ALPHABETIC: always(ALPHABETIC),
  ASSIGNED: always(not(property('Cn'))),
  CONTROL: always(property('Cc')),
  HEXDIGIT: always(HEX),
  HEX_DIGIT: always(HEX),
  IDEOGRAPHIC: always(property('Ideographic')),
  JOINCONTROL: always(JOINING),
  JOIN_CONTROL: always(JOINING),
  LETTER: always(property('L')),
  LOWERCASE: cased(LOWERCASE, ANY_CASE),
  NONCHARACTERCODEPOINT: always(NOT_CHARACTERS),
  NONCHARACTER_CODE_POINT: always(NOT_CHARACTERS),
  TITLECASE: cased(property('Lt'), ANY_CASE),
  PUNCTUATION: always(property('P')),
  UPPERCASE: cased(property('Uppercase'), ANY_CASE),
  WHITESPACE: always(WHITE),
  WHITE_SPACE: always(WHITE),
  WORD: always(IS_WORD),
}
const ALPHA_ASCII = ascii(/[A-Za-z]/)
const NAMED: Record<string, Property> = {
  Lu: cased(property('Lu'), CASED),
  Ll: cased(property('Ll'), CASED),
  Lt: cased(property('Lt'), CASED),
  LC: always(CASED),
  LD: always(any('L', 'Nd')),
  L1: always(within([0, 0xff])),
  all: always(ANY),
  ASCII: always(within([0, 0x7f])),
  Alnum: always(ascii(/[A-Za-z0-9]/)),
  Alpha: always(ALPHA_ASCII),
  Blank: always(ascii(/[ \t]/)),
  Cntrl: always(within([0, 31], [127, 127])),
  Digit: always(DIGIT),
  Graph: always(within([33, 126])),
  Lower: cased(ascii(/[a-z]/), ALPHA_ASCII),
  Print: always(within([32, 126])),
  Punct: always(ascii(/[!-/:-@[-`{-~]/)),
  Space: always(SPACE),
  Upper: cased(ascii(/[A-Z]/), ALPHA_ASCII),
  XDigit: always(ascii(/[0-9A-Fa-f]/)),
  javaLowerCase: cased(LOWERCASE, ANY_CASE),
  javaUpperCase: cased(property('Uppercase'), ANY_CASE),
  javaAlphabetic: always(ALPHABETIC),
  javaIdeographic: always(property('Ideographic')),
  javaTitleCase: cased(property('Lt'), ANY_CASE),
  javaDigit: always(NUMERAL),
  javaDefined: always(not(property('Cn'))),
  javaLetter: always(property('L')),
  javaLetterOrDigit: always(any('L', 'Nd')),
  javaJavaIdentifierStart: always(STARTS_NAME),
  javaJavaIdentifierPart: always(either(STARTS_NAME, either(any('Nd', 'Mn', 'Mc'), IGNORABLE))),
  javaUnicodeIdentifierStart: always(either(property('ID_Start'), within([0x2e2f, 0x2e2f]))),
  javaUnicodeIdentifierPart: always(either(NAME_PART, IGNORABLE)),
  javaIdentifierIgnorable: always(IGNORABLE),
  javaSpaceChar: always(property('Z')),
  javaWhitespace: always(
    either(both(property('Z'), not(within([0xa0, 0xa0], [0x2007, 0x2007], [0x202f, 0x202f]))), within([9, 13], [28, 31])),
  ),
  javaISOControl: always(property('Cc')),
  javaMirrored: always(both(property('Bidi_Mirrored'), not(within([0x226d, 0x226d])))),
}
const CATEGORY = /^(?:L[mo]?|M[nce]?|N[dlo]?|Z[slp]?|C[cfosn]?|P[dsecoif]?|S[mcko]?)$/
// Scripts that came after Unicode 13.
const LATER_SCRIPT =
  /^(?:vith(?:kuqi)?|toto|cpmn|cypro_minoan|ougr|old_uyghur|tnsa|tangsa|kawi|nagm|nag_mundari|gara(?:y)?|gukh|gurung_khema|krai|kirat_rai|onao|ol_onal|sunu|sunuwar|todr|todhri|tutg|tulu_tigalari|sidt|sidetic|tols|tolong_siki|berf|beria_erfe|tayo|tai_yo)$/

function posixNamed(name: string): Property | undefined {
  return Object.hasOwn(POSIX, name) ? POSIX[name] : undefined
}

function categoryNamed(name: string): Property | undefined {
  if (CATEGORY.test(name)) return always(property(name))
  return Object.hasOwn(NAMED, name) ? NAMED[name] : undefined
}

function scriptNamed(name: string): Property | undefined {
  const lower = name.toLowerCase()
  if (!/^[a-z_]+$/.test(lower) || LATER_SCRIPT.test(lower)) return undefined
  if (lower === 'unknown' || lower === 'zzzz') return always(property('Script=Unknown'))
  const proper = lower === 'signwriting' ? 'SignWriting' : lower.replaceAll(/(?:^|_)[a-z]/g, (start) => start.toUpperCase())
  try {
    return always(property(`Script=${proper}`))
  } catch {
    return undefined
  }
}

function blockTest(name: string): Property | undefined {
  const block = blockNamed(name)
  return block === undefined ? undefined : always(wide((code) => block.from <= code && code <= block.to))
}

function valueTest(name: string, value: string): Property | undefined {
  if (name === 'sc' || name === 'script') return scriptNamed(value)
  if (name === 'blk' || name === 'block') return blockTest(value)
  return name === 'gc' || name === 'general_category' ? categoryNamed(value) : undefined
}

/** What `\p{…}` names in Java 17: a category, block, script, binary property, POSIX class, or a method of Character; undefined for anything else. */
export function propertyNamed(name: string, flags: { readonly ignoreCase: boolean; readonly unicode: boolean }): CharTest | undefined {
  const equals = name.indexOf('=')
  let found: Property | undefined
  if (equals >= 0) found = valueTest(name.slice(0, equals).toLowerCase(), name.slice(equals + 1))
  else if (name.startsWith('In')) found = blockTest(name.slice(2))
  else if (name.startsWith('Is')) {
    const short = name.slice(2)
    const upper = short.toUpperCase()
    found = (Object.hasOwn(BINARY, upper) ? BINARY[upper] : posixNamed(upper)) ?? categoryNamed(short) ?? scriptNamed(short)
  } else found = (flags.unicode ? posixNamed(name.toUpperCase()) : undefined) ?? categoryNamed(name)
  return found?.(flags.ignoreCase)
}
