import { Budget } from './budget.ts'
import { ofEither, ofList, ofWhole, ledOfList } from './function-shape.ts'
import type { JoltFunction } from './function-shape.ts'
import { doubleValue, intValue, isKind, kindOf, longValue } from './java-number.ts'
import type { Numeric } from './java-number.ts'
import { JavaArray, isMap, isNumber } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { MAX_DEPTH } from './limits.ts'
import { numberText } from './number-text.ts'
import { get, keysOf } from './object.ts'
import type { Run } from './run.ts'
import { FatalError, TransformError } from './spec-error.ts'

const isInt = (value: Value): value is Numeric => isKind(value, 'int')

/** Java's natural order: within one class only, and not for null, lists or maps. */
function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (isNumber(a) && isNumber(b) && kindOf(a) === kindOf(b)) return compareNumbers(a, b)
  throw new TransformError('these values have no order')
}

function compareNumbers(a: Numeric, b: Numeric): number {
  if (kindOf(a) !== 'double') {
    const [x, y] = kindOf(a) === 'big' ? [BigInt(String(a)), BigInt(String(b))] : [longValue(a), longValue(b)]
    return x < y ? -1 : x > y ? 1 : 0
  }
  const [x, y] = [doubleValue(a), doubleValue(b)]
  if (x < y) return -1
  if (x > y) return 1
  const rank = (value: number): number => (Number.isNaN(value) ? 2 : Object.is(value, -0) ? 0 : 1)
  return rank(x) - rank(y)
}

function sort(items: readonly Value[], run: Run): Value {
  // Comparing neighbours first finds values that do not compare: JavaScript's sort may throw half way, and skips undefined.
  for (let i = 1; i < items.length; i++) compare(items[0] ?? null, items[i] ?? null)
  run.madeArray = true
  return new JavaArray([...items].sort(compare))
}

function squash(value: Value, run: Run): void {
  if (Array.isArray(value)) {
    if (!value.includes(null)) return
    if (run.isFixed(value)) throw new TransformError('list cannot shrink')
    run.touch()
    let kept = 0
    for (const item of value) if (item !== null) value[kept++] = item
    value.length = kept
  } else if (isMap(value)) {
    for (const key of keysOf(value).slice()) {
      if (get(value, key) !== null) continue
      run.touch()
      run.remove(value, key)
    }
  }
}

function squashDeep(value: Value, run: Run, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth <= 0) throw new FatalError('nested too deep')
  run.spend()
  squash(value, run)
  if (Array.isArray(value)) for (const item of value) squashDeep(item, run, depth - 1)
  else if (isMap(value)) for (const key of keysOf(value)) squashDeep(get(value, key) ?? null, run, depth - 1)
}

/** A text equal for two values exactly when Java's `equals` holds: numbers by kind, maps without regard to order. */
function identityText(value: Value, budget = new Budget()): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value ?? null)
  if (typeof value === 'string') return JSON.stringify(value)
  if (isNumber(value))
    return kindOf(value) === 'double'
      ? `double ${Object.is(doubleValue(value), -0) ? '-0' : doubleValue(value)}`
      : `${kindOf(value)} ${numberText(value)}`
  if (!Array.isArray(value) && !isMap(value)) return 'array'
  const keys = Array.isArray(value) ? [] : keysOf(value)
  budget.enter(Array.isArray(value) ? value.length : keys.length)
  const entry = (map: JsonObject, key: string): string => `${JSON.stringify(key)}:${identityText(get(map, key) ?? null, budget)}`
  const text = Array.isArray(value)
    ? `[${value.map((item) => identityText(item, budget)).join()}]`
    : `{${keys
        .map((key) => entry(value, key))
        .sort()
        .join()}}`
  budget.leave()
  return text
}

function distinct(value: Value): Value {
  if (!Array.isArray(value)) return value
  const seen = new Map<unknown, Value>()
  for (const item of value) {
    const identity = item instanceof JavaArray ? item : identityText(item)
    if (!seen.has(identity)) seen.set(identity, item)
  }
  return [...seen.values()]
}

export const LIST_FUNCTIONS: Record<string, JoltFunction> = {
  firstElement: ofList((items) => items[0]),
  lastElement: ofList((items) => items.at(-1)),
  elementAt: ledOfList(isInt, (index, items) => (intValue(index) < items.length ? items[intValue(index)] : undefined)),
  toList: ofEither(
    (value, run) => run.mark([value], 'fixed'),
    (items) => items,
  ),
  sort: ofEither((value) => value, sort),
  squashNulls: ofWhole((value, run) => {
    squash(value, run)
    return value
  }),
  recursivelySquashNulls: ofWhole((value, run) => {
    squashDeep(value, run, MAX_DEPTH)
    return value
  }),
  squashDuplicates: ofWhole(distinct),
}
