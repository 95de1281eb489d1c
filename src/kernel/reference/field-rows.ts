/** A JSON Schema, as zod writes it. */
export type Schema = Readonly<Record<string, unknown>>

/** A field of an input or answer as a line of a table; `name` is a path such as `legs[].amount`. */
export interface FieldRow {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly limits: string
}

/** Deeper than this and a table no longer explains anything. */
const depthMax = 6

/** The fields of an object's schema, those of objects inside it following theirs. */
export function fieldRows(schema: Schema, prefix = '', depth = 0): readonly FieldRow[] {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>
  const required = (schema['required'] ?? []) as readonly string[]
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`
    const row = { name: path, type: typeText(field), required: required.includes(name), limits: limitsOf(field) }
    const inner = depth < depthMax ? innerOf(field) : undefined
    return [row, ...(inner ? fieldRows(inner.schema, `${path}${inner.suffix}.`, depth + 1) : [])]
  })
}

/** The object inside a field: itself, an array's item, a value that may be null, a record's value. */
function innerOf(field: Schema): { readonly schema: Schema; readonly suffix: string } | undefined {
  if (field['properties'] !== undefined) return { schema: field, suffix: '' }
  const items = field['items'] as Schema | undefined
  if (items !== undefined) {
    const inner = innerOf(items)
    return inner ? { schema: inner.schema, suffix: `[]${inner.suffix}` } : undefined
  }
  const choices = ((field['anyOf'] ?? field['oneOf'] ?? []) as readonly Schema[]).map(innerOf).filter((one) => one !== undefined)
  return choices.length === 1 ? choices[0] : undefined
}

function typeText(field: Schema): string {
  if (Array.isArray(field['enum'])) return field['enum'].map((value) => JSON.stringify(value)).join(' or ')
  if (field['const'] !== undefined) return JSON.stringify(field['const'])
  const choices = (field['anyOf'] ?? field['oneOf']) as readonly Schema[] | undefined
  if (choices) return [...new Set(choices.map(typeText))].join(' or ')
  if (field['type'] === 'array') return `list of ${typeText((field['items'] ?? {}) as Schema)}`
  const { format, type } = field
  if (typeof format === 'string') return format
  if (Array.isArray(type)) return type.join(' or ')
  return typeof type === 'string' ? type : 'any'
}

const bounds: readonly (readonly [keyword: string, words: (value: string) => string])[] = [
  ['minimum', (value) => `≥ ${value}`],
  ['exclusiveMinimum', (value) => `> ${value}`],
  ['maximum', (value) => `≤ ${value}`],
  ['exclusiveMaximum', (value) => `< ${value}`],
  ['minLength', (value) => `at least ${value} characters`],
  ['maxLength', (value) => `at most ${value} characters`],
  ['minItems', (value) => `at least ${value}`],
  ['maxItems', (value) => `at most ${value}`],
  ['pattern', (value) => `matches \`${value}\``],
  ['default', (value) => `\`${value}\` unless given`],
]

function limitsOf(field: Schema): string {
  const own = bounds.flatMap(([keyword, words]) => {
    const value = field[keyword]
    // What any integer of JavaScript is bounded by says nothing about this one.
    if (value === undefined || Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER) return []
    return [words(typeof value === 'string' ? value : JSON.stringify(value))]
  })
  // A format with its pattern says the same thing twice, at length.
  const told = field['format'] === undefined ? own : own.filter((text) => !text.startsWith('matches'))
  const description = typeof field['description'] === 'string' ? [field['description']] : []
  const items =
    field['items'] === undefined ? [] : [limitsOf(field['items'] as Schema)].filter((text) => text !== '').map((text) => `each ${text}`)
  return [...description, ...told, ...items].join(', ')
}
