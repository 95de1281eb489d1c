import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { alternatives, count } from './key-syntax.ts'
import { javaTrim, parseInteger } from './number-text.ts'
import { get, keysOf } from './object.ts'
import type { Run } from './run.ts'
import { BadSpec, atLine, pointer } from './spec-error.ts'
import { starOf } from './star.ts'
import type { Star } from './star.ts'

/** One key of a remove: literal, or with stars. It has no escapes. `below` is undefined for a key that is itself removed. */
type Line = {
  readonly key: string
  readonly index: number | undefined
  readonly star: Star | undefined
  readonly below: readonly Line[] | undefined
  readonly path: string
}

/** Compiles a remove, which works in place; the root itself is never removed. */
export function compileRemove(spec: Value, path: string): (input: Value, run: Run) => void {
  if (!isMap(spec)) throw new BadSpec('remove takes a map')
  const lines = linesOf(spec, path)
  return (input, run) => removeBelow(lines, input, { run, place: '' })
}

function linesOf(spec: JsonObject, path: string): Line[] {
  const lines: Line[] = []
  for (const left of keysOf(spec)) {
    const line = pointer(path, left)
    for (const key of alternatives(left)) lines.push(atLine(line, () => lineOf(key, get(spec, left) ?? null, line)))
  }
  return lines
}

function lineOf(key: string, right: Value, path: string): Line {
  const star = count(key, '*') > 0 ? starOf(key, true) : undefined
  const index = parseInteger(key)
  const line = { key, index: index === undefined || index < 0 ? undefined : index, star, path }
  if (isMap(right)) return { ...line, below: linesOf(right, path) }
  if (typeof right !== 'string' || javaTrim(right) !== '') throw new BadSpec('remove takes "" or a map on the right')
  return { ...line, below: undefined }
}

type At = { readonly run: Run; readonly place: string }

// All lines look at the map or list as it was; what they name goes only after the last of them.
function removeBelow(lines: readonly Line[], input: Value | undefined, at: At): void {
  if (Array.isArray(input)) removeFromList(lines, input, at)
  else if (isMap(input)) removeFromMap(lines, input, at)
}

function removeFromMap(lines: readonly Line[], map: JsonObject, { run, place }: At): void {
  const doomed: [string, string][] = []
  for (const { key, star, below, path } of lines) {
    if (star === undefined) {
      const value = get(map, key)
      if (below !== undefined) removeBelow(below, value, { run, place: run.below(place, key) })
      else if (value !== undefined) doomed.push([key, path])
    } else if (below === undefined) {
      for (const name of keysOf(map)) if (star.catches(name) !== undefined) doomed.push([name, path])
    } else {
      run.each(map, (name, value) => {
        if (star.catches(name) !== undefined) removeBelow(below, value, { run, place: run.below(place, name) })
      })
    }
  }
  for (const [key, path] of doomed) if (run.remove(map, key) !== undefined) run.note(path, run.below(place, key))
}

function removeFromList(lines: readonly Line[], list: Value[], { run, place }: At): void {
  const doomed = new Map<number, string>()
  for (const { index, star, below, path } of lines) {
    const indexes =
      star === undefined ? (index !== undefined && index < list.length ? [index] : []) : star.form === 'all' ? list.keys() : []
    for (const i of indexes) {
      if (below === undefined) doomed.set(i, path)
      else removeBelow(below, list[i], { run, place: run.below(place, i) })
    }
  }
  for (const i of [...doomed.keys()].sort((a, b) => b - a)) {
    run.removeAt(list, i)
    run.note(doomed.get(i) ?? '', run.below(place, i))
  }
}
