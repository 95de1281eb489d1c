import type { CharTest, Program, Step } from './bit-state.ts'
import { PatternError } from './pattern-error.ts'

/** How the parts of Java's patterns that stand for one character, or for a place, are read. */
export type PatternParts = {
  /** What stands at a bracket, a point, an escape or plain character, and where it ends. */
  readonly charAt: (source: string, at: number) => { readonly test: CharTest; readonly end: number }
  /** What asks for a place, such as `^` or `\\b`; undefined where nothing does. */
  readonly placeAt: (
    source: string,
    at: number,
  ) => { readonly holds: (text: string, at: number) => boolean; readonly end: number } | undefined
}

type Part =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'place'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'look'; readonly part: Part; readonly behind: boolean; readonly wanted: boolean }
  | { readonly kind: 'once'; readonly part: Part }
  | { readonly kind: 'row' | 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly least: number; readonly most: number; readonly lazy: boolean }

const STEPS_MAX = 2_000
const ANY_LENGTH = 0x7fff_ffff
const BEYOND_16_BITS = ['😀', '𝒳', '\u{20000}', '\u{10ffff}']
const DEPTH_MAX = 50
const REPEATED = /^(?:([*+?])|\{(\d{1,3})(,(\d{0,3}))?\})([?+]?)/
const GROUP = /^\((?:\?(?:[:>]|<?[=!]|<[A-Za-z][A-Za-z0-9]*>))?/

/** Parses Java's pattern, looking around included, into a program. Throws PatternError for what it does not know. */
export function programOf(source: string, parts: PatternParts): Program {
  const reader = new Reader(source, parts)
  const whole = reader.choice(0)
  if (reader.at < source.length) throw bad()
  return compiled(whole)
}

function bad(): PatternError {
  return new PatternError('bad pattern')
}

class Reader {
  readonly #source: string
  readonly #parts: PatternParts
  at = 0

  constructor(source: string, parts: PatternParts) {
    this.#source = source
    this.#parts = parts
  }

  choice(depth: number): Part {
    if (depth > DEPTH_MAX) throw bad()
    const ways = [this.#row(depth)]
    while (this.#source.charAt(this.at) === '|') {
      this.at++
      ways.push(this.#row(depth))
    }
    return ways.length === 1 ? (ways[0] as Part) : { kind: 'choice', parts: ways }
  }

  #row(depth: number): Part {
    const parts: Part[] = []
    while (this.at < this.#source.length && !'|)'.includes(this.#source.charAt(this.at))) parts.push(this.#repeated(this.#one(depth)))
    return { kind: 'row', parts }
  }

  #one(depth: number): Part {
    const place = this.#parts.placeAt(this.#source, this.at)
    if (place !== undefined) {
      this.at = place.end
      return { kind: 'place', holds: place.holds }
    }
    if (this.#source.charAt(this.at) !== '(') {
      const { test, end } = this.#parts.charAt(this.#source, this.at)
      this.at = end
      return { kind: 'char', test }
    }
    const opening = GROUP.exec(this.#source.slice(this.at))?.[0] ?? '('
    this.at += opening.length
    const part = this.choice(depth + 1)
    if (this.#source.charAt(this.at++) !== ')') throw bad()
    if (opening.endsWith('?>')) return { kind: 'once', part }
    return /[=!]$/.test(opening) ? { kind: 'look', part, behind: opening.includes('<'), wanted: opening.endsWith('=') } : part
  }

  #repeated(part: Part): Part {
    const found = REPEATED.exec(this.#source.slice(this.at, this.at + 12))
    if (found === null) return part
    const [text, sign, least = '', range, most = '', more] = found
    this.at += text.length
    const to = range === undefined ? Number(least) : most === '' ? Infinity : Number(most)
    const counts =
      sign === undefined ? { least: Number(least), most: to } : { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity }
    if (counts.most < counts.least) throw bad()
    const repeat: Part = { kind: 'repeat', part, ...counts, lazy: more === '?' }
    return more === '+' ? { kind: 'once', part: repeat } : repeat
  }
}

function compiled(part: Part): Program {
  const steps: Step[] = []
  const add = (step: Step): number => {
    if (steps.length >= STEPS_MAX) throw bad()
    return steps.push(step) - 1
  }
  const end = add({ op: 'match' })
  return { start: emit(part, end, { steps, add }), steps, pairs: takesPairs(part) }
}

function takesPairs(part: Part): boolean {
  if (part.kind === 'char') return BEYOND_16_BITS.some(part.test)
  if (part.kind === 'place') return false
  return 'parts' in part ? part.parts.some(takesPairs) : takesPairs(part.part)
}

type Emitting = { readonly steps: Step[]; readonly add: (step: Step) => number }

// From the end to the start, so that each step knows the next.
function emit(part: Part, next: number, to: Emitting): number {
  switch (part.kind) {
    case 'char':
      return to.add({ op: 'char', test: part.test, next })
    case 'place':
      return to.add({ op: 'place', holds: part.holds, next })
    case 'look':
      return to.add({
        op: 'look',
        program: compiled(part.part),
        behind: part.behind ? longest(part.part) : undefined,
        wanted: part.wanted,
        next,
      })
    case 'once':
      return to.add({ op: 'once', program: compiled(part.part), next })
    case 'row':
      return part.parts.reduceRight((after, each) => emit(each, after, to), next)
    case 'choice':
      return part.parts.map((each) => emit(each, next, to)).reduceRight((second, first) => to.add({ op: 'split', first, second }))
    case 'repeat':
      return emitRepeat(part, next, to)
  }
}

function emitRepeat(part: Extract<Part, { kind: 'repeat' }>, next: number, to: Emitting): number {
  const split = (inside: number, after: number): Step =>
    part.lazy ? { op: 'split', first: after, second: inside } : { op: 'split', first: inside, second: after }
  let start = next
  if (part.most === Infinity) {
    const loop = to.add({ op: 'match' }) // its place is known before what it repeats
    to.steps[loop] = split(emit(part.part, loop, to), next)
    start = loop
  } else for (let i = part.least; i < part.most; i++) start = to.add(split(emit(part.part, start, to), next))
  for (let i = 0; i < part.least; i++) start = emit(part.part, start, to)
  return start
}

/**
 * Characters a part takes at most, as Java reckons: it wants an end to what it looks for behind, but adds 2^31 - 1 for `a*`, in 32
 * bits, and sees no end where a group of several lengths repeats.
 */
function longest(part: Part): number {
  switch (part.kind) {
    case 'char':
      return 2
    case 'place':
    case 'look':
      return 0
    case 'once':
      if (part.part.kind === 'repeat' && part.part.most === Infinity) throw bad()
      return longest(part.part)
    case 'row':
      return part.parts.reduce((sum, each) => (sum + longest(each)) | 0, 0)
    case 'choice':
      return Math.max(...part.parts.map(longest))
    case 'repeat':
      if (part.part.kind === 'char' && part.most === Infinity && !part.lazy) return ANY_LENGTH
      if (part.most === Infinity || (part.most > 1 && !isFixed(part.part))) throw bad()
      return Math.imul(longest(part.part), part.most)
  }
}

function isFixed(part: Part): boolean {
  if (part.kind === 'choice') return false
  if (part.kind === 'once') return isFixed(part.part)
  if (part.kind === 'repeat') return part.least === part.most && isFixed(part.part)
  return part.kind !== 'row' || part.parts.every(isFixed)
}
