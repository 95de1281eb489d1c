import { isMap } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { get, insert, keysOf, mayBeOdd } from './object.ts'
import type { Run } from './run.ts'
import { FatalError } from './spec-error.ts'

// Below this many keys, putting each in its place is quicker than a sort that asks back.
const FEW_KEYS = 12
const TILDE = 126
const UNITS = 65_536

/** Java's order of keys in `sort`: those with a tilde in front first, else by UTF-16 unit. */
function before(a: string, b: string): number {
  const tilde = Number(b.charCodeAt(0) === TILDE) - Number(a.charCodeAt(0) === TILDE)
  return tilde !== 0 ? tilde : a < b ? -1 : a > b ? 1 : 0
}

/** A number that orders most keys: the first two units, and less than nothing for a tilde. */
function rankOf(key: string): number {
  const { length } = key
  if (length === 0) return 0
  const first = key.charCodeAt(0)
  return (first === TILDE ? -1 : first) * UNITS + (length === 1 ? 0 : key.charCodeAt(1))
}

const ranks: number[] = Array.from({ length: FEW_KEYS }, () => 0)

function sortedKeys(map: JsonObject): string[] {
  const keys = keysOf(map).slice()
  if (keys.length > FEW_KEYS) return keys.sort(before)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? ''
    const rank = rankOf(key)
    let at = i
    for (; at > 0; at--) {
      const other = ranks[at - 1] ?? 0
      if (other < rank || (other === rank && before(keys[at - 1] ?? '', key) <= 0)) break
      keys[at] = keys[at - 1] ?? ''
      ranks[at] = other
    }
    keys[at] = key
    ranks[at] = rank
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
  let careful = false
  for (const key of sortedKeys(value)) {
    careful ||= mayBeOdd(key)
    const item = careful ? get(value, key) : value[key]
    if (item === undefined) continue
    const made = typeof item === 'object' ? sorted(item, run, depth - 1) : item
    if (careful) insert(out, key, made)
    else out[key] = made
  }
  return out
}
