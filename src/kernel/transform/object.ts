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

/** Like LinkedHashMap.put: an old key keeps its place. Answers whether the key is new. */
export function put(map: JsonObject, key: string, value: Value): boolean {
  if (get(map, key) === undefined) {
    insert(map, key, value)
    return true
  }
  map[key] = value
  return false
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

/** Declares the order of the keys; for readers of text, which know it. */
export function setOrder(map: JsonObject, order: string[]): void {
  someOrdered = true
  Object.defineProperty(map, ORDER, { value: order, enumerable: false, writable: true, configurable: true })
}

/** Deep copy of a document, a list or map met twice copied twice, as reading its text would. */
export function copyOf(value: Value, depth: number): Value {
  if (typeof value !== 'object' || value === null) return value
  if (depth <= 0) throw new RangeError('document is nested too deep')
  if (Array.isArray(value)) {
    const copy: Value[] = []
    for (const item of value) copy.push(item === undefined ? null : copyOf(item, depth - 1))
    return copy
  }
  if (value instanceof JavaNumber || value instanceof JavaArray) return value
  const map: JsonObject = value
  const order = (map as Ordered)[ORDER]
  const copy: JsonObject = {}
  if (order !== undefined) setOrder(copy, [...order])
  for (const key of order ?? Object.keys(map)) {
    const item = map[key]
    if (item === undefined) continue
    const copied = typeof item === 'object' ? copyOf(item, depth - 1) : item
    if (key === '__proto__') Object.defineProperty(copy, key, { value: copied, enumerable: true, writable: true, configurable: true })
    else copy[key] = copied
  }
  return copy
}
