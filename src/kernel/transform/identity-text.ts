import { Budget } from './budget.ts'
import { doubleValue, kindOf } from './java-number.ts'
import { isMap, isNumber } from './json.ts'
import type { JsonObject, Value } from './json.ts'
import { numberText } from './number-text.ts'
import { get, keysOf } from './object.ts'

/** A text equal for two values exactly when Java's `equals` holds: numbers by kind, maps without regard to order. */
export function identityText(value: Value, budget = new Budget()): string {
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
