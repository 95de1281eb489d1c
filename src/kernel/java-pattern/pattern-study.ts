import { NO_END } from './pattern-tree.ts'
import type { Part } from './pattern-tree.ts'

/** What Java knows of a part's length, in 32 bits, and whether it believes that it matches in one way only. */
export type Study = { least: number; most: number; bounded: boolean; one: boolean }

const TOO_LONG = 0xfff_ffff

export function freshStudy(): Study {
  return { least: 0, most: 0, bounded: true, one: true }
}

/** Studies a part with what follows, as far as Java looks: never beyond a loop. Answers whether all of it matches in one way. */
export function study(part: Part, found: Study, next: () => boolean = () => found.one): boolean {
  switch (part.kind) {
    case 'char':
      return longer(found, 1, 1, next)
    case 'text':
      return longer(found, part.codes.length, part.codes.length, next)
    case 'line end':
      return longer(found, 1, 2, next)
    case 'cluster':
    case 'composed':
      found.one = false
      return longer(found, 1, 0, next)
    case 'place':
    case 'look':
      return next()
    case 'reference':
      found.bounded = false
      return next()
    case 'row':
      return studyRow(part.parts, found, next)
    case 'group':
      return study(part.part, found, next)
    case 'once':
      study(part.part, found)
      return next()
    case 'maybe': {
      const { least } = found
      study(part.part, found)
      found.least = least
      found.one = false
      return next()
    }
    case 'choice':
      return studyWays(part.parts, found, next)
    case 'option':
      return studyWays([part.part, { kind: 'row', parts: [] }], found, next)
    case 'run':
      found.least = (found.least + part.least) | 0
      if (found.bounded) found.most = (found.most + NO_END) | 0
      found.one = false
      return next()
    case 'repeat':
    case 'beat':
      return studyRepeat(part, found, next)
    case 'cycle':
      found.bounded = false
      found.one = false
      return false
  }
}

function longer(found: Study, least: number, most: number, next: () => boolean): boolean {
  found.least = (found.least + least) | 0
  found.most = (found.most + most) | 0
  return next()
}

function studyRow(parts: readonly Part[], found: Study, next: () => boolean): boolean {
  const from = (i: number): boolean => {
    const part = parts[i]
    return part === undefined ? next() : study(part, found, () => from(i + 1))
  }
  return from(0)
}

function studyWays(ways: readonly Part[], found: Study, next: () => boolean): boolean {
  const before = { ...found }
  let least = NO_END
  let most = -1
  let { bounded } = before
  for (const way of ways) {
    Object.assign(found, freshStudy())
    study(way, found)
    least = Math.min(least, found.least)
    most = Math.max(most, found.most)
    bounded &&= found.bounded
  }
  Object.assign(found, freshStudy())
  next()
  found.least = (found.least + before.least + least) | 0
  found.most = (found.most + before.most + most) | 0
  found.bounded &&= bounded
  found.one = false
  return false
}

function studyRepeat(part: Extract<Part, { kind: 'repeat' | 'beat' }>, found: Study, next: () => boolean): boolean {
  const before = { ...found }
  Object.assign(found, freshStudy())
  study(part.part, found)
  const least = (Math.imul(found.least, part.least) + before.least) | 0
  found.least = least < before.least ? TOO_LONG : least
  if (before.bounded && found.bounded) {
    found.most = (Math.imul(found.most, part.most) + before.most) | 0
    if (found.most < before.most) found.bounded = false
  } else found.bounded = false
  found.one = found.one && part.least === part.most && before.one
  return next()
}
