import { elementOf } from './element.ts'
import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { get } from './object.ts'
import { evaluate, isBlank, listIndex, stepsOf } from './path-reader.ts'
import type { Step } from './path-reader.ts'
import { TouchesInput } from './run.ts'
import type { Run } from './run.ts'
import { BadSpec, TransformError } from './spec-error.ts'
import type { Walk } from './walk.ts'

/** Everything is written below this key, so that an empty path can name the whole output. */
export const ROOT = 'root'

export type Writer = (data: Value, output: JsonObject, walk: Walk, run: Run) => void

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
  return (data, output, walk, run) => {
    const keys = fixed ?? evaluate(steps, walk)
    if (keys === undefined) return
    const place = write(data, output, { steps, keys, run })
    if (place !== undefined && run.lines !== undefined) run.note(line, place, data)
  }
}

type Way = { readonly steps: readonly Step[]; readonly keys: readonly string[]; readonly run: Run }

/** Walks and makes containers on the way; where the output holds something of another kind, nothing is written. Answers the place written. */
function write(data: Value, output: JsonObject, { steps, keys, run }: Way): string | undefined {
  const last = steps.length - 1
  let tree: Value = output
  let place = ''
  for (let i = 0; i <= last; i++) {
    const kind = steps[i]?.kind
    const key = keys[i] ?? ''
    if (kind === 'map' ? !isMap(tree) : !Array.isArray(tree)) return undefined
    const container = tree as JsonObject | Value[]
    if (run.lines !== undefined && i > 0) place += placeOf(container, key)
    const old = valueAt(container, key)
    if (i === last) {
      if (old === undefined || old === null) set(container, key, data, run)
      else if (Array.isArray(old)) {
        if (run.foreign?.has(old)) throw new TouchesInput()
        if (run.lines !== undefined) place += `[${old.length}]`
        run.add(old, data)
      } else {
        set(container, key, [old, data], run)
        place += '[1]'
      }
      if (run.foreign !== undefined && typeof data === 'object' && data !== null) run.foreign.add(data)
      return place
    }
    if (old === undefined || old === null) {
      const made: Value = steps[i + 1]?.kind === 'map' ? {} : []
      set(container, key, made, run)
      tree = made
    } else {
      if (run.foreign?.has(old)) throw new TouchesInput()
      tree = old
    }
  }
  return undefined
}

function valueAt(container: JsonObject | Value[], key: string): Value | undefined {
  if (!Array.isArray(container)) return get(container, key)
  if (key === '[]') return undefined
  const index = listIndex(key)
  if (index < 0) throw new TransformError(`index ${index} out of bounds`)
  return index < container.length ? container[index] : undefined
}

function set(container: JsonObject | Value[], key: string, value: Value, run: Run): void {
  if (!Array.isArray(container)) run.put(container, key, value)
  else if (key === '[]') run.add(container, value)
  else {
    const index = listIndex(key)
    run.grow(container, index)
    run.set(container, index, value)
  }
}

function placeOf(container: JsonObject | Value[], key: string): string {
  if (!Array.isArray(container)) return `.${key}`
  return key === '[]' ? `[${container.length}]` : `[${key}]`
}
