import type { Field } from './canonical.ts'

/** How a field looks in an export: text and integers as a string, bytes as `{ hex }`, a list as an array. */
export type FieldJson = string | null | { readonly hex: string } | readonly FieldJson[]

const HEX = /^(?:[0-9a-f]{2})*$/

export function fieldToJson(field: Field): FieldJson {
  if (field === null || typeof field === 'string') return field
  if (typeof field === 'bigint' || typeof field === 'number') return field.toString()
  if (field instanceof Uint8Array) return { hex: Buffer.from(field).toString('hex') }
  return field.map(fieldToJson)
}

/** The field that a parsed JSON value stands for, or undefined if it stands for none. */
export function fieldFromJson(value: unknown): Field | undefined {
  if (value === null || typeof value === 'string') return value
  if (Array.isArray(value)) return fieldsFromJson(value)
  if (typeof value !== 'object') return undefined
  const { hex, ...rest } = value as { hex?: unknown }
  if (typeof hex !== 'string' || !HEX.test(hex) || Object.keys(rest).length > 0) return undefined
  return Buffer.from(hex, 'hex')
}

export function fieldsFromJson(values: readonly unknown[]): readonly Field[] | undefined {
  let plain = true
  for (const value of values) if (typeof value !== 'string') plain = false
  // Most lists are text alone and need no copy: a verifier reads hundreds of thousands a second.
  if (plain) return values as readonly string[]
  const fields: Field[] = []
  for (const value of values) {
    const field = fieldFromJson(value)
    if (field === undefined) return undefined
    fields.push(field)
  }
  return fields
}
