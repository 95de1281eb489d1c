import { elementOf, literalElement } from './element.ts'
import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { javaText } from './java-text.ts'
import { alternatives } from './key-syntax.ts'
import { parseInteger } from './number-text.ts'
import { get, keysOf } from './object.ts'
import type { Element } from './path-element.ts'
import type { Run } from './run.ts'
import { ROOT, writerOf } from './shift-writer.ts'
import type { Output, Starts, Writer } from './shift-writer.ts'
import { BadSpec, TransformError, atLine, pointer } from './spec-error.ts'
import { inPrecedence } from './precedence.ts'
import { Match, Walk } from './walk.ts'

/** One shift going on: where it writes, how it got here. */
type Shifting = { readonly output: Output; readonly walk: Walk; readonly run: Run }

/** A line of the spec applied to one key; `value` is undefined below a scalar. Answers whether the key is taken. */
type Apply = (key: string, value: Value | undefined, shifting: Shifting) => boolean
type Line = { readonly element: Element; readonly apply: Apply }
type Literal = { readonly key: string; readonly index: number | undefined; readonly apply: Apply }

/** Compiles a shift: answers the output below its root key, undefined when nothing was written. */
export function compileShift(spec: Value, path: string): (input: Value, run: Run) => Value | undefined {
  if (!isMap(spec)) throw new BadSpec('shift takes a map')
  const root = composite(literalElement(ROOT), spec, { path, starts: new Map() })
  return (input, run) => {
    const tree: JsonObject = {}
    const walk = new Walk()
    walk.push(input, new Match(ROOT, undefined, -1))
    root(ROOT, input, { output: { tree, known: [], run }, walk, run })
    return get(tree, ROOT)
  }
}

/** Where a line stands in the spec, and what all lines of one shift know of each other's paths. */
type Place = { readonly path: string; readonly starts: Starts }

function lineOf(key: string, right: Value, place: Place): Line {
  const element = elementOf(key)
  return { element, apply: isMap(right) ? composite(element, right, place) : leaf(element, right, place) }
}

function writersOf(right: Value, { path, starts }: Place): Writer[] {
  if (right === null) return []
  if (Array.isArray(right)) return right.map((target, i) => atLine(pointer(path, i), () => writerOf(target, pointer(path, i), starts)))
  return [writerOf(right, path, starts)]
}

function leaf(element: Element, right: Value, place: Place): Apply {
  const writers = writersOf(right, place)
  const { kind, matches, transpose } = element
  const fixed = writers.every((writer) => writer.fixed)
  const named = kind === 'dollar' || kind === 'constant'
  const takes = !named && kind !== 'at' && kind !== 'transpose'
  // Such keys match whatever they are asked about, and nobody asks what they matched.
  if (fixed && (kind === 'literal' || element.star?.form === 'all')) {
    return (_, value, { output, walk }) => {
      for (const { write } of writers) write(value ?? null, output, walk)
      walk.lastMatch().hits++
      return true
    }
  }
  return (key, value, shifting) => {
    const { walk, output } = shifting
    const input = value ?? null
    const match = matches(key, walk)
    if (match === undefined) return false
    const data = named ? match.key : transpose === undefined ? input : transpose.value(walk)
    if (data === undefined) return false
    if (fixed) for (const { write } of writers) write(data, output, walk)
    else {
      walk.push(input, match)
      for (const { write } of writers) write(data, output, walk)
      walk.pop()
    }
    if (takes) walk.lastMatch().hits++
    return takes
  }
}

function composite(element: Element, spec: JsonObject, place: Place): Apply {
  const { kind, matches, transpose } = element
  if (kind === 'at' || kind === 'dollar') throw new BadSpec(`${element.raw} can not have children`)
  const { special, process } = children(spec, place)
  return (key, value, shifting) => {
    const { walk } = shifting
    const match = matches(key, walk)
    if (match === undefined) return false
    const input = transpose === undefined ? value : transpose.value(walk)
    if (transpose !== undefined && input === undefined) return false
    walk.push(input ?? null, match)
    for (const apply of special) apply(key, input, shifting)
    process(input ?? null, shifting)
    walk.pop()
    walk.lastMatch().hits++
    return true
  }
}

type Process = (input: Value, shifting: Shifting) => void

function children(spec: JsonObject, { path, starts }: Place): { special: Apply[]; process: Process } {
  const special: Apply[] = []
  const literals = new Map<string, Literal>()
  const computed: Line[] = []
  const seen = new Set<string>()
  for (const left of keysOf(spec)) {
    const line = pointer(path, left)
    for (const key of alternatives(left)) {
      const child = atLine(line, () => lineOf(key, get(spec, left) ?? null, { path: line, starts }))
      const { kind, canonical, raw } = child.element
      if (seen.has(canonical)) atLine(line, () => duplicate(canonical))
      seen.add(canonical)
      if (kind === 'literal') literals.set(raw, { key: raw, index: parseInteger(raw), apply: child.apply })
      else if (kind === 'at' || kind === 'constant' || kind === 'dollar' || kind === 'transpose') special.push(child.apply)
      else computed.push(child)
    }
  }
  if (seen.size === 0) throw new BadSpec('a map without lines says nothing')
  return { special, process: strategy(literals, inPrecedence(computed)) }
}

function duplicate(canonical: string): never {
  throw new BadSpec(`key ${canonical} stands twice`)
}

/** Literal keys are looked up in the order of the spec, then stars over the input; together in one pass where a star could also match a literal. */
function strategy(literals: ReadonlyMap<string, Literal>, computed: readonly Line[]): Process {
  const ordered = [...literals.values()]
  if (computed.length === 0)
    return byKind(literalsOfMap(ordered), literalsOfList(ordered), (key, shifting) => literals.get(key)?.apply(key, undefined, shifting))
  const applies = computed.map((line) => line.apply)
  const matchComputed = firstOf(applies)
  const conflict =
    ordered.length > 0 &&
    computed.some(({ element }) => element.star === undefined || ordered.some(({ key }) => element.star?.catches(key) !== undefined))
  if (conflict) {
    const either: Apply = (key, value, shifting) => literals.get(key)?.apply(key, value, shifting) ?? matchComputed(key, value, shifting)
    return byKind(eachOfMap(either), eachOfList(either), (key, shifting) => either(key, undefined, shifting))
  }
  const overMap = eachOfMap(matchComputed)
  const overList = eachOfList(matchComputed)
  if (ordered.length === 0) return byKind(overMap, overList, (key, shifting) => matchComputed(key, undefined, shifting))
  const literalMap = literalsOfMap(ordered)
  const literalList = literalsOfList(ordered)
  return byKind(
    (map, shifting) => {
      literalMap(map, shifting)
      overMap(map, shifting)
    },
    (list, shifting) => {
      literalList(list, shifting)
      overList(list, shifting)
    },
    (key, shifting) => {
      literals.get(key)?.apply(key, undefined, shifting)
      matchComputed(key, undefined, shifting)
    },
  )
}

function firstOf(applies: readonly Apply[]): Apply {
  const [only] = applies
  if (applies.length === 1 && only !== undefined) return only
  return (key, value, shifting) => {
    for (const apply of applies) if (apply(key, value, shifting)) return true
    return false
  }
}

type OverMap = (map: JsonObject, shifting: Shifting) => void
type OverList = (list: Value[], shifting: Shifting) => void

function byKind(overMap: OverMap, overList: OverList, onText: (key: string, shifting: Shifting) => void): Process {
  return (input, shifting) => {
    if (Array.isArray(input)) overList(input, shifting)
    else if (isMap(input)) overMap(input, shifting)
    else if (input !== null) onText(javaText(input), shifting)
  }
}

function literalsOfMap(literals: readonly Literal[]): OverMap {
  return (map, shifting) => {
    for (const { key, apply } of literals) {
      const value = get(map, key)
      if (value !== undefined) apply(key, value, shifting)
    }
  }
}

function literalsOfList(literals: readonly Literal[]): OverList {
  return (list, shifting) => {
    for (const { key, index, apply } of literals) {
      if (index === undefined || index >= list.length) continue
      if (index < 0) throw new TransformError(`index ${index} out of bounds`)
      apply(key, list[index] ?? null, shifting)
    }
  }
}

function eachOfMap(apply: Apply): OverMap {
  return (map, shifting) => {
    if (shifting.run.borrowed === undefined) {
      shifting.run.each(map, (key, value) => apply(key, value, shifting))
      return
    }
    for (const key of keysOf(map)) {
      const value = map[key]
      if (value !== undefined) apply(key, value, shifting)
    }
  }
}

function eachOfList(apply: Apply): OverList {
  return (list, shifting) => {
    for (let i = 0; i < list.length; i++) apply(String(i), list[i] ?? null, shifting)
  }
}
