import { isPair } from './char-test.ts'
import { bad, FLAGS, isAlpha, isDigit } from './pattern-source.ts'
import type { PatternSource } from './pattern-source.ts'
import type { PatternReader } from './pattern-reader.ts'
import { quantified, quantifierAt } from './pattern-quantifier.ts'
import type { Quantifier } from './pattern-quantifier.ts'
import { freshStudy, study } from './pattern-study.ts'
import { NO_END } from './pattern-tree.ts'
import type { Memo, Part } from './pattern-tree.ts'

const QUESTION = 63
const FLAG: Record<string, number> = {
  i: FLAGS.ignoreCase,
  m: FLAGS.multiline,
  s: FLAGS.dotAll,
  d: FLAGS.unixLines,
  u: FLAGS.unicodeCase,
  c: FLAGS.composed,
  x: FLAGS.comments,
  U: FLAGS.unicode | FLAGS.unicodeCase,
}

/** A group as it is written; one that was only asked about takes its quantifier as any single thing does. */
type Opened = { readonly part: Part; readonly number?: number | undefined; readonly asked?: true }

/** Reads a group with its quantifier, the cursor at its parenthesis; undefined where it only sets flags. */
export function groupAt(reader: PatternReader): Part | undefined {
  const { source } = reader
  const { flags } = source
  const memos = reader.memos.length
  const opened = openedAt(reader)
  if (opened === undefined) return undefined
  source.accept(')')
  source.flags = flags
  const quantifier = quantifierAt(source)
  if (opened.asked) return quantified(opened.part, quantifier)
  const { part, number: group } = opened
  if (quantifier === undefined) return { kind: 'group', part, group }
  // Only what stands outside of all loops notes where it failed.
  reader.memos.length = Math.min(reader.memos.length, memos)
  return repeated({ part, group, quantifier }, reader.memos)
}

function repeated(opened: { part: Part; group: number | undefined; quantifier: Quantifier }, memos: Memo[]): Part {
  const { part, group, quantifier } = opened
  const { least, most, how, optional } = quantifier
  const whole: Part = { kind: 'group', part, group }
  if (how === 'possessive') return quantified(whole, quantifier)
  const lazy = how === 'lazy'
  if (optional) return { kind: 'option', part: whole, lazy }
  if (study(whole, freshStudy())) return { kind: 'beat', part, group, least, most, lazy }
  const memo = { on: false }
  if (!lazy && most === NO_END) memos.push(memo)
  return { kind: 'cycle', part, group, least, most, lazy, memo }
}

function openedAt(reader: PatternReader): Opened | undefined {
  const { source } = reader
  if (source.next() !== QUESTION) return captured(reader)
  const sign = String.fromCodePoint(source.skip())
  switch (sign) {
    case ':':
      return { part: reader.choice() }
    case '=':
    case '!':
      return { part: { kind: 'look', part: reader.choice(), behind: undefined, wanted: sign === '=' }, asked: true }
    case '>':
      return { part: { kind: 'once', part: reader.choice() }, asked: true }
    case '<':
      return behindOrNamed(reader)
    case '$':
    case '@':
      throw bad()
    default:
      return flagged(reader)
  }
}

function captured(reader: PatternReader, name?: string): Opened {
  const number = ++reader.groups
  if (name !== undefined) reader.names.set(name, number)
  return { part: reader.choice(), number }
}

function behindOrNamed(reader: PatternReader): Opened {
  const { source } = reader
  const sign = source.read()
  if (sign !== 61 && sign !== 33) {
    const name = nameAt(source, sign)
    if (reader.names.has(name)) throw bad()
    return captured(reader, name)
  }
  const start = source.at
  const memos = reader.memos.length
  const part = reader.choice()
  const found = freshStudy()
  study(part, found)
  if (!found.bounded) throw bad()
  reader.memos.length = Math.min(reader.memos.length, memos)
  const whole = source.codes.slice(start).some(isPair)
  const behind = { most: found.most, least: found.least, whole }
  return { part: { kind: 'look', part, behind, wanted: sign === 61 }, asked: true }
}

export function nameAt(source: PatternSource, first: number): string {
  if (!isAlpha(first)) throw bad()
  let name = ''
  let code = first
  do {
    name += String.fromCharCode(code)
    code = source.read()
  } while (isAlpha(code) || isDigit(code))
  if (code !== 62) throw bad()
  return name
}

/** Flags for the rest of the group around, or for a group of their own. */
function flagged(reader: PatternReader): Opened | undefined {
  const { source } = reader
  source.at--
  let off = false
  let code = source.peek()
  for (; ; code = source.next()) {
    const sign = String.fromCodePoint(code)
    if (sign === '-' && !off) {
      off = true
      continue
    }
    const flag = Object.hasOwn(FLAG, sign) ? (FLAG[sign] ?? 0) : undefined
    if (flag === undefined) break
    source.flags = off ? source.flags & ~flag : source.flags | flag
  }
  code = source.read()
  if (code === 41) return undefined
  if (code !== 58) throw bad()
  return { part: reader.choice() }
}
