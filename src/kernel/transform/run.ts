import { MAX_ARRAY_GAP, MAX_WORK, TEXT_PER_WRITE } from './limits.ts'
import type { Json, JsonObject, Value } from './json.ts'
import { FatalError, TransformError } from './spec-error.ts'
import { insert, keysOf, put, remove } from './object.ts'

/** Which line of the spec (a JSON pointer) did what to which output path. */
export type Line = {
  readonly step: number
  readonly operation: string
  readonly spec: string
  readonly output: string
  readonly value?: Json | undefined
}

/** Thrown when a run that left its input uncopied is about to change it; the run is then repeated on a copy. */
export class TouchesInput extends Error {}

// Comparing with so many is quicker than hashing, which a fresh object makes dear.
const FEW = 24

/** Containers, told by identity. */
class Containers {
  readonly #few: Value[] = []
  #many: Set<Value> | undefined

  add(value: Value): void {
    if (this.#many !== undefined) this.#many.add(value)
    else if (this.#few.push(value) > FEW) this.#many = new Set(this.#few)
  }

  has(value: Value): boolean {
    return this.#many === undefined ? this.#few.includes(value) : this.#many.has(value)
  }
}

type ListKind = 'fixed' | 'immutable'

/** What one run knows: its lists that cannot grow, its budget, the maps being iterated, and the explanation if asked for. */
export class Run {
  readonly context: Value
  /** Containers of the input that the output holds, while the input is not ours to change. */
  readonly foreign: Containers | undefined
  lines: Line[] | undefined
  /** Whether an `Object[]` was made, which must become a list on the way out. */
  madeArray = false
  step = 0
  operation = ''
  #work = 0
  #lists: Map<Value, ListKind> | undefined
  #iterated: { map: JsonObject; changed: boolean }[] = []
  #literals: Map<Value, Value> | undefined

  constructor(context: Value, borrowed: boolean) {
    this.context = context
    this.foreign = borrowed ? new Containers() : undefined
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
    if (this.#iterated.length > 0) this.#changed(map)
  }

  remove(map: JsonObject, key: string): Value | undefined {
    const old = remove(map, key)
    if (old !== undefined) this.#changed(map)
    return old
  }

  #changed(map: JsonObject): void {
    for (const frame of this.#iterated) if (frame.map === map) frame.changed = true
  }

  /** Visits the entries as a Java iterator does: values as they are when reached, and a failure when a key came or went before the last. */
  each(map: JsonObject, visit: (key: string, value: Value) => void): void {
    const keys = [...keysOf(map)]
    const frame = { map, changed: false }
    this.#iterated.push(frame)
    for (const key of keys) {
      const value = map[key]
      if (value === undefined) continue
      if (frame.changed) throw new TransformError('map changed while it was read')
      visit(key, value)
    }
    this.#iterated.pop()
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
