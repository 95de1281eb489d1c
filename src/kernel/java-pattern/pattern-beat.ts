import type { Matching, Node } from './matching.ts'
import type { Part } from './pattern-tree.ts'

type Beat = Extract<Part, { kind: 'beat' }>

/** A captured span, or none where the group is not captured. */
function spanOf(group: number | undefined): {
  set: (m: Matching, from: number, to: number) => void
  get: (m: Matching) => [number, number]
} {
  if (group === undefined) return { set: () => undefined, get: () => [-1, -1] }
  return {
    set: ({ groups }, from, to) => {
      groups[2 * group] = from
      groups[2 * group + 1] = to
    },
    get: ({ groups }) => [groups[2 * group] ?? -1, groups[2 * group + 1] ?? -1],
  }
}

/** A group whose inside matches in one way, again and again: going back takes one off the end, and the group is what was there then. */
export function beatOf(atom: Node, beat: Beat, next: Node): Node {
  const { least, lazy } = beat
  const span = spanOf(beat.group)
  const rest = lazy ? lazily(atom, beat, next) : greedily(atom, beat, next)
  return (m, from) => {
    const saved = span.get(m)
    let at = from
    let found = true
    for (let i = 0; i < least && found; i++) {
      m.spend(1)
      found = atom(m, at)
      if (found) {
        span.set(m, at, m.last)
        at = m.last
      }
    }
    if (found && rest(m, at, least)) return true
    span.set(m, ...saved)
    return false
  }
}

type Rest = (m: Matching, from: number, done: number) => boolean

function greedily(atom: Node, { group, most }: Beat, next: Node): Rest {
  const span = spanOf(group)
  const go: Rest = (m, from, done) => {
    const saved = span.get(m)
    let at = from
    let count = done
    if (count < most && atom(m, at)) {
      const size = m.last - at
      for (;;) {
        m.spend(1)
        span.set(m, at, at + size)
        at += size
        // One that takes nothing is the last.
        if (size <= 0 || ++count >= most || !atom(m, at)) break
        if (at + size !== m.last) {
          if (go(m, at, count)) return true
          break
        }
      }
      for (; count > done; count--) {
        m.spend(1)
        if (next(m, at)) {
          span.set(m, at - size, at)
          return true
        }
        at -= size
        span.set(m, at - size, at)
      }
    }
    span.set(m, ...saved)
    return next(m, at)
  }
  return go
}

function lazily(atom: Node, { group, most }: Beat, next: Node): Rest {
  const span = spanOf(group)
  return (m, from, done) => {
    let at = from
    for (let count = done; ; count++) {
      m.spend(1)
      if (next(m, at)) return true
      if (count >= most || !atom(m, at) || m.last === at) return false
      span.set(m, at, m.last)
      at = m.last
    }
  }
}
