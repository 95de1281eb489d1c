import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { get, insert, keysOf } from './object.ts'
import type { Run } from './run.ts'
import { FatalError } from './spec-error.ts'

// Below this many keys, putting each in its place is quicker than a sort that asks back.
const FEW_KEYS = 12
const TILDE = 126

/** Java's order of keys in `sort`: those with a tilde in front first, else by UTF-16 unit. */
function before(a: string, b: string): number {
  const tilde = Number(b.charCodeAt(0) === TILDE) - Number(a.charCodeAt(0) === TILDE)
  return tilde !== 0 ? tilde : a < b ? -1 : a > b ? 1 : 0
}

function sortedKeys(map: JsonObject): string[] {
  const keys = keysOf(map).slice()
  if (keys.length > FEW_KEYS) return keys.sort(before)
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? ''
    let at = i
    for (; at > 0 && before(keys[at - 1] ?? '', key) > 0; at--) keys[at] = keys[at - 1] ?? ''
    keys[at] = key
  }
  return keys
}

/** A copy with the keys of every map in order; lists keep theirs. */
export function sorted(value: Value, run: Run, depth: number): Value {
  if (typeof value !== 'object' || value === null) return value
  if (depth <= 0) throw new FatalError('nested too deep to be sorted')
  run.spend()
  if (Array.isArray(value)) {
    const list: Value[] = []
    for (const item of value) list.push(sorted(item ?? null, run, depth - 1))
    return list
  }
  if (!isMap(value)) return value
  const out: JsonObject = {}
  for (const key of sortedKeys(value)) {
    const item = get(value, key)
    if (item !== undefined) insert(out, key, typeof item === 'object' ? sorted(item, run, depth - 1) : item)
  }
  return out
}
