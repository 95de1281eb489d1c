import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { alternatives } from './key-syntax.ts'
import { parseInteger } from './number-text.ts'
import { copyOf, get, keysOf } from './object.ts'
import type { Run } from './run.ts'
import { BadSpec, TransformError, atLine, pointer } from './spec-error.ts'

type Form = 'literal' | 'or' | 'star'

/** One key of a default. `below` is undefined for a value; `makesList` says that what stands below is a list, as long as `length`. */
type Line = {
  readonly key: string
  readonly form: Form
  readonly names: readonly string[]
  readonly indexes: readonly number[]
  readonly value: Value
  readonly below: readonly Line[] | undefined
  readonly makesList: boolean
  readonly length: number
  readonly path: string
}

const FORM_RANK = { literal: 0, or: 1, star: 2 }

/** Compiles a default, which works in place. The spec is read twice, for an input that is a map and for one that is a list. */
export function compileDefault(spec: Value, path: string): (input: Value, run: Run) => Value {
  const forMap = lineOf('root', spec, { inList: false, path })
  const forList = listRoot(spec, path)
  return (input, run) => {
    const target = run.own(input ?? {})
    const root = Array.isArray(target) ? forList : forMap
    if (root === undefined) throw new TransformError('default has keys that are no indexes, and the input is a list')
    if (root.below === undefined) throw new TransformError('default has no map to apply')
    applyBelow(root, root.below, target, { run, place: '' })
    return target
  }
}

class NotAnIndex extends BadSpec {}

function listRoot(spec: Value, path: string): Line | undefined {
  try {
    return lineOf('root[]', spec, { inList: false, path })
  } catch (error) {
    if (error instanceof NotAnIndex) return undefined
    throw error
  }
}

type Place = { readonly inList: boolean; readonly path: string }

function lineOf(left: string, right: Value, { inList, path }: Place): Line {
  const makesList = left.endsWith('[]')
  const key = makesList ? left.replaceAll('[]', '') : left
  const form: Form = key.includes('*') ? 'star' : key.includes('|') ? 'or' : 'literal'
  if (form === 'star' && key !== '*') throw new BadSpec(`key ${key} may hold nothing beside *`)
  const names = form === 'star' ? [] : form === 'or' ? alternatives(key) : [key]
  const below = isMap(right) ? linesBelow(right, makesList, path) : undefined
  const indexes = inList ? names.map(indexOf) : []
  const literals = (below ?? []).filter((line) => line.form === 'literal').map((line) => line.indexes[0] ?? -1)
  const length = makesList ? literals.reduce((most, index) => Math.max(most, index), -1) + 1 : 0
  return { key, form, names, indexes, value: below === undefined ? right : null, below, makesList, length, path }
}

function indexOf(name: string): number {
  const index = parseInteger(name)
  if (index === undefined) throw new NotAnIndex(`${name} is no index`)
  return index
}

function linesBelow(spec: JsonObject, inList: boolean, path: string): Line[] {
  const lines = keysOf(spec).map((left) => {
    const line = pointer(path, left)
    const read = (): Line => lineOf(left, get(spec, left) ?? null, { inList, path: line })
    try {
      return read()
    } catch (error) {
      if (error instanceof NotAnIndex) throw error
      return atLine(line, () => {
        throw error
      })
    }
  })
  return lines.sort(
    (a, b) => FORM_RANK[a.form] - FORM_RANK[b.form] || (a.form === 'or' ? a.names.length - b.names.length || (a.key < b.key ? -1 : 1) : 0),
  )
}

type At = { readonly run: Run; readonly place: string }

function applyBelow(parent: Line, below: readonly Line[], target: Value, at: At): void {
  const { run, place } = at
  if (parent.makesList && Array.isArray(target)) run.grow(target, parent.length - 1)
  // Keys of a list and keys of a map never meet; where spec and data differ, the data stays.
  for (const line of below) {
    if (parent.makesList && Array.isArray(target)) {
      for (const index of indexesOf(line, target)) {
        if (index < 0) throw new TransformError(`index ${index} out of bounds`)
        const give = (value: Value): void => run.set(target, index, value)
        applyLine(line, target[index] ?? null, { run, place: run.below(place, index), give })
      }
    } else if (!parent.makesList && isMap(target)) {
      const give =
        (key: string) =>
        (value: Value): void =>
          run.put(target, key, value)
      const visit = (key: string, value: Value): void => applyLine(line, value, { run, place: run.below(place, key), give: give(key) })
      if (line.form === 'star') run.each(target, visit)
      else for (const key of namesOf(line, target)) visit(key, get(target, key) ?? null)
    }
  }
}

function indexesOf(line: Line, list: Value[]): Iterable<number> {
  if (line.form === 'star') return [...list.keys()]
  return line.form === 'literal' ? line.indexes : line.indexes.filter((index) => index < list.length)
}

function namesOf(line: Line, map: JsonObject): readonly string[] {
  return line.form === 'literal' ? line.names : [...new Set(line.names)].filter((name) => get(map, name) !== undefined)
}

type Slot = At & { readonly give: (value: Value) => void }

function applyLine(line: Line, old: Value, { run, place, give }: Slot): void {
  let value = old
  if (value === null) {
    value = line.below === undefined ? copyOf(line.value) : line.makesList ? [] : {}
    give(value)
    run.note(line.path, place, value)
  } else if (line.below !== undefined) {
    value = run.own(old)
    if (value !== old) give(value)
  }
  if (line.below !== undefined) applyBelow(line, line.below, value, { run, place })
}
