import type { CharTest } from './char-test.ts'
import { PatternError } from './pattern-error.ts'
import type { Looking, Place } from './pattern-place.ts'

/** One step of a program. `split` prefers its first way; `look` asks another program about what is ahead, or behind; `once` takes what another prefers, and never another. */
export type Step =
  | { readonly op: 'char'; readonly test: CharTest['holds']; readonly next: number }
  | { readonly op: 'split'; readonly first: number; readonly second: number }
  | { readonly op: 'place'; readonly place: Place; readonly next: number }
  | { readonly op: 'look'; readonly program: Program; readonly behind: number | undefined; readonly wanted: boolean; readonly next: number }
  | { readonly op: 'once'; readonly program: Program; readonly next: number }
  | { readonly op: 'match' }
/** `pairs`: no match begins in the middle of a character beyond 16 bits. */
export type Program = { readonly start: number; readonly steps: readonly Step[]; readonly pairs: boolean }

// One text may cost so much, whatever the pattern: about a second.
const WORK_PER_TEXT = 20_000_000
const STATES_MAX = 16_000_000
const LAST_SINGLE = 0xffff
// What is known of a step at a place: that it leads to no match, or, where that alone is asked, that it leads to one.
const UNKNOWN = 0
const FAILS = 1
const HOLDS = 2

type Run = {
  readonly program: Program
  readonly states: Uint8Array
  /** What is looked for behind must end here, so that nothing is known of a step for another time. */
  readonly mustEnd: number | undefined
  /** Whether only the answer counts, and not where a match ends. */
  readonly asks: boolean
}

/** The states that were gone through, and the place in this list of the one before each. */
type Trail = { readonly states: number[]; readonly before: number[] }

/**
 * Runs programs over one text as backtracking would, with its preferences, but goes on from a step at a place only once: the cost is
 * bounded by steps times characters (Cox, "Regular Expression Matching: the Virtual Machine Approach"; RE2's BitState).
 */
export class BitState {
  readonly #text: string
  readonly #looking: Looking
  readonly #known = new Map<Program, Uint8Array>()
  #statesLeft = STATES_MAX
  #workLeft = WORK_PER_TEXT

  constructor(text: string) {
    this.#text = text
    this.#looking = { text, last: 0, before: 0, spend: (steps) => this.#spend(steps) }
  }

  get spent(): number {
    return WORK_PER_TEXT - this.#workLeft
  }

  #spend(steps: number): void {
    if ((this.#workLeft -= steps) < 0) throw new PatternError('too much work for a separator')
  }

  /** The first place from `from` on where there is a match, and the end of the preferred one there. */
  find(program: Program, from: number): { readonly start: number; readonly end: number } | undefined {
    const run: Run = { program, states: this.#statesOf(program), mustEnd: undefined, asks: false }
    let start = from
    while (start <= this.#text.length) {
      const end = this.#end(run, start)
      if (end !== undefined) return { start, end }
      start += program.pairs && (this.#text.codePointAt(start) ?? 0) > LAST_SINGLE ? 2 : 1
    }
    return undefined
  }

  #statesOf(program: Program): Uint8Array {
    const known = this.#known.get(program)
    if (known !== undefined) return known
    const count = program.steps.length * (this.#text.length + 1)
    if ((this.#statesLeft -= count) < 0) throw new PatternError('too long a text for its separator')
    const states = new Uint8Array(count)
    this.#known.set(program, states)
    return states
  }

  #end(run: Run, from: number): number | undefined {
    const { program, states, mustEnd } = run
    const width = this.#text.length + 1
    const trail: Trail = { states: [], before: [] }
    const waiting = [program.start, from, -1]
    while (waiting.length > 0) {
      let before = waiting.pop() ?? -1
      let at = waiting.pop() ?? 0
      let pc: number = waiting.pop() ?? 0
      for (;;) {
        const state = pc * width + at
        if (states[state] === HOLDS) return found(run, trail, { before, at })
        if (states[state] === FAILS) break
        this.#spend(1)
        states[state] = FAILS
        before = added(trail, state, before)
        const step = program.steps[pc]
        if (step === undefined || step.op === 'match') {
          if (mustEnd === undefined || mustEnd === at) return found(run, trail, { before, at })
          break
        }
        if (step.op === 'split') {
          waiting.push(step.second, at, before)
          pc = step.first
          continue
        }
        const moved = this.#moved(step, at)
        if (moved === undefined) break
        pc = step.next
        at = moved
      }
    }
    if (mustEnd !== undefined) forget(run, trail)
    return undefined
  }

  #moved(step: Exclude<Step, { op: 'match' | 'split' }>, at: number): number | undefined {
    if (step.op === 'place') return step.place.holds(this.#looking, at) ? at : undefined
    if (step.op === 'look') return this.#looks(step, at) === step.wanted ? at : undefined
    if (step.op === 'once')
      return this.#end({ program: step.program, states: this.#statesOf(step.program), mustEnd: undefined, asks: false }, at)
    const code = this.#text.codePointAt(at)
    if (code === undefined) return undefined
    return step.test(code) ? at + (code > LAST_SINGLE ? 2 : 1) : undefined
  }

  #looks({ program, behind }: Extract<Step, { op: 'look' }>, at: number): boolean {
    const run: Run = { program, states: this.#statesOf(program), mustEnd: behind === undefined ? undefined : at, asks: true }
    if (behind === undefined) return this.#end(run, at) !== undefined
    for (let from = at; from >= Math.max(0, (at - behind) | 0); from--) if (this.#end(run, from) !== undefined) return true
    return false
  }
}

function added(trail: Trail, state: number, before: number): number {
  trail.before.push(before)
  return trail.states.push(state) - 1
}

function forget({ states }: Run, trail: Trail): void {
  for (const state of trail.states) states[state] = UNKNOWN
}

// What was left on the way to a match may have been left because it came round to that way: it is not known to fail.
function found(run: Run, trail: Trail, last: { readonly before: number; readonly at: number }): number {
  forget(run, trail)
  if (run.asks && run.mustEnd === undefined)
    for (let i = last.before; i >= 0; i = trail.before[i] ?? -1) run.states[trail.states[i] ?? 0] = HOLDS
  return last.at
}
