import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { alternatives, count } from './key-syntax.ts'
import { javaTrim, parseInteger } from './number-text.ts'
import { get, keysOf, replace, without } from './object.ts'
import type { Run } from './run.ts'
import { BadSpec, TransformError, atLine, pointer } from './spec-error.ts'
import { starOf } from './star.ts'
import type { Star } from './star.ts'

/** One key of a remove: literal, or with stars. It has no escapes. `below` is undefined for a key that is itself removed. */
type Line = {
  readonly key: string
  readonly index: number | undefined
  readonly star: Star | undefined
  readonly below: Level | undefined
  readonly path: string
}

type Level = { readonly lines: readonly Line[]; readonly leavesOnly: boolean }

/** Compiles a remove; the root itself is never removed. */
export function compileRemove(spec: Value, path: string): (input: Value, run: Run) => Value {
  if (!isMap(spec)) throw new BadSpec('remove takes a map')
  const level = levelOf(spec, path)
  return (input, run) => removeBelow(level, input, { run, place: '' })
}

function levelOf(spec: JsonObject, path: string): Level {
  const lines: Line[] = []
  for (const left of keysOf(spec)) {
    const line = pointer(path, left)
    for (const key of alternatives(left)) lines.push(atLine(line, () => lineOf(key, get(spec, left) ?? null, line)))
  }
  return { lines, leavesOnly: lines.every(({ below }) => below === undefined) }
}

function lineOf(key: string, right: Value, path: string): Line {
  const star = count(key, '*') > 0 ? starOf(key, true) : undefined
  const index = parseInteger(key)
  const line = { key, index: index === undefined || index < 0 ? undefined : index, star, path }
  if (isMap(right)) return { ...line, below: levelOf(right, path) }
  if (typeof right !== 'string' || javaTrim(right) !== '') throw new BadSpec('remove takes "" or a map on the right')
  return { ...line, below: undefined }
}

type At = { readonly run: Run; readonly place: string }

// All lines look at the map or list as it was; what they name goes only after the last of them.
function removeBelow(level: Level, input: Value, at: At): Value {
  const { run, place } = at
  if (Array.isArray(input)) return removeFromList(level, run.own(input), at)
  if (!isMap(input)) return input
  const seen = level.leavesOnly ? input : run.own(input)
  const doomed = doomedKeys(level, seen, at)
  if (doomed.length === 0) return seen
  const keys = doomed.map(({ key }) => key)
  if (seen !== input) return without(seen, keys)
  const map = run.ownWithout(input, keys)
  if (map !== input) return map
  for (const { key, path } of doomed) if (run.remove(map, key) !== undefined) run.note(path, run.below(place, key))
  return map
}

type Doomed = { readonly key: string; readonly path: string }

function doomedKeys({ lines }: Level, map: JsonObject, { run, place }: At): Doomed[] {
  const doomed: Doomed[] = []
  const removeIn = (below: Level, key: string, value: Value): void => {
    const left = removeBelow(below, value, { run, place: run.below(place, key) })
    if (left !== value) replace(map, key, left)
  }
  for (const { key, star, below, path } of lines) {
    if (star === undefined) {
      const value = get(map, key)
      if (value === undefined) continue
      if (below === undefined) doomed.push({ key, path })
      else removeIn(below, key, value)
    } else if (below === undefined) {
      for (const name of keysOf(map)) if (star.catches(name) !== undefined) doomed.push({ key: name, path })
    } else {
      run.each(map, (name, value) => {
        if (star.catches(name) !== undefined) removeIn(below, name, value)
      })
    }
  }
  return doomed
}

function removeFromList({ lines }: Level, list: Value[], { run, place }: At): Value {
  const doomed = new Map<number, string>()
  for (const { index, star, below, path } of lines) {
    const visit = (i: number): void => {
      if (below === undefined) {
        doomed.set(i, path)
        return
      }
      const item = list[i] ?? null
      const left = removeBelow(below, item, { run, place: run.below(place, i) })
      if (left !== item) list[i] = left
    }
    if (star?.form === 'all') eachIndex(list, visit)
    else if (star === undefined && index !== undefined && index < list.length) visit(index)
  }
  if (doomed.size === 0) return list
  for (const i of [...doomed.keys()].sort((a, b) => b - a)) {
    run.removeAt(list, i)
    run.note(doomed.get(i) ?? '', run.below(place, i))
  }
  return list
}

/** Goes through a list as a Java iterator does. One that holds itself may shrink meanwhile, and then that fails unless its end comes just there. */
function eachIndex(list: Value[], visit: (index: number) => void): void {
  const size = list.length
  for (let i = 0; i !== list.length; i++) {
    if (list.length !== size) throw new TransformError('list changed while it was read')
    visit(i)
  }
}
