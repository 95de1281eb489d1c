import { doubleValue, kindOf } from './java-number.ts'
import { isMap, isNumber } from './json.ts'
import type { Value } from './json.ts'
import { MAX_DEPTH } from './limits.ts'
import { numberText } from './number-text.ts'
import { get, keysOf } from './object.ts'
import { FatalError } from './spec-error.ts'

/** A text equal for two values exactly when Java's `equals` holds: numbers by kind, maps without regard to order. */
export function identityText(value: Value, depth = MAX_DEPTH): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value ?? null)
  if (typeof value === 'string') return JSON.stringify(value)
  if (isNumber(value))
    return kindOf(value) === 'double'
      ? `double ${Object.is(doubleValue(value), -0) ? '-0' : doubleValue(value)}`
      : `${kindOf(value)} ${numberText(value)}`
  if (depth <= 0) throw new FatalError('nested too deep to be compared')
  if (Array.isArray(value)) return `[${value.map((item) => identityText(item, depth - 1)).join()}]`
  if (!isMap(value)) return 'array'
  const entry = (key: string): string => `${JSON.stringify(key)}:${identityText(get(value, key) ?? null, depth - 1)}`
  return `{${keysOf(value).map(entry).sort().join()}}`
}
