import { propertyTest } from './code-point.ts'
import { PatternError } from './pattern-error.ts'
import { PICTOGRAPHS, within } from './unicode-ranges.ts'

/** How a character joins its neighbours in a cluster (Unicode Standard Annex 29), as of Java 17. */
type Kind =
  | 'other'
  | 'return'
  | 'newline'
  | 'control'
  | 'extends'
  | 'joiner'
  | 'flag'
  | 'prepended'
  | 'spacing'
  | 'L'
  | 'V'
  | 'T'
  | 'LV'
  | 'LVT'
  | 'pictograph'

type Range = readonly [from: number, to: number]
const inAny = (code: number, ranges: readonly Range[]): boolean => ranges.some(([from, to]) => from <= code && code <= to)
const is = { cc: propertyTest('Cc'), cn: propertyTest('Cn'), cf: propertyTest('Cf'), mc: propertyTest('Mc'), lo: propertyTest('Lo') }
const SEPARATES = [propertyTest('Zl'), propertyTest('Zp'), propertyTest('Cs')]
const EXTENDS = [propertyTest('Mn'), propertyTest('Me')]
const MODIFIES = [propertyTest('Lm'), propertyTest('Sk')]

const RESERVED = 0x378
const FLAG_LETTERS: Range[] = [[0x1f1e6, 0x1f1ff]]
const TAGS: Range[] = [
  [0x200c, 0x200c],
  [0xe0020, 0xe007f],
]
const PREPENDED_FORMATS: Range[] = [
  [0x600, 0x605],
  [0x6dd, 0x6dd],
  [0x70f, 0x70f],
  [0x8e2, 0x8e2],
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
]
const PREPENDED_LETTERS: Range[] = [
  [0xd4e, 0xd4e],
  [0x111c2, 0x111c3],
  [0x1193f, 0x1193f],
  [0x11941, 0x11941],
  [0x11a3a, 0x11a3a],
  [0x11a84, 0x11a89],
  [0x11d46, 0x11d46],
]
const NO_SPACING_MARKS: Range[] = [
  [0x102b, 0x102c],
  [0x1038, 0x1038],
  [0x1062, 0x1064],
  [0x1067, 0x106d],
  [0x1083, 0x1083],
  [0x1087, 0x108c],
  [0x108f, 0x108f],
  [0x109a, 0x109c],
  [0x1a61, 0x1a61],
  [0x1a63, 0x1a64],
  [0xaa7b, 0xaa7b],
  [0xaa7d, 0xaa7d],
]
const EXTENDING_LETTERS: Range[] = [
  [0xff9e, 0xff9f],
  [0x1f3fb, 0x1f3ff],
]
const SPACING_LETTERS: Range[] = [
  [0xe33, 0xe33],
  [0xeb3, 0xeb3],
]
const JAMO: [Kind, Range[]][] = [
  [
    'L',
    [
      [0x1100, 0x115f],
      [0xa960, 0xa97c],
    ],
  ],
  [
    'V',
    [
      [0x1160, 0x11a7],
      [0xd7b0, 0xd7c6],
    ],
  ],
  [
    'T',
    [
      [0x11a8, 0x11ff],
      [0xd7cb, 0xd7fb],
    ],
  ],
]
const SYLLABLES: Range[] = [[0xac00, 0xd7a3]]
const TRAILS = 28

function kindOf(code: number): Kind {
  if (code < 0x7f) return code === 13 ? 'return' : code === 10 ? 'newline' : code < 32 ? 'control' : 'other'
  if (within(PICTOGRAPHS, code)) return 'pictograph'
  if (is.cn(code)) return code === RESERVED ? 'other' : 'control'
  if (is.cc(code) || SEPARATES.some((test) => test(code))) return 'control'
  if (is.cf(code)) {
    if (inAny(code, TAGS)) return 'extends'
    if (code === 0x200d) return 'joiner'
    return inAny(code, PREPENDED_FORMATS) ? 'prepended' : 'control'
  }
  if (EXTENDS.some((test) => test(code))) return 'extends'
  if (is.mc(code)) return inAny(code, NO_SPACING_MARKS) ? 'other' : 'spacing'
  if (inAny(code, FLAG_LETTERS)) return 'flag'
  if (MODIFIES.some((test) => test(code))) return inAny(code, EXTENDING_LETTERS) ? 'extends' : 'other'
  return is.lo(code) ? kindOfLetter(code) : 'other'
}

function kindOfLetter(code: number): Kind {
  if (inAny(code, SPACING_LETTERS)) return 'spacing'
  if (inAny(code, SYLLABLES)) return (code - 0xac00) % TRAILS === 0 ? 'LV' : 'LVT'
  for (const [kind, ranges] of JAMO) if (inAny(code, ranges)) return kind
  return inAny(code, PREPENDED_LETTERS) ? 'prepended' : 'other'
}

const JOINED_TO: Partial<Record<Kind, readonly Kind[]>> = {
  L: ['L', 'V', 'LV', 'LVT'],
  LV: ['V', 'T'],
  V: ['V', 'T'],
  LVT: ['T'],
  T: ['T'],
}
const BREAKS: readonly Kind[] = ['return', 'newline', 'control']

function breaks(before: Kind, after: Kind): boolean {
  if (before === 'return' && after === 'newline') return false
  if (BREAKS.includes(before) || BREAKS.includes(after)) return true
  if (after === 'extends' || after === 'joiner' || after === 'spacing' || before === 'prepended') return false
  return !(JOINED_TO[before]?.includes(after) ?? false)
}

/** Where the cluster ends that begins at a place. */
export function clusterEnd(text: string, from: number): number {
  const first = text.codePointAt(from)
  if (first === undefined) throw new PatternError('nothing behind the end')
  let at = from + (first > 0xffff ? 2 : 1)
  let kind = kindOf(first)
  const pictured = kind === 'pictograph'
  let flags = kind === 'flag' ? 1 : 0
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0
    const next = kindOf(code)
    const goesOn = (pictured && kind === 'joiner' && next === 'pictograph') || (flags % 2 === 1 && kind === 'flag' && next === 'flag')
    if (!goesOn && breaks(kind, next)) break
    if (next === 'flag') flags++
    kind = next
    at += code > 0xffff ? 2 : 1
  }
  return at
}
