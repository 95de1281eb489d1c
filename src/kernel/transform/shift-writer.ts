import { elementOf } from './element.ts'
import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { get } from './object.ts'
import { evaluate, isBlank, listIndex, stepsOf } from './path-reader.ts'
import { TouchesInput } from './run.ts'
import type { Run } from './run.ts'
import { BadSpec, TransformError } from './spec-error.ts'
import type { Walk } from './walk.ts'

/** Everything is written below this key, so that an empty path can name the whole output. */
export const ROOT = 'root'

/** `fixed` writers need not know where they stand. */
export type Writer = { readonly fixed: boolean; readonly write: (data: Value, output: JsonObject, walk: Walk, run: Run) => void }

/** The path as Jolt sees it: below the root. */
export function rooted(path: string): string {
  return isBlank(path) ? ROOT : `${ROOT}.${path}`
}

/** Compiles an output path. Where something stands already, a list takes the value in and anything else becomes the first of a new list. */
export function writerOf(path: unknown, line: string): Writer {
  if (typeof path !== 'string') throw new BadSpec('an output path is text, or a list of texts')
  const { steps } = stepsOf(rooted(path), elementOf)
  const constants = steps.map((step) => step.constant)
  const fixed = constants.every((text) => text !== undefined) ? constants : undefined
  const throughMap = steps.map((step) => step.kind === 'map')
  const write: Writer['write'] = (data, output, walk, run) => {
    const keys = fixed ?? evaluate(steps, walk)
    if (keys === undefined) return
    const place = run.lines === undefined ? undefined : placeOf(output, throughMap, keys)
    if (place !== undefined) run.note(line, place, data)
    writeAt(data, output, { throughMap, keys, run })
  }
  return { fixed: fixed !== undefined, write }
}

type Way = { readonly throughMap: readonly boolean[]; readonly keys: readonly string[]; readonly run: Run }

/** Walks and makes containers on the way; where the output holds something of another kind, nothing is written. */
function writeAt(data: Value, output: JsonObject, { throughMap, keys, run }: Way): void {
  const last = throughMap.length - 1
  let tree: Value = output
  for (let i = 0; i <= last; i++) {
    const key = keys[i] ?? ''
    if (throughMap[i] === true ? !isMap(tree) : !Array.isArray(tree)) return
    const container = tree as JsonObject | Value[]
    const old = valueAt(container, key)
    if (i === last) {
      if (old === undefined || old === null) set(container, key, data, { old, run })
      else if (Array.isArray(old)) {
        if (run.foreign?.has(old)) throw new TouchesInput()
        run.add(old, data)
      } else set(container, key, [old, data], { old, run })
      if (typeof data === 'object' && data !== null) run.foreign?.add(data)
    } else if (old === undefined || old === null) {
      tree = throughMap[i + 1] === true ? {} : []
      set(container, key, tree, { old, run })
    } else {
      if (run.foreign?.has(old)) throw new TouchesInput()
      tree = old
    }
  }
}

function valueAt(container: JsonObject | Value[], key: string): Value | undefined {
  if (!Array.isArray(container)) return get(container, key)
  if (key === '[]') return undefined
  const index = listIndex(key)
  if (index < 0) throw new TransformError(`index ${index} out of bounds`)
  return index < container.length ? container[index] : undefined
}

function set(container: JsonObject | Value[], key: string, value: Value, { old, run }: { old: Value | undefined; run: Run }): void {
  if (!Array.isArray(container)) {
    if (old === undefined) run.insert(container, key, value)
    else run.put(container, key, value)
  } else if (key === '[]') run.add(container, value)
  else {
    const index = listIndex(key)
    run.grow(container, index)
    run.set(container, index, value)
  }
}

/** Where a write will land, as text for people: `.a.b[0]`; undefined where something of another kind stands in its way. */
function placeOf(output: JsonObject, throughMap: readonly boolean[], keys: readonly string[]): string | undefined {
  let tree: Value | undefined = output
  let place = ''
  for (const [i, key] of keys.entries()) {
    const map = throughMap[i] === true
    const open: boolean = tree === undefined || tree === null
    if (!open && (map ? !isMap(tree) : !Array.isArray(tree))) return undefined
    if (i > 0) place += map ? `.${key}` : key === '[]' ? `[${Array.isArray(tree) ? tree.length : 0}]` : `[${key}]`
    tree = open ? undefined : valueAt(tree as JsonObject | Value[], key)
  }
  if (Array.isArray(tree)) return `${place}[${tree.length}]`
  return tree === undefined || tree === null ? place : `${place}[1]`
}
