import type { Node } from './matching.ts'
import { codeBefore } from './pattern-place.ts'
import type { CharTest } from './char-test.ts'
import type { Part } from './pattern-tree.ts'

/** As many as there are, then one less each time that what follows fails. */
export function runOf({ holds, narrow }: CharTest, least: number, next: Node): Node {
  if (narrow)
    return (m, from) => {
      const { text } = m
      let at = from
      while (at < text.length && holds(text.charCodeAt(at))) at++
      m.spend(1 + at - from)
      for (; at - from >= least; at--) {
        m.spend(1)
        if (next(m, at)) return true
      }
      return false
    }
  return (m, from) => {
    const { text } = m
    let at = from
    let count = 0
    for (let code = text.codePointAt(at); code !== undefined && holds(code); code = text.codePointAt(at)) {
      at += code > 0xffff ? 2 : 1
      count++
    }
    m.spend(1 + count)
    for (; count >= least; count--) {
      m.spend(1)
      if (next(m, at)) return true
      if (count === least) return false
      at = Math.max(from, at - (codeBefore(text, at) > 0xffff ? 2 : 1))
    }
    return false
  }
}

/** Once or not at all; what matched is not asked for another way. */
export function maybeOf(atom: Node, { how }: Extract<Part, { kind: 'maybe' }>, next: Node): Node {
  if (how === 'possessive') return (m, at) => next(m, atom(m, at) ? m.last : at)
  if (how === 'lazy') return (m, at) => next(m, at) || (atom(m, at) && next(m, m.last))
  return (m, at) => (atom(m, at) && next(m, m.last)) || next(m, at)
}

type Counted = { readonly atom: Node; readonly least: number; readonly most: number; readonly next: Node }

export function repeatOf(atom: Node, { least, most, how }: Extract<Part, { kind: 'repeat' }>, next: Node): Node {
  const counted = { atom, least, most, next }
  const rest = how === 'greedy' ? greedily(counted) : how === 'lazy' ? lazily(counted) : possessively(counted)
  return (m, from) => {
    let at = from
    for (let i = 0; i < least; i++) {
      m.spend(1)
      if (!atom(m, at)) return false
      at = m.last
    }
    return rest(m, at)
  }
}

/** Going back by the length of the first of a row of equal ones. */
function greedily({ atom, least, most, next }: Counted): Node {
  const go = (m: Parameters<Node>[0], from: number, done: number): boolean => {
    if (done >= most || !atom(m, from) || m.last === from) return next(m, from)
    const size = m.last - from
    let at = m.last
    let count = done + 1
    while (count < most && atom(m, at)) {
      m.spend(1)
      if (at + size !== m.last) {
        if (go(m, m.last, count + 1)) return true
        break
      }
      at += size
      count++
    }
    for (; count >= done; count--) {
      m.spend(1)
      if (next(m, at)) return true
      at -= size
    }
    return false
  }
  return (m, at) => go(m, at, least)
}

function lazily({ atom, least, most, next }: Counted): Node {
  return (m, from) => {
    let at = from
    for (let count = least; ; count++) {
      m.spend(1)
      if (next(m, at)) return true
      if (count >= most || !atom(m, at) || m.last === at) return false
      at = m.last
    }
  }
}

function possessively({ atom, least, most, next }: Counted): Node {
  return (m, from) => {
    let at = from
    for (let count = least; count < most; count++) {
      m.spend(1)
      if (!atom(m, at) || m.last === at) break
      at = m.last
    }
    return next(m, at)
  }
}

type Cycle = Extract<Part, { kind: 'cycle' }>
/** Where a loop keeps where its group began, its count, and where it failed. */
export type CyclePlaces = { readonly begin: number; readonly count: number; readonly memo: number | undefined }

/**
 * A group again and again, each time by any of its ways. A time that takes nothing ends it. `bodyTo` makes the group, going on with what
 * it is given; answers what enters the loop.
 */
export function cycleOf(cycle: Cycle, places: CyclePlaces, { bodyTo, next }: { bodyTo: (next: Node) => Node; next: Node }): Node {
  const { least, most, lazy } = cycle
  const { begin, count, memo } = places
  const again: Node = (m, at) => {
    m.spend(1)
    const { locals } = m
    if (at <= (locals[begin] ?? 0)) return next(m, at)
    const done = locals[count] ?? 0
    const failed = memo === undefined ? undefined : m.failed[memo]
    if (done >= least) {
      if (lazy && next(m, at)) return true
      if (done >= most) return !lazy && next(m, at)
      if (failed?.has(at)) return next(m, at)
    }
    locals[count] = done + 1
    if (body(m, at)) return true
    locals[count] = done
    if (done < least || lazy) return false
    failed?.add(at)
    return next(m, at)
  }
  const body = bodyTo(again)
  const enter: Node = (m, at) => {
    if (lazy && least === 0 && next(m, at)) return true
    if (most > 0) {
      m.locals[count] = 1
      if (body(m, at)) return true
    }
    return !lazy && least === 0 && next(m, at)
  }
  return (m, at) => {
    m.spend(1)
    const saved = m.locals[count] ?? 0
    const found = enter(m, at)
    m.locals[count] = saved
    return found
  }
}
