import { atElement, literalElement, starElement } from './element.ts'
import { isMap, JavaArray } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { javaText } from './java-text.ts'
import { MAX_DEPTH } from './limits.ts'
import { get, insert, keysOf, replace, without } from './object.ts'
import type { Element } from './path-element.ts'
import type { Run } from './run.ts'
import { ROOT } from './shift-writer.ts'
import { BadSpec, FatalError, TransformError, atLine, pointer } from './spec-error.ts'
import { starOf } from './star.ts'
import { Walk } from './walk.ts'

/** `moved` takes the keys that go to the end of a map which was just copied, and is put together anew. */
type Adjusting = { readonly walk: Walk; readonly run: Run; readonly place: string; readonly moved?: string[] | undefined }
// So many lines are sooner looked up than the keys of the data gone through.
const FEW_LINES = 8

/** One key with its value and the container it stands in: undefined above the root, text for the one key of a scalar. */
type Slot = { readonly key: string; readonly value: Value; readonly parent: Value | undefined }
/** Answers what stands at the key then, where it is no more what stood there; not asked of leaves. */
type Apply = (slot: Slot, adjusting: Adjusting) => Value | undefined
type Adjust = (slot: Slot, adjusting: Adjusting) => Value
/** `moves` where the key may go to the end of its map. */
type Line = { readonly element: Element; readonly apply: Apply; readonly adjust: Adjust | undefined; readonly moves: boolean }

/** Compiles a cardinality. */
export function compileCardinality(spec: Value, path: string): (input: Value, run: Run) => Value {
  if (!isMap(spec)) throw new BadSpec('cardinality takes a map')
  const root = composite(literalElement(ROOT), spec, path)
  return (input, run) => {
    return root({ key: ROOT, value: input, parent: undefined }, { walk: new Walk(), run, place: '' }) ?? input
  }
}

function elementOfKey(key: string): Element {
  if (key.includes('@')) return atElement(key)
  return key.includes('*') ? starElement(key, starOf(key, false)) : literalElement(key)
}

function lineOf(key: string, right: Value, path: string): Line {
  const element = elementOfKey(key)
  if (isMap(right)) {
    if (element.kind === 'at') throw new BadSpec('@ can not have children')
    return { element, apply: composite(element, right, path), adjust: undefined, moves: get(right, '@') === 'MANY' }
  }
  if (right !== 'ONE' && right !== 'MANY') throw new BadSpec('cardinality is ONE or MANY')
  const adjust = right === 'ONE' ? toOne(element, path) : toMany(element, path)
  const apply: Apply = (slot, adjusting) => {
    if (element.matches(slot.key, adjusting.walk) !== undefined) adjust(slot, adjusting)
    return undefined
  }
  return { element, apply, adjust, moves: right === 'MANY' }
}

function mapOf(parent: Value | undefined): JsonObject {
  if (!isMap(parent)) throw new TransformError('cardinality changes the keys of maps only')
  return parent
}

/** The first of a list, null for an empty one; anything else stays, and counts as null for the lines below. */
function toOne({ raw }: Element, path: string): Adjust {
  return ({ key, value, parent }, { run, place }) => {
    if (parent !== undefined) mapOf(parent)
    const items = value instanceof JavaArray ? value.items : value
    if (!Array.isArray(items)) return null
    if (value instanceof JavaArray && items.length === 0) throw new TransformError(`nothing to make one of at ${raw}`)
    const one = items[0] ?? null
    run.adopt(items, one)
    run.put(mapOf(parent), key, one)
    run.note(path, place, one)
    return one
  }
}

/** A list stays, null becomes an empty list that nothing can change, anything else a list of one, under a key that moves to the end. */
function toMany(_: Element, path: string): Adjust {
  return ({ key, value, parent }, { run, place, moved }) => {
    const map = mapOf(parent)
    const many = listOf(value, run)
    if (!Array.isArray(value) && !(value instanceof JavaArray) && value !== null) {
      many.push(value)
      if (moved === undefined) run.remove(map, key)
      else moved.push(key)
    }
    run.put(map, key, many)
    if (many !== value) run.note(path, place, many)
    return many
  }
}

function listOf(value: Value, run: Run): Value[] {
  if (Array.isArray(value)) return value
  if (value instanceof JavaArray) return run.mark(value.items, 'fixed')
  return value === null ? run.mark([], 'immutable') : []
}

function composite(element: Element, spec: JsonObject, path: string): Apply {
  const { self, literals, computed, movers } = children(spec, path)
  const choose: Apply = (slot, adjusting) => {
    const literal = literals.get(slot.key)
    return literal === undefined ? computed?.(slot, adjusting) : literal(slot, adjusting)
  }
  const only = computed === undefined && movers < 2 && literals.size <= FEW_LINES ? [...literals] : undefined
  return ({ key, value, parent }, adjusting) => {
    const { walk, run, place } = adjusting
    const match = element.matches(key, walk)
    if (match === undefined) return undefined
    walk.push(value, match)
    const adjusted = self === undefined ? value : self({ key, value, parent }, adjusting)
    const input = run.own(adjusted)
    const moved = input === adjusted || !isMap(input) ? undefined : []
    process(input, { choose, only }, { walk, run, place, moved })
    walk.pop()
    const made = moved === undefined || moved.length === 0 || !isMap(input) ? input : atEnd(input, moved)
    if (made !== adjusted && parent !== undefined) replace(parent, key, made)
    return self === undefined ? made : undefined
  }
}

function atEnd(map: JsonObject, moved: readonly string[]): JsonObject {
  const copy = without(map, moved)
  for (const key of moved) insert(copy, key, get(map, key) ?? null)
  return copy
}

/** `only` where no line has stars and their order is all the same: then the lines are asked for their keys, else the keys for their line. */
type Choice = { readonly choose: Apply; readonly only: readonly (readonly [string, Apply])[] | undefined }

function process(input: Value, { choose, only }: Choice, { walk, run, place, moved }: Adjusting): void {
  if (Array.isArray(input)) {
    for (let i = 0; i < input.length; i++)
      choose({ key: String(i), value: input[i] ?? null, parent: input }, { walk, run, place: run.below(place, i) })
  } else if (isMap(input)) {
    // Java goes through a set of the entries: keys may come and go meanwhile, but hashing them ends badly where data holds itself.
    if (run.step > 0) needTree(input, run, MAX_DEPTH)
    if (only !== undefined && (only.length === 1 || run.step === 0)) {
      for (const [key, apply] of only) {
        const value = get(input, key)
        if (value !== undefined) apply({ key, value, parent: input }, { walk, run, place: run.below(place, key), moved })
      }
      return
    }
    for (const key of keysOf(input).slice()) {
      const value = get(input, key)
      if (value !== undefined) choose({ key, value, parent: input }, { walk, run, place: run.below(place, key), moved })
    }
  } else if (input !== null) {
    const text = javaText(input)
    choose({ key: text, value: null, parent: text }, { walk, run, place })
  }
}

/** Only an earlier step can have put a map or list into itself. */
function needTree(value: Value, run: Run, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth <= 0) throw new FatalError('nested too deep, or within itself')
  run.spend()
  if (Array.isArray(value)) for (const item of value) needTree(item, run, depth - 1)
  else if (isMap(value)) for (const key of keysOf(value)) needTree(get(value, key) ?? null, run, depth - 1)
}

type Children = {
  readonly self: Adjust | undefined
  readonly literals: ReadonlyMap<string, Apply>
  readonly computed: Apply | undefined
  readonly movers: number
}

function children(spec: JsonObject, path: string): Children {
  const literals = new Map<string, Apply>()
  const computed: Apply[] = []
  let self: Adjust | undefined
  let movers = 0
  for (const key of keysOf(spec)) {
    const line = pointer(path, key)
    const child = atLine(line, () => lineOf(key, get(spec, key) ?? null, line))
    // Every key is a literal too: data that holds a key "*" or "@" meets that line first.
    literals.set(key, child.apply)
    if (child.moves) movers++
    if (child.element.kind === 'at') self = child.adjust
    else if (child.element.kind === 'star') computed.push(child.apply)
  }
  if (literals.size === 0) throw new BadSpec('a map without lines says nothing')
  // Jolt has no order for stars here and fails to compare them.
  if (computed.length > 1) throw new BadSpec('cardinality can not have two keys with stars side by side')
  return { self, literals, computed: computed[0], movers }
}
