import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { get, keysOf, put } from './object.ts'
import { FatalError } from './spec-error.ts'

/** Java's order of keys in `sort`: those with a tilde in front first, else by UTF-16 unit. */
function before(a: string, b: string): number {
  const tilde = Number(b.startsWith('~')) - Number(a.startsWith('~'))
  return tilde !== 0 ? tilde : a < b ? -1 : a > b ? 1 : 0
}

/** A copy with the keys of every map in order; lists keep theirs. */
export function sorted(value: Value, depth: number): Value {
  if (typeof value !== 'object' || value === null) return value
  if (depth <= 0) throw new FatalError('nested too deep to be sorted')
  if (Array.isArray(value)) return value.map((item) => sorted(item ?? null, depth - 1))
  if (!isMap(value)) return value
  const out: JsonObject = {}
  for (const key of [...keysOf(value)].sort(before)) {
    const item = get(value, key)
    if (item !== undefined) put(out, key, sorted(item, depth - 1))
  }
  return out
}
