import { bad, isDigit } from './pattern-source.ts'
import type { PatternSource } from './pattern-source.ts'
import { NO_END } from './pattern-tree.ts'
import type { How, Part } from './pattern-tree.ts'

/** How often something is asked for. `optional` is said for `?` and `{0,1}`, which Java treats alike. */
export type Quantifier = { readonly least: number; readonly most: number; readonly how: How; readonly optional: boolean }

const QUESTION = 63
const STAR = 42
const PLUS = 43
const OPEN = 123
const CLOSE = 125
const COMMA = 44

/** Reads the quantifier at the cursor; undefined where none stands. */
export function quantifierAt(source: PatternSource): Quantifier | undefined {
  switch (source.peek()) {
    case QUESTION:
      return { least: 0, most: 1, how: howAt(source), optional: true }
    case STAR:
      return { least: 0, most: NO_END, how: howAt(source), optional: false }
    case PLUS:
      return { least: 1, most: NO_END, how: howAt(source), optional: false }
    case OPEN:
      return countedAt(source)
    default:
      return undefined
  }
}

function howAt(source: PatternSource): How {
  const sign = source.next()
  if (sign !== QUESTION && sign !== PLUS) return 'greedy'
  source.next()
  return sign === QUESTION ? 'lazy' : 'possessive'
}

function countedAt(source: PatternSource): Quantifier {
  const first = source.skip()
  if (!isDigit(first)) throw bad()
  let [least, code] = numberAt(source, first)
  let most = least
  if (code === COMMA) {
    code = source.read()
    if (code === CLOSE) most = NO_END
    else [most, code] = numberAt(source, code)
  }
  if (code !== CLOSE || most < least) throw bad()
  source.at--
  return { least, most, how: howAt(source), optional: least === 0 && most === 1 }
}

/** The number that begins with a character, nought where it is no digit, and the character behind it. */
function numberAt(source: PatternSource, first: number): [value: number, code: number] {
  let value = 0
  let code = first
  while (isDigit(code)) {
    value = value * 10 + code - 48
    if (value > NO_END) throw bad()
    code = source.read()
  }
  return [value, code]
}

/** What is not a group, as often as asked for. */
export function quantified(part: Part, quantifier: Quantifier | undefined): Part {
  if (quantifier === undefined) return part
  const { least, most, how, optional } = quantifier
  if (optional) return { kind: 'maybe', part, how }
  if (part.kind === 'char' && most === NO_END && how === 'greedy') return { kind: 'run', test: part.test, least }
  return { kind: 'repeat', part, least, most, how }
}
