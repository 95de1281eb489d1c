import { isMap } from './json.ts'
import type { Value } from './json.ts'
import { get } from './object.ts'
import { parseInteger } from './number-text.ts'
import type { Run } from './run.ts'
import { TransformError } from './spec-error.ts'
import type { Match } from './walk.ts'

/** overwrite writes always, default where null or nothing stands, define where nothing stands. */
export type Mode = 'overwrite' | 'default' | 'define'

function canWriteKey(mode: Mode, value: Value | undefined): boolean {
  return mode === 'overwrite' || value === undefined || (mode === 'default' && value === null)
}

/** `size` is that of the list before it was padded: what lies beyond counts as nothing. */
function canWriteIndex(mode: Mode, list: Value[], index: number, size: number): boolean {
  if (index < 0 || size < 0) return false
  if (mode === 'overwrite' || (mode === 'define' && index < size)) return mode === 'overwrite'
  if (index >= list.length) throw new TransformError(`index ${index} out of bounds`)
  return list[index] === null
}

type Wanted = { readonly parent: Value; readonly key: string; readonly size: number; readonly mode: Mode }

/** Whether a container may be put in place of the null or nothing at a key. */
export function canCreate({ parent, key, size, mode }: Wanted): boolean {
  if (isMap(parent)) return canWriteKey(mode, get(parent, key))
  return Array.isArray(parent) && canWriteIndex(mode, parent, parseInteger(key) ?? -1, size)
}

type Target = { readonly parent: Value; readonly match: Match; readonly mode: Mode; readonly run: Run }

/** Writes where the mode allows it, and answers whether it did. Scalars have no place to write to: Java throws. */
export function setValue({ parent, match, mode, run }: Target, value: Value): boolean {
  if (isMap(parent)) {
    if (!canWriteKey(mode, get(parent, match.key))) return false
    run.put(parent, match.key, value)
    run.share(value)
    return true
  }
  if (!Array.isArray(parent) || match.size < 0) throw new TransformError('modify can not write below a scalar')
  const index = parseInteger(match.key)
  if (index === undefined) throw new TransformError(`${match.key} is no index`)
  if (!canWriteIndex(mode, parent, index, match.size)) return false
  run.set(parent, index, value)
  run.share(value)
  return true
}
