import { asciiLower, foldOf, lowerOf, upperOf } from './code-point.ts'
import type { CharTest, Fold } from './char-test.ts'
import { clusterEnd } from './grapheme.ts'
import { accept, Matching } from './matching.ts'
import type { Node } from './matching.ts'
import { beatOf } from './pattern-beat.ts'
import { PatternError } from './pattern-error.ts'
import { cycleOf, maybeOf, repeatOf, runOf } from './pattern-loop.ts'
import { codeBefore } from './pattern-place.ts'
import { freshStudy, study } from './pattern-study.ts'
import type { Part, Pattern, Reach } from './pattern-tree.ts'

/** A pattern made into steps that call each other. A match takes `least` characters; an `anchored` pattern is only tried at one place. */
export type Machine = {
  readonly start: Node
  readonly whole: boolean
  readonly least: number
  readonly anchored: boolean
  readonly newMatching: (text: string) => Matching
}

const NEWLINE = 10
const RETURN = 13

/** Makes a pattern into a machine that goes back as Java's does, way by way. */
export function machineOf({ part, groups, whole }: Pattern): Machine {
  const making = new Making()
  const start = making.node(part, accept)
  const sizes = { groups, locals: making.locals, memos: making.memos }
  return { start, whole, least: leastOf(part), anchored: isAnchored(part), newMatching: (text) => new Matching(text, sizes) }
}

function leastOf(part: Part): number {
  const found = freshStudy()
  try {
    study(part, found)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return 0
  }
  return found.least
}

function isAnchored(part: Part): boolean {
  const first = part.kind === 'row' ? part.parts[0] : part
  return first?.kind === 'place' && first.place.name === 'start'
}

/** The first place from `from` on where there is a match, and its end. */
export function search(machine: Machine, m: Matching, from: number): { readonly start: number; readonly end: number } | undefined {
  const { text } = m
  m.begin()
  const last = machine.anchored ? from : (text.length - machine.least) | 0
  for (let start = from; start <= last; start++) {
    m.spend(1)
    if (machine.start(m, start)) {
      m.before = m.last
      return { start, end: m.last }
    }
    if (machine.whole && (text.codePointAt(start) ?? 0) > 0xffff) start++
  }
  return undefined
}

class Making {
  locals = 0
  memos = 0

  node(part: Part, next: Node): Node {
    switch (part.kind) {
      case 'char':
        return charOf(part.test, next)
      case 'text':
        return textOf(part, next)
      case 'place':
        return (m, at) => part.place.holds(m, at) && next(m, at)
      case 'line end':
        return lineEndOf(next)
      case 'cluster':
        return clusterOf(next)
      case 'composed':
        return composedOf(part.test, next)
      case 'reference':
        return referenceOf(part.group, part.fold, next)
      case 'look':
        return this.#look(part, next)
      case 'row':
        return part.parts.reduceRight((after, each) => this.node(each, after), next)
      case 'choice':
        return choiceOf(part.parts.map((each) => this.node(each, next)))
      case 'group':
        return this.#group(part, this.locals++, next)
      case 'option': {
        const once = this.node(part.part, next)
        return choiceOf(part.lazy ? [next, once] : [once, next])
      }
      default:
        return this.#loop(part, next)
    }
  }

  #loop(part: Extract<Part, { kind: 'once' | 'maybe' | 'run' | 'repeat' | 'beat' | 'cycle' }>, next: Node): Node {
    if (part.kind === 'run') return runOf(part.test, part.least, next)
    if (part.kind === 'cycle') {
      const places = { begin: this.locals++, count: this.locals++, memo: part.memo.on ? this.memos++ : undefined }
      const bodyTo = (again: Node): Node => this.#group({ ...part, kind: 'group' }, places.begin, again)
      return cycleOf(part, places, { bodyTo, next })
    }
    const atom = this.node(part.part, accept)
    if (part.kind === 'once') return (m, at) => atom(m, at) && next(m, m.last)
    if (part.kind === 'maybe') return maybeOf(atom, part, next)
    return part.kind === 'beat' ? beatOf(atom, part, next) : repeatOf(atom, part, next)
  }

  /** Notes where the group began, and what it took once it ends; both are taken back where what follows fails. */
  #group({ part, group }: Extract<Part, { kind: 'group' }>, local: number, next: Node): Node {
    const body = this.node(part, group === undefined ? next : captureOf(group, local, next))
    return (m, at) => {
      const { locals } = m
      const saved = locals[local] ?? 0
      locals[local] = at
      const found = body(m, at)
      locals[local] = saved
      return found
    }
  }

  #look({ part, behind, wanted }: Extract<Part, { kind: 'look' }>, next: Node): Node {
    if (behind === undefined) {
      const ahead = this.node(part, accept)
      return (m, at) => ahead(m, at) === wanted && next(m, at)
    }
    const body = this.node(part, (m, at) => at === m.behindTo)
    return (m, at) => isBehind(m, at, { body, behind }) === wanted && next(m, at)
  }
}

function captureOf(group: number, local: number, next: Node): Node {
  return (m, at) => {
    const { groups } = m
    const from = groups[2 * group] ?? -1
    const to = groups[2 * group + 1] ?? -1
    groups[2 * group] = m.locals[local] ?? -1
    groups[2 * group + 1] = at
    if (next(m, at)) return true
    groups[2 * group] = from
    groups[2 * group + 1] = to
    return false
  }
}

function isBehind(m: Matching, at: number, { body, behind }: { body: Node; behind: Reach }): boolean {
  const { text } = m
  const saved = m.behindTo
  m.behindTo = at
  const far = behind.whole ? charsBefore(text, at, behind.most) : behind.most
  const near = behind.whole ? charsBefore(text, at, behind.least) : behind.least
  const from = Math.max((at - far) | 0, 0)
  let found = false
  for (let i = (at - near) | 0; !found && i >= from;) {
    m.spend(1)
    found = body(m, i)
    i -= behind.whole && i > from ? charsBefore(text, i, 1) : 1
  }
  m.behindTo = saved
  return found
}

/** How many characters of the text so many whole ones before a place are; as many ahead where there are less than none of them. */
function charsBefore(text: string, at: number, count: number): number {
  let i = at
  if (count < 0) {
    for (let n = count; n < 0 && i < text.length; n++) i += (text.codePointAt(i) ?? 0) > 0xffff ? 2 : 1
    return i - at
  }
  for (let n = 0; n < count && i > 0; n++) i -= codeBefore(text, i) > 0xffff ? 2 : 1
  return at - i
}

function choiceOf(ways: readonly Node[]): Node {
  return (m, at) => {
    m.spend(1)
    for (const way of ways) if (way(m, at)) return true
    return false
  }
}

function charOf({ holds, narrow }: CharTest, next: Node): Node {
  if (narrow) return (m, at) => at < m.text.length && holds(m.text.charCodeAt(at)) && next(m, at + 1)
  return (m, at) => {
    const code = m.text.codePointAt(at)
    return code !== undefined && holds(code) && next(m, at + (code > 0xffff ? 2 : 1))
  }
}

function textOf({ codes, fold, whole }: Extract<Part, { kind: 'text' }>, next: Node): Node {
  const folded = fold === 'all' ? foldOf : asciiLower
  return (m, from) => {
    let at = from
    m.spend(1)
    for (const wanted of codes) {
      const code = whole ? m.text.codePointAt(at) : m.text.charCodeAt(at)
      if (code === undefined || Number.isNaN(code) || (code !== wanted && (fold === 'none' || folded(code) !== wanted))) {
        m.spend(at - from)
        return false
      }
      at += code > 0xffff ? 2 : 1
    }
    m.spend(at - from)
    return next(m, at)
  }
}

function lineEndOf(next: Node): Node {
  return (m, at) => {
    const code = m.text.charCodeAt(at)
    if (code === RETURN) return (m.text.charCodeAt(at + 1) === NEWLINE && next(m, at + 2)) || next(m, at + 1)
    const ends = (code >= NEWLINE && code < RETURN) || code === 0x85 || code === 0x2028 || code === 0x2029
    return ends && next(m, at + 1)
  }
}

function clusterOf(next: Node): Node {
  return (m, at) => {
    if (at >= m.text.length) return false
    const end = clusterEnd(m.text, at)
    m.spend(end - at)
    return next(m, end)
  }
}

/** A character that may be written in parts: ever fewer marks of its cluster, until they compose to one that is in the set. */
function composedOf({ holds }: CharTest, next: Node): Node {
  return (m, at) => {
    const { text } = m
    const first = text.codePointAt(at)
    if (first === undefined) return false
    const alone = at + (first > 0xffff ? 2 : 1)
    let end = clusterEnd(text, at)
    if (end === alone) return holds(first) && next(m, end)
    for (; alone < end; end -= codeBefore(text, end) > 0xffff ? 2 : 1) {
      m.spend(end - at)
      const composed = text.slice(at, end).normalize('NFC')
      const code = composed.codePointAt(0) ?? 0
      if (composed.length === (code > 0xffff ? 2 : 1) && holds(code) && next(m, end)) return true
    }
    return false
  }
}

/** What a group took last; a group that took no part never matches. */
function referenceOf(group: number, fold: Fold, next: Node): Node {
  return (m, at) => {
    const { text, groups } = m
    const from = groups[2 * group] ?? -1
    const size = (groups[2 * group + 1] ?? -1) - from
    if (from < 0 || at + size > text.length) return false
    m.spend(1 + size)
    if (fold === 'none' ? !text.startsWith(text.slice(from, from + size), at) : !sameFolded(text, { from, at, size }, fold)) return false
    return next(m, at + size)
  }
}

// Java counts pairs as two here, and so compares what stands behind the group too.
function sameFolded(text: string, { from, at, size }: { from: number; at: number; size: number }, fold: Fold): boolean {
  let [i, j] = [from, at]
  for (let n = 0; n < size; n++) {
    const wanted = text.codePointAt(i)
    const code = text.codePointAt(j)
    if (wanted === undefined || code === undefined) throw new PatternError('behind the end of the text')
    const same = fold === 'all' ? lowerOf(upperOf(code)) === lowerOf(upperOf(wanted)) : asciiLower(code) === asciiLower(wanted)
    if (code !== wanted && !same) return false
    i += wanted > 0xffff ? 2 : 1
    j += code > 0xffff ? 2 : 1
  }
  return true
}
