import type { Program, Step } from './bit-state.ts'
import { VERTICAL } from './char-test.ts'
import type { CharTest } from './char-test.ts'
import { asciiLower, foldOf } from './code-point.ts'
import { PatternError } from './pattern-error.ts'
import { NO_END } from './pattern-tree.ts'
import type { Part, Pattern, Reach, Repeated } from './pattern-tree.ts'

const STEPS_MAX = 2_000
const RETURN = 13
const NEWLINE = 10

/** Makes a pattern into a program. Throws PatternError for what depends on more than the text, and for what is too large. */
export function programOf({ part, whole }: Pattern): Program {
  return compiled(part, whole)
}

type Emitting = { readonly steps: Step[]; readonly add: (step: Step) => number; readonly whole: boolean }

function compiled(part: Part, whole: boolean): Program {
  const steps: Step[] = []
  const add = (step: Step): number => {
    if (steps.length >= STEPS_MAX) throw new PatternError('too large a pattern')
    return steps.push(step) - 1
  }
  const end = add({ op: 'match' })
  return { start: emit(part, end, { steps, add, whole }), steps, pairs: whole }
}

// From the end to the start, so that each step knows the next.
function emit(part: Part, next: number, to: Emitting): number {
  switch (part.kind) {
    case 'char':
      return to.add({ op: 'char', test: part.test.holds, next })
    case 'text': {
      const folded = part.fold === 'all' ? foldOf : part.fold === 'ascii' ? asciiLower : (code: number): number => code
      return part.codes.reduceRight((after, code) => to.add({ op: 'char', test: (other) => folded(other) === code, next: after }), next)
    }
    case 'place':
      if (!part.place.free) break
      return to.add({ op: 'place', place: part.place, next })
    case 'line end': {
      const single = to.add({ op: 'char', test: VERTICAL.holds, next })
      const newline = to.add({ op: 'char', test: (code) => code === NEWLINE, next })
      const both = to.add({ op: 'char', test: (code) => code === RETURN, next: newline })
      return to.add({ op: 'split', first: both, second: single })
    }
    case 'look':
      return to.add({
        op: 'look',
        program: compiled(part.part, to.whole),
        behind: part.behind === undefined ? undefined : reachOf(part.behind),
        wanted: part.wanted,
        next,
      })
    case 'row':
      return part.parts.reduceRight((after, each) => emit(each, after, to), next)
    case 'choice':
      return part.parts.map((each) => emit(each, next, to)).reduceRight((second, first) => to.add({ op: 'split', first, second }))
    case 'group':
      return emit(part.part, next, to)
    case 'once':
      return to.add({ op: 'once', program: compiled(part.part, to.whole), next })
    case 'cluster':
    case 'composed':
    case 'reference':
      break
    default:
      return emitLoop(part, next, to)
  }
  throw new PatternError('no pattern for a bounded search')
}

// Whole characters are two of the text at most.
function reachOf({ most, whole }: Reach): number {
  return whole && most > 0 ? Math.min(2 * most, NO_END) : most
}

type Loop = Extract<Part, { kind: 'maybe' | 'option' | 'run' | 'repeat' | 'beat' | 'cycle' }>

function emitLoop(part: Loop, next: number, to: Emitting): number {
  switch (part.kind) {
    case 'run':
      return emitRepeat(charOf(part.test), { least: part.least, most: NO_END, lazy: false }, { next, to })
    case 'option':
      return emitRepeat(part.part, { least: 0, most: 1, lazy: part.lazy }, { next, to })
    case 'beat':
    case 'cycle':
      return emitRepeat(part.part, part, { next, to })
    default: {
      const { how } = part
      const counts = part.kind === 'maybe' ? { least: 0, most: 1 } : { least: part.least, most: part.most }
      if (how !== 'possessive') return emitRepeat(part.part, { ...counts, lazy: how === 'lazy' }, { next, to })
      const repeat: Part = { kind: 'repeat', part: part.part, ...counts, how: 'greedy' }
      return to.add({ op: 'once', program: compiled(repeat, to.whole), next })
    }
  }
}

function charOf(test: CharTest): Part {
  return { kind: 'char', test }
}

type Counts = Pick<Repeated<'beat'>, 'least' | 'most' | 'lazy'>

function emitRepeat(part: Part, { least, most, lazy }: Counts, { next, to }: { next: number; to: Emitting }): number {
  const split = (inside: number, after: number): Step =>
    lazy ? { op: 'split', first: after, second: inside } : { op: 'split', first: inside, second: after }
  let start = next
  if (most === NO_END) {
    const loop = to.add({ op: 'match' }) // its place is known before what it repeats
    to.steps[loop] = split(emit(part, loop, to), next)
    start = loop
  } else for (let i = least; i < most; i++) start = to.add(split(emit(part, start, to), next))
  for (let i = 0; i < least; i++) start = emit(part, start, to)
  return start
}
