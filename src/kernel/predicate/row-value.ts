import { isDate, microsecondsOfSeconds, microsecondsOfTimestamp } from './civil.ts'
import type { Type } from './fields.ts'
import { integerOf, readInteger } from './integer.ts'
import type { Constant } from './node.ts'

/** How a row's value is read for its declared type; what is missing, null or of another shape is null: unknown. */
export function readerOf(type: Type): (value: unknown) => Constant {
  switch (type.kind) {
    case 'int':
      return readInteger
    case 'double':
      return (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null)
    case 'bool':
      return (value) => (typeof value === 'boolean' ? value : null)
    case 'string':
      return (value) => (typeof value === 'string' ? value : null)
    case 'date':
      return (value) => (typeof value === 'string' && isDate(value) ? value : null)
    case 'timestamp':
      return readTimestamp
    case 'duration':
      return (value) => (typeof value === 'string' ? canonical(microsecondsOfSeconds(value)) : null)
    default:
      return () => null
  }
}

function readTimestamp(value: unknown): Constant {
  if (typeof value === 'string') return canonical(microsecondsOfTimestamp(value))
  return value instanceof Date && !Number.isNaN(value.getTime()) ? canonical(BigInt(value.getTime()) * 1_000n) : null
}

function canonical(value: bigint | null): Constant {
  return value === null ? null : integerOf(value)
}

/** The value at a path of names, without its type: undefined where something on the way is no object. */
export function valueAt(base: unknown, names: readonly string[]): unknown {
  let value = base
  for (const name of names) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}
