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

type Container = JsonObject | Value[]

/** One output being written, and the containers already found in it: the same starts of paths come again for every element of a list. */
export type Output = { readonly tree: JsonObject; readonly known: (Container | undefined)[]; readonly run: Run }

/** Numbers the constant starts of the output paths of one shift. */
export type Starts = Map<string, number>

/** `fixed` writers need not know where they stand. */
export type Writer = { readonly fixed: boolean; readonly write: (data: Value, output: Output, walk: Walk) => void }

/** The path as Jolt sees it: below the root. */
export function rooted(path: string): string {
  return isBlank(path) ? ROOT : `${ROOT}.${path}`
}

/** Compiles an output path. Where something stands already, a list takes the value in and anything else becomes the first of a new list. */
export function writerOf(path: unknown, line: string, starts: Starts): Writer {
  if (typeof path !== 'string') throw new BadSpec('an output path is text, or a list of texts')
  const { steps } = stepsOf(rooted(path), elementOf)
  const constants = steps.map((step) => step.constant)
  const fixed = constants.every((text) => text !== undefined) ? constants : undefined
  const throughMap = steps.map((step) => step.kind === 'map')
  const moving = steps.findIndex((step) => step.constant === undefined || step.kind === 'append')
  const from = moving < 0 ? steps.length - 1 : moving
  const start = JSON.stringify(constants.slice(0, from))
  const number = starts.get(start) ?? starts.size
  starts.set(start, number)
  const way = { throughMap, from, number }
  const write: Writer['write'] = (data, output, walk) => {
    const keys = fixed ?? evaluate(steps, walk)
    if (keys === undefined) return
    const { run } = output
    if (run.lines !== undefined) explain(output, { throughMap, keys, line }, data)
    const container = output.known[number] ?? startOf(output, keys, way)
    if (container !== undefined) writeFrom(container, data, { output, keys, way })
  }
  return { fixed: fixed !== undefined, write }
}

/** The path goes through a map or a list at each step; its steps before `from` are the same always, and start no new element. */
type Way = { readonly throughMap: readonly boolean[]; readonly from: number; readonly number: number }

/** The container in which the steps begin that may change. */
function startOf(output: Output, keys: readonly string[], { throughMap, from, number }: Way): Container | undefined {
  let container: Container | undefined = output.tree
  for (let i = 0; i < from && container !== undefined; i++) container = stepInto(container, keys[i] ?? '', { throughMap, i, output })
  return (output.known[number] = container)
}

type At = { readonly throughMap: readonly boolean[]; readonly i: number; readonly output: Output }

/** The container below a key, made where nothing stands; undefined where the output holds something of another kind. */
function stepInto(container: Container, key: string, { throughMap, i, output: { run } }: At): Container | undefined {
  if (throughMap[i] === Array.isArray(container)) return undefined
  const old = valueAt(container, key)
  if (old === undefined || old === null) {
    const made: Container = throughMap[i + 1] === true ? {} : []
    set(container, key, made, { old, run })
    return made
  }
  if (run.borrowed?.isShared(old)) throw new TouchesInput()
  return Array.isArray(old) || isMap(old) ? old : undefined
}

type Writing = { readonly output: Output; readonly keys: readonly string[]; readonly way: Way }

/** Walks the last steps and writes. */
function writeFrom(start: Container, data: Value, { output, keys, way: { throughMap, from } }: Writing): void {
  const { run } = output
  const last = throughMap.length - 1
  let container = start
  for (let i = from; i < last; i++) {
    const next = stepInto(container, keys[i] ?? '', { throughMap, i, output })
    if (next === undefined) return
    container = next
  }
  if (throughMap[last] === Array.isArray(container)) return
  const key = keys[last] ?? ''
  const old = valueAt(container, key)
  if (old === undefined || old === null) set(container, key, data, { old, run })
  else if (Array.isArray(old)) {
    if (run.borrowed?.isShared(old)) throw new TouchesInput()
    run.add(old, data)
  } else {
    // A map that moves into a list is found below its path no more.
    if (typeof old === 'object') output.known.length = 0
    set(container, key, [old, data], { old, run })
  }
  run.share(data)
}

function valueAt(container: Container, key: string): Value | undefined {
  if (!Array.isArray(container)) return get(container, key)
  if (key === '[]') return undefined
  const index = listIndex(key)
  if (index < 0) throw new TransformError(`index ${index} out of bounds`)
  return index < container.length ? container[index] : undefined
}

function set(container: Container, key: string, value: Value, { old, run }: { old: Value | undefined; run: Run }): void {
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

type Told = { readonly throughMap: readonly boolean[]; readonly keys: readonly string[]; readonly line: string }

/** Notes where a write will land, as text for people: `.a.b[0]`; nothing where something of another kind stands in its way. */
function explain({ tree: output, run }: Output, { throughMap, keys, line }: Told, data: Value): void {
  let tree: Value | undefined = output
  let place = ''
  for (const [i, key] of keys.entries()) {
    const map = throughMap[i] === true
    const open: boolean = tree === undefined || tree === null
    if (!open && (map ? !isMap(tree) : !Array.isArray(tree))) return
    if (i > 0) place += map ? `.${key}` : key === '[]' ? `[${Array.isArray(tree) ? tree.length : 0}]` : `[${key}]`
    tree = open ? undefined : valueAt(tree as Container, key)
  }
  if (Array.isArray(tree)) place += `[${tree.length}]`
  else if (tree !== undefined && tree !== null) {
    run.intoList(place)
    place += '[1]'
  }
  run.note(line, place, data)
}
