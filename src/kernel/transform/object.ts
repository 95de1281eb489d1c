import { Budget } from './budget.ts'
import { JavaArray, JavaNumber } from './json.ts'
import type { JsonObject, Value } from './json.ts'

// Where JavaScript's own order of keys is not the order of insertion (keys like "7" come first), the true order is kept here, not enumerable.
const ORDER = Symbol('key order')
const ROOT = Object.prototype
const MAX_INDEX_KEY = 4_294_967_294

// Looking for the order costs more than the rest of a write; nothing has one until a first key like "7" appears.
let someOrdered = false

type Ordered = JsonObject & { [ORDER]?: string[] }

/** Whether JavaScript would move this key to the front of its object. */
export function isIndexKey(key: string): boolean {
  const first = key.charCodeAt(0)
  if (!(first >= 48 && first <= 57) || key.length > 10) return false
  const value = Number(key)
  return value <= MAX_INDEX_KEY && String(value) === key
}

/** Whether a key may need more than an assignment: one like "7", or `__proto__`. Once it does, so do the keys that follow. */
export function mayBeOdd(key: string): boolean {
  const first = key.charCodeAt(0)
  return (first >= 48 && first <= 57) || first === 95
}

/** The value of an own key, null included; undefined when there is none. Never looks at prototypes. */
export function get(map: JsonObject, key: string): Value | undefined {
  const value = map[key] as Value | undefined | typeof ROOT
  if (value === undefined || typeof value === 'function' || value === ROOT) return undefined
  return key === '__proto__' && !Object.hasOwn(map, key) ? undefined : (value as Value)
}

/** Keys in Java's order. */
export function keysOf(map: JsonObject): string[] {
  return (someOrdered ? (map as Ordered)[ORDER] : undefined) ?? Object.keys(map)
}

/** The order of the keys where JavaScript has another. */
export function orderOf(map: JsonObject): readonly string[] | undefined {
  return someOrdered ? (map as Ordered)[ORDER] : undefined
}

/** Like LinkedHashMap.put: an old key keeps its place. Answers whether the key is new. */
export function put(map: JsonObject, key: string, value: Value): boolean {
  if (get(map, key) === undefined) {
    insert(map, key, value)
    return true
  }
  map[key] = value
  return false
}

/** Puts a copy in the place of the original, in a list or a map. */
export function replace(parent: Value, key: string, copy: Value): void {
  if (Array.isArray(parent)) parent[Number(key)] = copy
  else if (typeof parent === 'object' && parent !== null) (parent as JsonObject)[key] = copy
}

/** Puts under a key that is known to be new. */
export function insert(map: JsonObject, key: string, value: Value): void {
  if (someOrdered) {
    const order = (map as Ordered)[ORDER]
    if (order !== undefined) order.push(key)
    else if (isIndexKey(key)) setOrder(map, [...Object.keys(map).filter((known) => known !== key), key])
  } else if (isIndexKey(key)) setOrder(map, [...Object.keys(map).filter((known) => known !== key), key])
  if (key === '__proto__') Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true })
  else map[key] = value
}

/** Like LinkedHashMap.remove: the old value, undefined when there was none. */
export function remove(map: JsonObject, key: string): Value | undefined {
  const old = get(map, key)
  if (old === undefined) return undefined
  const order = someOrdered ? (map as Ordered)[ORDER] : undefined
  if (order !== undefined) order.splice(order.indexOf(key), 1)
  delete map[key]
  return old
}

/** A copy without some keys. An object that has lost keys is slow ever after, and this one is not. */
export function without(map: JsonObject, keys: readonly string[], parts?: { add: (item: Value) => void }): JsonObject {
  const copy: JsonObject = {}
  let careful = false
  for (const key of keysOf(map)) {
    const value = keys.includes(key) ? undefined : map[key]
    if (value === undefined) continue
    careful ||= mayBeOdd(key)
    if (careful) insert(copy, key, value)
    else copy[key] = value
    if (typeof value === 'object' && value !== null && !(value instanceof JavaNumber)) parts?.add(value)
  }
  return copy
}

/** Declares the order of the keys; for readers of text, which know it. */
export function setOrder(map: JsonObject, order: string[]): void {
  someOrdered = true
  Object.defineProperty(map, ORDER, { value: order, enumerable: false, writable: true, configurable: true })
}

/** Deep copy of a document, a list or map met twice copied twice, as reading its text would. Throws RangeError beyond the limits. */
export function copyOf(value: Value, budget = new Budget()): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    budget.enter(value.length)
    const copy = value.slice()
    for (let i = 0; i < copy.length; i++) {
      const item = copy[i]
      if (item === undefined) copy[i] = null
      else if (typeof item === 'object' && item !== null) copy[i] = copyOf(item, budget)
    }
    budget.leave()
    return copy
  }
  return value instanceof JavaNumber || value instanceof JavaArray ? value : copyOfMap(value, budget)
}

function copyOfMap(map: JsonObject, budget: Budget): JsonObject {
  const order = someOrdered ? (map as Ordered)[ORDER] : undefined
  const copy: JsonObject = { ...map }
  if (order !== undefined) setOrder(copy, [...order])
  let size = 0
  budget.enter(0)
  for (const key in copy) {
    const item = copy[key]
    size++
    if (item === undefined) return copyByKey(map, budget)
    if (typeof item === 'object' && item !== null) copy[key] = copyOf(item, budget)
  }
  budget.leave()
  budget.spend(size)
  return copy
}

/** A copy whose lists and maps are those of the original; each joins `parts`. */
export function shallowCopy(value: Value, parts: { add: (item: Value) => void }): Value {
  if (Array.isArray(value)) {
    const copy = value.slice()
    for (let i = 0; i < copy.length; i++) {
      const item = copy[i]
      if (item === undefined) copy[i] = null
      else if (typeof item === 'object' && item !== null && !(item instanceof JavaNumber)) parts.add(item)
    }
    return copy
  }
  if (typeof value !== 'object' || value === null || value instanceof JavaNumber || value instanceof JavaArray) return value
  const order = someOrdered ? (value as Ordered)[ORDER] : undefined
  const copy: JsonObject = { ...value }
  if (order !== undefined) setOrder(copy, [...order])
  for (const key in copy) {
    const item = copy[key]
    if (item === undefined) delete copy[key]
    else if (typeof item === 'object' && item !== null && !(item instanceof JavaNumber)) parts.add(item)
  }
  return copy
}

/** A copy without the keys that hold undefined. */
function copyByKey(map: JsonObject, budget: Budget): JsonObject {
  const copy: JsonObject = {}
  const keys = keysOf(map)
  budget.spend(keys.length)
  for (const key of keys) {
    const item = get(map, key)
    if (item !== undefined) insert(copy, key, copyOf(item, budget))
  }
  budget.leave()
  return copy
}
