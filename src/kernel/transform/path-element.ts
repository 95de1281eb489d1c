import type { Value } from './json.ts'
import type { Star } from './star.ts'
import type { Match, Walk } from './walk.ts'

/** `@(n,path)`: looks up the tree and down again. `value` is undefined where nothing is found, `text` where it is not usable as a key. */
export type Transpose = {
  readonly canonical: string
  readonly value: (walk: Walk) => Value | undefined
  readonly text: (walk: Walk) => string | undefined
}

/** One step of a path, or one key of a spec. `matches` answers for keys, `text` for steps written or read; undefined text means: write nothing. */
export type Element = {
  readonly kind: 'literal' | 'amp' | 'array' | 'at' | 'dollar' | 'constant' | 'star' | 'transpose'
  readonly raw: string
  readonly canonical: string
  readonly matches: (key: string, walk: Walk) => Match | undefined
  readonly text?: (walk: Walk) => string | undefined
  readonly star?: Star
  readonly transpose?: Transpose
  /** Index of `[n]`; undefined for every other kind of array step. */
  readonly index?: number
}

/** Reads one step; handed to those who read paths within steps. */
export type ElementReader = (raw: string) => Element
