import type { CharTest, Fold } from './char-test.ts'
import type { Place } from './pattern-place.ts'

export type How = 'greedy' | 'lazy' | 'possessive'

/** How far what is looked for behind may begin, in characters of the text, or in whole ones where the pattern holds some beyond 16 bits. */
export type Reach = { readonly most: number; readonly least: number; readonly whole: boolean }

/** Whether a loop may note where it failed; no pattern with references back may. */
export type Memo = { on: boolean }

/**
 * What a pattern asks for. Java repeats in five ways, which differ in what they try again, and in when a group forgets:
 * `run` one character greedily, `repeat` whatever matches in one way, `maybe` likewise, `beat` a group whose inside
 * matches in one way, `cycle` any other group.
 */
export type Part =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'text'; readonly codes: readonly number[]; readonly fold: Fold; readonly whole: boolean }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'line end' | 'cluster' }
  | { readonly kind: 'composed'; readonly test: CharTest }
  | { readonly kind: 'reference'; readonly group: number; readonly fold: Fold }
  | { readonly kind: 'look'; readonly part: Part; readonly behind: Reach | undefined; readonly wanted: boolean }
  | { readonly kind: 'once'; readonly part: Part }
  | { readonly kind: 'row' | 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'group'; readonly part: Part; readonly group: number | undefined }
  | { readonly kind: 'maybe'; readonly part: Part; readonly how: How }
  | { readonly kind: 'option'; readonly part: Part; readonly lazy: boolean }
  | { readonly kind: 'run'; readonly test: CharTest; readonly least: number }
  | { readonly kind: 'repeat'; readonly part: Part; readonly least: number; readonly most: number; readonly how: How }
  | Repeated<'beat'>
  | (Repeated<'cycle'> & { readonly memo: Memo })

/** A repeated group; `group` is its number where it is captured. */
export type Repeated<Kind> = {
  readonly kind: Kind
  readonly part: Part
  readonly group: number | undefined
  readonly least: number
  readonly most: number
  readonly lazy: boolean
}

export type Pattern = { readonly part: Part; readonly groups: number; readonly whole: boolean; readonly refers: boolean }
export const NO_END = 0x7fff_ffff
