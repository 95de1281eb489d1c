import { atElement, literalElement, starElement } from './element.ts'
import { isMap, JavaArray } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { javaText } from './java-text.ts'
import { MAX_DEPTH } from './limits.ts'
import { get, keysOf, replace } from './object.ts'
import type { Element } from './path-element.ts'
import type { Run } from './run.ts'
import { ROOT } from './shift-writer.ts'
import { BadSpec, FatalError, TransformError, atLine, pointer } from './spec-error.ts'
import { starOf } from './star.ts'
import { Walk } from './walk.ts'

type Adjusting = { readonly walk: Walk; readonly run: Run; readonly place: string }
/** One key with its value and the container it stands in: undefined above the root, text for the one key of a scalar. */
type Slot = { readonly key: string; readonly value: Value; readonly parent: Value | undefined }
type Apply = (slot: Slot, adjusting: Adjusting) => boolean
type Adjust = (slot: Slot, adjusting: Adjusting) => Value
type Line = { readonly element: Element; readonly apply: Apply; readonly adjust: Adjust | undefined }

/** Compiles a cardinality. */
export function compileCardinality(spec: Value, path: string): (input: Value, run: Run) => Value {
  if (!isMap(spec)) throw new BadSpec('cardinality takes a map')
  const root = composite(literalElement(ROOT), spec, path)
  return (input, run) => {
    const output = run.own(input)
    root({ key: ROOT, value: output, parent: undefined }, { walk: new Walk(), run, place: '' })
    return output
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
    return { element, apply: composite(element, right, path), adjust: undefined }
  }
  if (right !== 'ONE' && right !== 'MANY') throw new BadSpec('cardinality is ONE or MANY')
  const adjust = right === 'ONE' ? toOne(element, path) : toMany(element, path)
  const apply: Apply = (slot, adjusting) => {
    if (element.matches(slot.key, adjusting.walk) === undefined) return false
    adjust(slot, adjusting)
    return true
  }
  return { element, apply, adjust }
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
  return ({ key, value, parent }, { run, place }) => {
    if (parent !== undefined) mapOf(parent)
    const map = mapOf(parent)
    const many = listOf(value, run)
    if (!Array.isArray(value) && !(value instanceof JavaArray) && value !== null) many.push(run.remove(map, key) ?? null)
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
  const { self, literals, computed } = children(spec, path)
  const choose: Apply = (slot, adjusting) => {
    const literal = literals.get(slot.key)
    if (literal !== undefined) return literal(slot, adjusting)
    return computed?.(slot, adjusting) ?? false
  }
  return ({ key, value, parent }, { walk, run, place }) => {
    const match = element.matches(key, walk)
    if (match === undefined) return false
    walk.push(value, match)
    const adjusted = self === undefined ? value : self({ key, value, parent }, { walk, run, place })
    const input = run.own(adjusted)
    if (input !== adjusted && parent !== undefined) replace(parent, key, input)
    process(input, choose, { walk, run, place })
    walk.pop()
    return true
  }
}

function process(input: Value, choose: Apply, { walk, run, place }: Adjusting): void {
  if (Array.isArray(input)) {
    for (let i = 0; i < input.length; i++)
      choose({ key: String(i), value: input[i] ?? null, parent: input }, { walk, run, place: run.below(place, i) })
  } else if (isMap(input)) {
    // Java goes through a set of the entries: keys may come and go meanwhile, but hashing them ends badly where data holds itself.
    if (run.step > 0) needTree(input, run, MAX_DEPTH)
    for (const key of keysOf(input).slice()) {
      const value = get(input, key)
      if (value !== undefined) choose({ key, value, parent: input }, { walk, run, place: run.below(place, key) })
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

type Children = { readonly self: Adjust | undefined; readonly literals: ReadonlyMap<string, Apply>; readonly computed: Apply | undefined }

function children(spec: JsonObject, path: string): Children {
  const literals = new Map<string, Apply>()
  const computed: Apply[] = []
  let self: Adjust | undefined
  for (const key of keysOf(spec)) {
    const line = pointer(path, key)
    const child = atLine(line, () => lineOf(key, get(spec, key) ?? null, line))
    // Every key is a literal too: data that holds a key "*" or "@" meets that line first.
    literals.set(key, child.apply)
    if (child.element.kind === 'at') self = child.adjust
    else if (child.element.kind === 'star') computed.push(child.apply)
  }
  if (literals.size === 0) throw new BadSpec('a map without lines says nothing')
  // Jolt has no order for stars here and fails to compare them.
  if (computed.length > 1) throw new BadSpec('cardinality can not have two keys with stars side by side')
  return { self, literals, computed: computed[0] }
}
