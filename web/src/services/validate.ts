import type { Schema } from '#services/schema.ts'

export type Values = Readonly<Record<string, unknown>>
export type FieldErrors = Readonly<Record<string, string>>

const sayBounds = (schema: Schema, show: (n: number) => string, value: number): string | undefined => {
  if (schema.minimum !== undefined && value < schema.minimum) return `At least ${show(schema.minimum)}.`
  if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) return `More than ${show(schema.exclusiveMinimum)}.`
  if (schema.maximum !== undefined && value > schema.maximum) return `At most ${show(schema.maximum)}.`
  return undefined
}

const sayText = (schema: Schema, value: string): string | undefined => {
  if (schema.minLength !== undefined && value.length < schema.minLength)
    return schema.minLength === 1 ? 'Fill this in.' : `At least ${schema.minLength} characters.`
  if (schema.maxLength !== undefined && value.length > schema.maxLength) return `At most ${schema.maxLength} characters.`
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) return schema.description ?? 'Not in the expected form.'
  return undefined
}

const sayField = (schema: Schema, value: unknown, show: (n: number) => string): string | undefined => {
  if (schema.enum && !schema.enum.includes(value)) return 'Choose one.'
  if (typeof value === 'number') return Number.isFinite(value) ? sayBounds(schema, show, value) : 'Write a number.'
  if (typeof value === 'string') return sayText(schema, value)
  return undefined
}

/** Judges what was typed by the operation's own schema, one sentence a field; the server remains the judge. */
export const validate = (schema: Schema, values: Values, show: Readonly<Record<string, (n: number) => string>> = {}): FieldErrors => {
  const errors: Record<string, string> = {}
  for (const name of schema.required ?? []) if (values[name] === undefined || values[name] === '') errors[name] = 'Fill this in.'
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const value = values[name]
    if (value === undefined || errors[name]) continue
    const said = sayField(field, value, show[name] ?? String)
    if (said) errors[name] = said
  }
  return errors
}
