import { elementOf, literalElement } from './element.ts'
import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { javaText } from './java-text.ts'
import { alternatives } from './key-syntax.ts'
import { evaluatorOf } from './modify-value.ts'
import type { Evaluate } from './modify-value.ts'
import { canCreate, setValue } from './modify-mode.ts'
import type { Mode } from './modify-mode.ts'
import { get, keysOf, replace } from './object.ts'
import type { Element } from './path-element.ts'
import { inPrecedence } from './precedence.ts'
import type { Run } from './run.ts'
import { ROOT } from './shift-writer.ts'
import { BadSpec, atLine, pointer } from './spec-error.ts'
import { Match, Walk } from './walk.ts'

type Apply = (key: string, value: Value | undefined, walk: Walk, run: Run) => boolean
type Line = { readonly element: Element; readonly onlyPresent: boolean; readonly apply: Apply }
type Place = { readonly mode: Mode; readonly path: string }

/** Compiles a modify. */
export function compileModify(spec: Value, mode: Mode, path: string): (input: Value, run: Run) => Value {
  if (!isMap(spec)) throw new BadSpec('modify takes a map')
  const root = composite(literalElement(ROOT), spec, { own: mode, mode, path })
  return (input, run) => {
    const walk = new Walk()
    const match = new Match(ROOT, undefined, -1)
    const output = run.own(input)
    walk.push(output, match)
    root(ROOT, output, match, { walk, run })
    return output
  }
}

const PREFIXES: Record<string, Mode> = { '+': 'overwrite', '~': 'default', _: 'define' }

/** One line: a mode of its own may stand in front, a question mark behind asks for a value to be there. */
function lineOf(left: string, right: Value, { mode, path }: Place): Line {
  if (left === '') throw new BadSpec('modify takes no empty key')
  const first = left.charAt(0)
  const own = Object.hasOwn(PREFIXES, first) ? PREFIXES[first] : undefined
  let key = own === undefined ? left : left.slice(1)
  const onlyPresent = left.length > 1 && left.endsWith('?') && !key.endsWith('\\?')
  if (onlyPresent) key = key.slice(0, -1)
  const element = elementOf(key)
  if (element.kind !== 'star' && element.kind !== 'literal' && element.kind !== 'array')
    throw new BadSpec(`${key} can not be a key of modify`)
  const isComposite = isMap(right) && keysOf(right).length > 0
  const at = { own: own ?? mode, mode, path }
  const inner = isComposite ? composite(element, right, at) : leaf(right, at)
  const apply: Apply = (name, value, walk, run) => {
    const match = element.matches(name, walk)
    if (match === undefined) return false
    if (!onlyPresent || value !== undefined) inner(name, value, match, { walk, run })
    return true
  }
  return { element, onlyPresent, apply }
}

type At = { readonly walk: Walk; readonly run: Run }
type Inner = (key: string, value: Value | undefined, match: Match, at: At) => void
type OwnPlace = Place & { readonly own: Mode }

function leaf(right: Value, { own, path }: OwnPlace): Inner {
  const evaluators: Evaluate[] =
    Array.isArray(right) && right.length > 0
      ? right.map((item, i) => atLine(pointer(path, i), () => evaluatorOf(item)))
      : [evaluatorOf(right)]
  return (_, value, match, { walk, run }) => {
    const parent = walk.treeAt(0)
    walk.push(value ?? null, match)
    for (const evaluate of evaluators) {
      const found = evaluate(value, walk, run)
      if (found === undefined) continue
      if (setValue({ parent, match, mode: own, run }, found) && run.lines !== undefined) run.note(path, placeOf(walk), found)
      break
    }
    walk.pop()
  }
}

function placeOf({ matches, trees }: Walk): string {
  let place = ''
  for (let i = 2; i < matches.length; i++) place += Array.isArray(trees[i - 1]) ? `[${matches[i]?.key}]` : `.${matches[i]?.key}`
  return place
}

type DataType = 'list' | 'map' | 'any'

function composite(_: Element, spec: JsonObject, { own, mode, path }: OwnPlace): Inner {
  const { type, longest, process } = children(spec, { own, mode, path })
  return (key, value, thisMatch, { walk, run }) => {
    let input = value ?? null
    let match = thisMatch
    if (type === 'list' ? input !== null && !Array.isArray(input) : type === 'map' ? input !== null && !isMap(input) : input === null)
      return
    if (input === null) input = create(key, { type, own, path }, { walk, run })
    else if (value !== undefined && typeof input === 'object') {
      input = run.own(input)
      if (input !== value) replace(walk.treeAt(0), key, input)
    }
    if (Array.isArray(input)) {
      match = new Match(match.key, undefined, input.length)
      if (type === 'list') run.grow(input, longest)
    }
    walk.push(input, match)
    process(input, { walk, run })
    walk.pop()
  }
}

/** The container that a line needs where the data has none; null where its mode may not write. */
function create(key: string, { type, own, path }: { type: DataType; own: Mode; path: string }, { walk, run }: At): Value {
  const parent = walk.treeAt(0)
  if (!canCreate({ parent, key, size: walk.lastMatch().size, mode: own })) return null
  const made: Value = type === 'list' ? [] : {}
  if (Array.isArray(parent)) run.set(parent, Number(key), made)
  else if (isMap(parent)) run.put(parent, key, made)
  if (run.lines !== undefined) run.note(path, run.below(placeOf(walk), Array.isArray(parent) ? Number(key) : key), made)
  return made
}

type Process = (input: Value, at: At) => void
type Children = { readonly type: DataType; readonly longest: number; readonly process: Process }

function children(spec: JsonObject, { own, mode, path }: OwnPlace): Children {
  const literals = new Map<string, Line>()
  const computed: Line[] = []
  const seen = new Set<string>()
  let map = false
  let list = false
  let longest = -1
  for (const left of keysOf(spec)) {
    const line = pointer(path, left)
    for (const key of alternatives(left)) {
      const child = atLine(line, () => lineOf(key, get(spec, left) ?? null, { mode, path: line }))
      const { kind, canonical, raw, index, star } = child.element
      if (seen.has(canonical)) atLine(line, () => duplicate(canonical))
      seen.add(canonical)
      if (kind === 'literal') literals.set(raw, child)
      else if (kind === 'array') {
        if (index === undefined) throw new BadSpec(`modify knows no array key but [n], and not ${raw}`)
        if (!child.onlyPresent) longest = Math.max(longest, index)
        literals.set(String(index), child)
      } else computed.push(child)
      map ||= kind === 'literal' || (star !== undefined && star.form !== 'all')
      list ||= kind === 'array'
      if (map && list) atLine(line, () => mixed())
    }
  }
  const type: DataType = list ? 'list' : map ? 'map' : 'any'
  return { type, longest, process: strategy([...literals], inPrecedence(computed), own === 'define' && type === 'list') }
}

function duplicate(canonical: string): never {
  throw new BadSpec(`key ${canonical} stands twice`)
}

function mixed(): never {
  throw new BadSpec('keys of a map and indexes of a list do not mix')
}

function strategy(literals: readonly (readonly [string, Line])[], computed: readonly Line[], either: boolean): Process {
  const ordered = literals.map(([key, { apply }]) => ({ key, index: Number(key), apply }))
  const byKey = new Map(ordered.map((literal) => [literal.key, literal.apply]))
  const matchComputed: Apply = (key, value, walk, run) => computed.some(({ apply }) => apply(key, value, walk, run))
  const choose: Apply = (key, value, walk, run) => (byKey.get(key) ?? matchComputed)(key, value, walk, run)
  const literalsFirst = !(either && computed.length > 0)
  const overInput = literalsFirst ? matchComputed : choose
  const overLiterals: Process = (input, { walk, run }) => {
    if (isMap(input)) for (const { key, apply } of ordered) apply(key, get(input, key), walk, run)
    else if (Array.isArray(input)) for (const { key, index, apply } of ordered) apply(key, itemAt(input, index, walk), walk, run)
  }
  const overAll: Process = (input, { walk, run }) => {
    if (Array.isArray(input)) for (let i = 0; i < input.length; i++) overInput(String(i), itemAt(input, i, walk), walk, run)
    else if (isMap(input)) run.each(input, (key, value) => overInput(key, value, walk, run))
    else if (input !== null) overInput(javaText(input), undefined, walk, run)
  }
  if (computed.length === 0) return overLiterals
  if (ordered.length === 0 || !literalsFirst) return overAll
  return (input, at) => {
    overLiterals(input, at)
    overAll(input, at)
  }
}

/** An element, missing where it is beyond the end or a null that only padding put there. */
function itemAt(list: Value[], index: number, walk: Walk): Value | undefined {
  const item = list[index]
  const { size } = walk.lastMatch()
  if (index >= list.length) return undefined
  return item === null && size >= 0 && index >= size ? undefined : item
}
