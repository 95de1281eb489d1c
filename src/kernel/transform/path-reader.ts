import type { Element, ElementReader } from './path-element.ts'
import { isMap } from './json.ts'
import type { Value } from './json.ts'
import { splitPath } from './key-syntax.ts'
import { parseInteger } from './number-text.ts'
import { get } from './object.ts'
import { BadSpec, TransformError } from './spec-error.ts'
import type { Walk } from './walk.ts'

export type StepKind = 'map' | 'list' | 'append'
export type Step = { readonly kind: StepKind; readonly text: (walk: Walk) => string | undefined; readonly constant: string | undefined }

export type PathReader = {
  readonly canonical: string
  readonly last: Element | undefined
  readonly read: (tree: Value, walk: Walk) => Value | undefined
}

// Character.isWhitespace: no non-breaking blanks, but the four separators of old.
const BLANK = new Set(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u2028\u2029\u205f\u3000',
)

/** Java's idea of blank text. */
export function isBlank(text: string): boolean {
  for (const char of text) if (!BLANK.has(char)) return false
  return true
}

/** The steps of a path that is read or written, each with what it walks through: the canonical text decides between map and list. */
export function stepsOf(path: string, elementOf: ElementReader): { steps: Step[]; elements: Element[] } {
  const unescaped = (char: string): boolean => path.includes(char) && !path.includes(`\\${char}`)
  if (unescaped('*') || unescaped('$')) throw new BadSpec(`path ${path} can not contain * or $`)
  const elements = isBlank(path) ? [] : splitPath(path).map((step) => elementOf(step))
  const steps = elements.map((element): Step => {
    if (element.text === undefined) throw new BadSpec(`${element.raw} is no step of a path`)
    const { canonical } = element
    const kind = canonical === '[]' ? 'append' : canonical.startsWith('[') && canonical.endsWith(']') ? 'list' : 'map'
    const constant = element.kind === 'literal' ? element.raw : element.index === undefined ? undefined : element.raw.slice(1, -1)
    return { kind, text: element.text, constant: kind === 'append' ? '[]' : constant }
  })
  return { steps, elements }
}

/** Index of a list step; the texts `[…]` that escapes smuggle in are no numbers, and Java throws there. */
export function listIndex(text: string): number {
  const index = parseInteger(text)
  if (index === undefined) throw new TransformError(`${text} is no index`)
  return index
}

/** Compiles a path to look up. All steps are evaluated before the first is taken. */
export function pathReader(path: string, elementOf: ElementReader): PathReader {
  const { steps, elements } = stepsOf(path, elementOf)
  if (steps.length === 0) throw new BadSpec('empty path')
  const canonical = elements.map((element) => element.canonical).join('.')
  const constants = steps.map((step) => step.constant)
  const fixed = constants.every((text) => text !== undefined) ? constants : undefined
  const read = (tree: Value, walk: Walk): Value | undefined => {
    const keys = fixed ?? evaluate(steps, walk)
    return keys === undefined ? undefined : lookUp(tree, steps, keys)
  }
  return { canonical, last: elements.at(-1), read }
}

export function evaluate(steps: readonly Step[], walk: Walk): string[] | undefined {
  const keys: string[] = []
  for (const step of steps) {
    const key = step.text(walk)
    if (key === undefined) return undefined
    keys.push(key)
  }
  return keys
}

function lookUp(tree: Value, steps: readonly Step[], keys: readonly string[]): Value | undefined {
  let at: Value | undefined = tree
  for (let i = 0; i < steps.length; i++) {
    const kind = steps[i]?.kind
    const key = keys[i] ?? ''
    if (kind === 'map') {
      if (!isMap(at)) return undefined
      at = get(at, key)
    } else {
      if (!Array.isArray(at) || kind === 'append') return undefined
      const index = listIndex(key)
      if (index < 0) throw new TransformError(`index ${index} out of bounds`)
      at = index < at.length ? (at[index] ?? null) : undefined
    }
    if (at === undefined) return undefined
  }
  return at
}
