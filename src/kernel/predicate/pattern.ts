import { limits } from './limits.ts'

/** A set of code points: sorted ranges, or everything but them. */
export type CharSet = { readonly part: 'set'; readonly ranges: readonly (readonly [number, number])[]; readonly negated: boolean }

/** A regular expression without captures, look-around, back-references or flags: what every engine reads alike. */
export type Piece =
  | CharSet
  | { readonly part: 'sequence' | 'choice'; readonly pieces: readonly Piece[] }
  | { readonly part: 'repeat'; readonly piece: Piece; readonly min: number; readonly max: number | null }

/** A pattern anchored at the start; `open` says that anything may follow. */
export type Pattern = { readonly source: string; readonly root: Piece; readonly open: boolean }

/** What is wrong with a pattern, at which character of it, and what to write instead. */
export class PatternFault extends Error {
  readonly at: number
  readonly instead: string | undefined
  constructor(message: string, at: number, instead?: string) {
    super(message)
    this.at = at
    this.instead = instead
  }
}

const newline: CharSet = { part: 'set', ranges: [[10, 10]], negated: true }
const classes: ReadonlyMap<string, readonly (readonly [number, number])[]> = new Map([
  ['d', [[48, 57]] as const],
  [
    'w',
    [
      [48, 57],
      [65, 90],
      [95, 95],
      [97, 122],
    ] as const,
  ],
  [
    's',
    [
      [9, 10],
      [12, 13],
      [32, 32],
    ] as const,
  ],
])
const controls: ReadonlyMap<string, number> = new Map([
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['f', 12],
])
const punctuation = /^[!-/:-@[-`{-~]$/
/** PostgreSQL counts repetitions up to 255. */
const repeatMax = 255

/** Reads a pattern of the subset that RE2, PostgreSQL and Lucene agree on, or throws a PatternFault. */
export function parsePattern(source: string): Pattern {
  if (source.length > limits.pattern)
    throw new PatternFault(`the pattern has ${source.length} characters; at most ${limits.pattern}`, limits.pattern)
  const chars = Array.from(source)
  if (chars[0] !== '^') throw unanchored(source)
  const reader = new Reader(chars)
  reader.at = 1
  const root = reader.choice(0)
  const ended = reader.peek() === '$'
  if (ended) reader.at++
  if (reader.at < chars.length) throw new PatternFault(`unexpected ${reader.peek()} in the pattern`, reader.at)
  if (root.part === 'choice')
    throw new PatternFault('alternatives at the top need brackets', 1, `^(${chars.slice(1).join('').replace(/\$$/, '')})`)
  if (beginsAnyhow(root)) throw new PatternFault('a leading wildcard reads every value there is', 1, 'contains(…) or endsWith(…)')
  if (statesOf(root) > limits.patternStates)
    throw new PatternFault(`written out the pattern needs more than ${limits.patternStates} states`, 0)
  return { source, root, open: !ended }
}

function unanchored(source: string): PatternFault {
  const literal = /^[A-Za-z0-9 _-]+$/.test(source)
  const tail = /^(?:\.\*)?([A-Za-z0-9 _-]+)\$$/.exec(source)?.[1]
  const inner = /^\.\*([A-Za-z0-9 _-]+)(?:\.\*)?$/.exec(source)?.[1]
  const instead = literal
    ? `contains("${source}")`
    : tail
      ? `endsWith("${tail}")`
      : inner
        ? `contains("${inner}")`
        : `matches("^${source}")`
  return new PatternFault('a pattern that does not start with ^ is a leading wildcard and reads every value there is', 0, instead)
}

/** Whether a match may begin with text of any length and almost any characters: then no index narrows the search. */
function beginsAnyhow(piece: Piece): boolean {
  switch (piece.part) {
    case 'set':
      return false
    case 'choice':
      return piece.pieces.some(beginsAnyhow)
    case 'repeat':
      return (piece.max === null && piece.piece.part === 'set' && piece.piece.negated) || beginsAnyhow(piece.piece)
    case 'sequence': {
      const first = piece.pieces.findIndex((each) => !mayBeEmpty(each))
      return piece.pieces.slice(0, first < 0 ? undefined : first + 1).some(beginsAnyhow)
    }
  }
}

function mayBeEmpty(piece: Piece): boolean {
  if (piece.part === 'set') return false
  if (piece.part === 'repeat') return piece.min === 0 || mayBeEmpty(piece.piece)
  return piece.part === 'choice' ? piece.pieces.some(mayBeEmpty) : piece.pieces.every(mayBeEmpty)
}

function statesOf(piece: Piece): number {
  switch (piece.part) {
    case 'set':
      return 1
    case 'repeat':
      return Math.max(1, piece.max ?? piece.min + 1) * statesOf(piece.piece)
    default:
      return piece.pieces.reduce((sum, part) => sum + statesOf(part), 1)
  }
}

function isUnbounded(piece: Piece): boolean {
  if (piece.part === 'set') return false
  if (piece.part === 'repeat') return piece.max === null || isUnbounded(piece.piece)
  return piece.pieces.some(isUnbounded)
}

class Reader {
  readonly chars: readonly string[]
  at = 0

  constructor(chars: readonly string[]) {
    this.chars = chars
  }

  peek(): string | undefined {
    return this.chars[this.at]
  }

  choice(depth: number): Piece {
    if (depth > limits.depth) throw new PatternFault('brackets nested too deep', this.at)
    const pieces = [this.sequence(depth)]
    while (this.peek() === '|') {
      this.at++
      pieces.push(this.sequence(depth))
    }
    return pieces.length === 1 ? (pieces[0] as Piece) : { part: 'choice', pieces }
  }

  private sequence(depth: number): Piece {
    const pieces: Piece[] = []
    for (let next = this.peek(); next !== undefined && next !== '|' && next !== ')' && next !== '$'; next = this.peek())
      pieces.push(this.repeated(this.atom(depth)))
    return { part: 'sequence', pieces }
  }

  private repeated(piece: Piece): Piece {
    const start = this.at
    const bounds = this.bounds()
    if (bounds === null) return piece
    const after = this.peek()
    if (after === '?' || after === '+' || after === '*' || after === '{')
      throw new PatternFault('lazy, possessive and doubled repetitions are not read', this.at, 'one of * + ? {m,n}')
    if (bounds.max === null && isUnbounded(piece))
      throw new PatternFault(
        'a repetition without end inside another is how a regular expression explodes',
        start,
        'one of the two repetitions',
      )
    return { part: 'repeat', piece, ...bounds }
  }

  private bounds(): { min: number; max: number | null } | null {
    const char = this.peek()
    const simple = { '*': { min: 0, max: null }, '+': { min: 1, max: null }, '?': { min: 0, max: 1 } }
    if (char === '*' || char === '+' || char === '?') {
      this.at++
      return simple[char]
    }
    if (char !== '{') return null
    const match = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.chars.slice(this.at, this.at + 10).join(''))
    if (match === null) throw new PatternFault('a bare { must be written \\{', this.at, '\\{')
    const min = Number(match[1])
    const max = match[2] === undefined ? min : match[3] === undefined ? null : Number(match[3])
    if (Math.max(min, max ?? 0) > repeatMax || (max !== null && max < min))
      throw new PatternFault(`repetitions go up to ${repeatMax}`, this.at)
    this.at += match[0].length
    return { min, max }
  }

  private atom(depth: number): Piece {
    const char = this.chars[this.at++] as string
    switch (char) {
      case '(':
        return this.group(depth)
      case '[':
        return this.set()
      case '.':
        return newline
      case '\\':
        return this.escape()
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
      case ']':
      case '^':
        throw new PatternFault(`a bare ${char} must be written \\${char}`, this.at - 1, `\\${char}`)
      default:
        return single(char.codePointAt(0) as number)
    }
  }

  private group(depth: number): Piece {
    const start = this.at - 1
    if (this.peek() === '?') {
      if (this.chars[this.at + 1] !== ':') throw new PatternFault('look-around, flags and named groups are not read', this.at, '(?:…)')
      this.at += 2
    }
    const inner = this.choice(depth + 1)
    if (this.peek() !== ')') throw new PatternFault('a bracket is not closed', start)
    this.at++
    return inner
  }

  private escape(): CharSet {
    const char = this.chars[this.at++]
    if (char === undefined) throw new PatternFault('a backslash ends the pattern', this.at - 1)
    const ranges = classes.get(char.toLowerCase())
    if (ranges !== undefined) return { part: 'set', ranges, negated: char !== char.toLowerCase() }
    const control = controls.get(char)
    if (control !== undefined) return single(control)
    if (punctuation.test(char)) return single(char.codePointAt(0) as number)
    throw new PatternFault(`\\${char} is not read alike by every engine`, this.at - 2)
  }

  private set(): CharSet {
    const start = this.at - 1
    const negated = this.peek() === '^'
    if (negated) this.at++
    const ranges: (readonly [number, number])[] = []
    for (let char = this.peek(); char !== ']'; char = this.peek()) {
      if (char === undefined) throw new PatternFault('a [ is not closed', start)
      if (char === '[' || char === '&' || char === '~') throw new PatternFault(`inside [ ] write \\${char}`, this.at, `\\${char}`)
      const low = this.member()
      if (this.peek() !== '-' || this.chars[this.at + 1] === ']') {
        ranges.push(...low)
        continue
      }
      this.at++
      ranges.push(rangeOf(low, this.member(), this.at))
    }
    this.at++
    if (ranges.length === 0) throw new PatternFault('[ ] holds nothing', start)
    return { part: 'set', ranges: merged(ranges), negated }
  }

  private member(): readonly (readonly [number, number])[] {
    const char = this.chars[this.at++] as string
    if (char !== '\\') return single(char.codePointAt(0) as number).ranges
    const escaped = this.escape()
    if (escaped.negated) throw new PatternFault('a negated class inside [ ] is not read', this.at - 2)
    return escaped.ranges
  }
}

function single(code: number): CharSet {
  return { part: 'set', ranges: [[code, code]], negated: false }
}

function rangeOf(low: CharSet['ranges'], high: CharSet['ranges'], at: number): readonly [number, number] {
  const from = low[0]?.[0] ?? 0
  const to = high[0]?.[1] ?? 0
  const isSingle = low.length === 1 && high.length === 1 && low[0]?.[1] === from && high[0]?.[0] === to
  if (!isSingle || to < from) throw new PatternFault('a range goes from one character to a later one', at)
  return [from, to]
}

function merged(ranges: (readonly [number, number])[]): readonly (readonly [number, number])[] {
  const sorted = ranges.sort((a, b) => a[0] - b[0])
  const result: [number, number][] = []
  for (const [from, to] of sorted) {
    const last = result.at(-1)
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else result.push([from, to])
  }
  return result
}
