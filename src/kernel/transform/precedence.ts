import type { Element } from './path-element.ts'
import { BadSpec } from './spec-error.ts'

const STAR_RANK = { regex: 2, double: 3, single: 4, all: 5 }

function rank(element: Element): number {
  if (element.star !== undefined) return STAR_RANK[element.star.form]
  if (element.kind !== 'amp') throw new BadSpec(`${element.raw} can not stand beside other keys to be matched`)
  return 1
}

/** The order in which keys to be matched are tried: references, then stars, more stars first; the longer first, then by text. */
export function inPrecedence<T extends { readonly element: Element }>(lines: T[]): T[] {
  if (lines.length < 2) return lines
  const ranked = lines.map((line) => ({ line, rank: rank(line.element), key: line.element.canonical }))
  ranked.sort((a, b) => a.rank - b.rank || b.key.length - a.key.length || (a.key < b.key ? -1 : 1))
  return ranked.map(({ line }) => line)
}
