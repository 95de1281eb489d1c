import { MAX_ARRAY_GAP, MAX_WORK, TEXT_PER_WRITE } from './limits.ts'
import { JavaArray, JavaNumber } from './json.ts'
import type { Json, JsonObject, Value } from './json.ts'
import { FatalError, TransformError } from './spec-error.ts'
import { insert, keysOf, put, remove, shallowCopy, without } from './object.ts'

/** Which line of the spec (a JSON pointer) did what to which output path. */
export type Line = {
  readonly step: number
  readonly operation: string
  readonly spec: string
  readonly output: string
  readonly value?: Json | undefined
}

/** Thrown when a run that left its input uncopied is about to change what stands in two places; it is then repeated on a copy. */
export class TouchesInput extends Error {}

// Comparing with so many is quicker than hashing, which a fresh object makes dear.
const FEW = 24

function isContainer(value: Value): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof JavaNumber)
}

/** Containers, told by identity. */
class Containers {
  #few: Value[] | undefined
  #many: Set<Value> | undefined

  add(value: Value): void {
    if (this.#many !== undefined) this.#many.add(value)
    else if (this.#few === undefined) this.#few = [value]
    else if (this.#few.push(value) > FEW) this.#many = new Set(this.#few)
  }

  has(value: Value): boolean {
    return this.#many === undefined ? this.#few !== undefined && this.#few.includes(value) : this.#many.has(value)
  }
}

/**
 * The containers of an input that is not ours to change. Every container that can be reached through ours alone, and is not ours, is a `part`:
 * it is copied before it is changed, and its own containers become parts. What was written somewhere as a value may stand in two places, and
 * a copy would part them: it is `shared`, and nothing at or below it can be changed without a copy of everything.
 */
class Borrowed {
  readonly #parts = new Containers()
  readonly #shared = new Containers()

  addPart(value: Value): void {
    if (isContainer(value)) this.#parts.add(value)
  }

  /** A list that is no part may have been put together of containers that stand elsewhere. */
  share(value: Value): void {
    this.#shared.add(value)
    const items = value instanceof JavaArray ? value.items : value
    if (!Array.isArray(items) || this.#parts.has(items)) return
    for (const item of items) if (isContainer(item)) this.#shared.add(item)
  }

  /** Notes that a container moved out of a list. */
  adopt(list: Value, item: Value): void {
    if (this.#shared.has(list)) this.share(item)
    else if (this.#parts.has(list)) this.addPart(item)
  }

  isShared(value: Value): boolean {
    return this.#shared.has(value)
  }

  own<T extends Value>(value: T): T {
    return this.#isOurs(value) ? value : (shallowCopy(value, this.#parts) as T)
  }

  ownWithout(map: JsonObject, keys: readonly string[]): JsonObject {
    return this.#isOurs(map) ? map : without(map, keys, this.#parts)
  }

  #isOurs(value: Value): boolean {
    if (this.#shared.has(value)) throw new TouchesInput()
    return !this.#parts.has(value)
  }
}

type ListKind = 'fixed' | 'immutable'

/** What one run knows: its lists that cannot grow, its budget, the maps being iterated, and the explanation if asked for. */
export class Run {
  readonly context: Value
  /** What of the input is not ours to change; undefined where all was copied. */
  readonly borrowed: Borrowed | undefined
  lines: Line[] | undefined
  /** Whether an `Object[]` was made, which must become a list on the way out. */
  madeArray = false
  step = 0
  operation = ''
  #work = 0
  #lists: Map<Value, ListKind> | undefined
  #iterated: { map: JsonObject; changed: boolean }[] | undefined
  #literals: Map<Value, Value> | undefined

  /** `input` stays as it is; without one the run may change what it is given. */
  constructor(context: Value, input?: Value) {
    this.context = context
    this.borrowed = input === undefined ? undefined : new Borrowed()
    this.borrowed?.addPart(input ?? null)
  }

  /** The list or map itself where it may be changed, else a copy to be put in its place. */
  own<T extends Value>(value: T): T {
    return this.borrowed !== undefined && isContainer(value) ? this.borrowed.own(value) : value
  }

  /** A map that may be changed, from which the keys are still to be removed; or a copy that never had them. */
  ownWithout(map: JsonObject, keys: readonly string[]): JsonObject {
    return this.borrowed === undefined ? map : this.borrowed.ownWithout(map, keys)
  }

  /** Notes that a value was written, and may stand elsewhere too. */
  share(value: Value): void {
    if (this.borrowed !== undefined && isContainer(value)) this.borrowed.share(value)
  }

  /** Notes that an item takes the place of its list. */
  adopt(list: Value, item: Value): void {
    if (this.borrowed !== undefined && isContainer(item)) this.borrowed.adopt(list, item)
  }

  /** Called before something is changed of which nobody knows where it stands. */
  touch(): void {
    if (this.borrowed !== undefined) throw new TouchesInput()
  }

  /** Counts work done, and refuses more than the bound. */
  spend(amount = 1): void {
    this.#work += amount
    if (this.#work > MAX_WORK) throw new FatalError(`more than ${MAX_WORK} writes in one run`)
  }

  /** Marks a list that Java would refuse to let grow (Arrays.asList) or to change at all (Collections.emptyList). */
  mark(list: Value[], kind: ListKind): Value[] {
    this.#lists ??= new Map()
    this.#lists.set(list, kind)
    return list
  }

  isFixed(list: Value[]): boolean {
    return this.#lists !== undefined && this.#lists.has(list)
  }

  add(list: Value[], value: Value): void {
    if (this.#lists !== undefined && this.#lists.has(list)) throw new TransformError('list cannot grow')
    this.spend()
    list.push(value)
  }

  /** List.set within bounds. */
  set(list: Value[], index: number, value: Value): void {
    if (this.#lists?.get(list) === 'immutable') throw new TransformError('list cannot change')
    if (index < 0 || index >= list.length) throw new TransformError(`index ${index} out of bounds`)
    this.spend()
    list[index] = value
  }

  /** Fills with nulls until `index` is the last. */
  grow(list: Value[], index: number): void {
    const gap = index + 1 - list.length
    if (gap <= 0) return
    if (gap > MAX_ARRAY_GAP) throw new FatalError(`index ${index} is more than ${MAX_ARRAY_GAP} beyond the end of the list`)
    for (let i = 0; i < gap; i++) this.add(list, null)
  }

  removeAt(list: Value[], index: number): void {
    if (this.isFixed(list)) throw new TransformError('list cannot shrink')
    if (index >= list.length) throw new TransformError(`index ${index} out of bounds`)
    list.splice(index, 1)
  }

  put(map: JsonObject, key: string, value: Value): void {
    this.spend()
    if (put(map, key, value)) this.#changed(map)
  }

  /** Puts under a key that is known to be new. */
  insert(map: JsonObject, key: string, value: Value): void {
    this.spend()
    insert(map, key, value)
    this.#changed(map)
  }

  remove(map: JsonObject, key: string): Value | undefined {
    const old = remove(map, key)
    if (old !== undefined) this.#changed(map)
    return old
  }

  #changed(map: JsonObject): void {
    if (this.#iterated !== undefined) for (const frame of this.#iterated) if (frame.map === map) frame.changed = true
  }

  /** Visits the entries as a Java iterator does: values as they are when reached, and a failure when a key came or went before the last. */
  each(map: JsonObject, visit: (key: string, value: Value) => void): void {
    const keys = [...keysOf(map)]
    const frame = { map, changed: false }
    const frames = (this.#iterated ??= [])
    frames.push(frame)
    for (const key of keys) {
      const value = map[key]
      if (value === undefined) continue
      if (frame.changed) throw new TransformError('map changed while it was read')
      visit(key, value)
    }
    frames.pop()
  }

  /** The copy of a list or map of the spec that this run writes, one per run however often it is written. */
  literal(value: Value, copy: (value: Value) => Value): Value {
    if (typeof value !== 'object' || value === null) return value
    this.#literals ??= new Map()
    let own = this.#literals.get(value)
    if (own === undefined) {
      own = copy(value)
      this.#literals.set(value, own)
    }
    return own
  }

  /** Text of a place below another, made only where somebody asked for an explanation. */
  below(place: string, key: string | number): string {
    if (this.lines === undefined) return ''
    return typeof key === 'number' ? `${place}[${key}]` : `${place}.${key}`
  }

  /** What this step wrote at a place or below it is now the first element of a list there. */
  intoList(place: string): void {
    this.spend((this.lines?.length ?? 0) / TEXT_PER_WRITE)
    this.lines = this.lines?.map((line) => {
      const rest = line.output.slice(place.length)
      const moves = line.step === this.step && line.output.startsWith(place) && /^(?:$|[.[])/.test(rest)
      return moves ? { ...line, output: `${place}[0]${rest}` } : line
    })
  }

  note(spec: string, output: string, value?: Value): void {
    this.lines?.push({ step: this.step, operation: this.operation, spec, output, value: value as Json | undefined })
  }
}
