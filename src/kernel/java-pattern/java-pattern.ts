import { BitState } from './bit-state.ts'
import type { Program } from './bit-state.ts'
import { Exhausted } from './matching.ts'
import { PatternError } from './pattern-error.ts'
import { machineOf, search } from './pattern-machine.ts'
import { programOf } from './pattern-program.ts'
import { readPattern } from './pattern-reader.ts'

/** Finds the next match from an index on; undefined when there is none. */
export type Finder = (from: number) => { readonly start: number; readonly end: number } | undefined

/** `finder` searches one text, and tells `spend` what each search cost, in steps. */
export type JavaPattern = { readonly finder: (text: string, spend?: (steps: number) => void) => Finder }

/** Compiles a regular expression of Java's. Throws PatternError where Java does, and its searches where they would cost too much. */
export function javaPattern(source: string): JavaPattern {
  const pattern = shallow(() => readPattern(source))
  const machine = shallow(() => machineOf(pattern))
  let program: Program | undefined
  const bounded = (): Program => (program ??= shallow(() => programOf(pattern)))
  const finder = (text: string, spend?: (steps: number) => void): Finder => {
    const matching = machine.newMatching(text)
    let bitState: BitState | undefined
    const spent = (): number => matching.spent + (bitState?.spent ?? 0)
    const find: Finder = (from) => {
      if (bitState === undefined) {
        try {
          return search(machine, matching, from)
        } catch (error) {
          if (!(error instanceof Exhausted || error instanceof RangeError)) throw error
          bitState = new BitState(text)
        }
      }
      return bitState.find(bounded(), from)
    }
    return (from) => {
      if (from > text.length) return undefined
      const before = spent()
      const match = find(from)
      spend?.(spent() - before)
      return match
    }
  }
  return { finder }
}

/** What is nested too deep for the stack is refused. */
function shallow<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw error instanceof RangeError ? new PatternError('nested too deep') : error
  }
}
