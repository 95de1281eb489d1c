import { JavaArray, JavaNumber } from './json.ts'
import type { Value } from './json.ts'
import { MAX_DEPTH } from './limits.ts'
import { numberText } from './number-text.ts'
import { get, keysOf } from './object.ts'
import { FatalError } from './spec-error.ts'

/** Java's `String.valueOf`: `{a=1, b=[x, null]}`. */
export function javaText(value: Value, depth = MAX_DEPTH): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined || typeof value === 'boolean') return String(value ?? null)
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof JavaNumber) return numberText(value)
  // Java adds the address of the array, different in every run.
  if (value instanceof JavaArray) return '[Ljava.lang.Object;'
  if (depth <= 0) throw new FatalError('nested too deep to be written as text')
  if (Array.isArray(value)) return `[${value.map((item) => (item === value ? '(this Collection)' : javaText(item, depth - 1))).join(', ')}]`
  const entry = (key: string): string => {
    const item = get(value, key) ?? null
    return `${key}=${item === value ? '(this Map)' : javaText(item, depth - 1)}`
  }
  return `{${keysOf(value).map(entry).join(', ')}}`
}
