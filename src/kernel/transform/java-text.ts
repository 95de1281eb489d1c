import { Budget } from './budget.ts'
import { JavaArray, JavaNumber } from './json.ts'
import type { Value } from './json.ts'
import { numberText } from './number-text.ts'
import { get, keysOf } from './object.ts'

/** Java's `String.valueOf`: `{a=1, b=[x, null]}`. Throws RangeError beyond the limits. */
export function javaText(value: Value, budget = new Budget()): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined || typeof value === 'boolean') return String(value ?? null)
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof JavaNumber) return numberText(value)
  // Java adds the address of the array, different in every run.
  if (value instanceof JavaArray) return '[Ljava.lang.Object;'
  let text: string
  if (Array.isArray(value)) {
    budget.enter(value.length)
    text = `[${value.map((item) => (item === value ? '(this Collection)' : javaText(item, budget))).join(', ')}]`
  } else {
    const keys = keysOf(value)
    budget.enter(keys.length)
    const entry = (key: string): string => {
      const item = get(value, key) ?? null
      return `${key}=${item === value ? '(this Map)' : javaText(item, budget)}`
    }
    text = `{${keys.map(entry).join(', ')}}`
  }
  budget.leave()
  return text
}
