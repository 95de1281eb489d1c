import { schemaOf, type Route } from '#kernel/http'

type Schema = Readonly<Record<string, unknown>>
/** Values for fields by name, or by operation and name (`jobs.move_clock.to`) where a name means several things. */
export type Values = Readonly<Record<string, unknown>>

/**
 * An input that a route's schema takes: what it requires, from `values` by the field's name, else made from the schema itself. Throws
 * with the field that nobody knows a value for, so that a new one is told by name.
 */
export function sampleInput({ target }: Route, values: Values): Record<string, unknown> {
  const input = filled(schemaOf(target.spec.input, 'input'), target.name, values) as Record<string, unknown>
  const { error } = target.spec.input.safeParse(input)
  if (error)
    throw new Error(
      `${target.name}: test/sample-input.ts makes ${JSON.stringify(input)}; name a value for ${error.issues.map(({ path }) => path.join('.')).join(', ')}`,
    )
  return input
}

function filled(schema: Schema, name: string, values: Values): unknown {
  const required = new Set((schema['required'] ?? []) as readonly string[])
  const fields = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>)
  const wanted = fields.filter(([field]) => required.has(field) || `${name}.${field}` in values)
  return Object.fromEntries(
    wanted.map(([field, inner]) => [field, values[`${name}.${field}`] ?? values[field] ?? made(inner, name, values)]),
  )
}

function made(schema: Schema, name: string, values: Values): unknown {
  const choices = (schema['enum'] ?? schema['anyOf'] ?? schema['oneOf']) as readonly unknown[] | undefined
  if (schema['const'] !== undefined) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  if (choices) return made(choices[0] as Schema, name, values)
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  if (type === 'object') return filled(schema, name, values)
  if (type === 'array')
    return Array.from({ length: Number(schema['minItems'] ?? 0) }, () => made((schema['items'] ?? {}) as Schema, name, values))
  if (type === 'boolean') return false
  if (type === 'null') return null
  if (type === 'integer' || type === 'number') return Math.max(1, Number(schema['minimum'] ?? 1))
  return schema['format'] === 'date' ? '2026-01-15' : 'sample'
}

/** The request line for an input: what the address names in the path, the rest in the query of a GET or in the body. */
export function requestOf(
  { method, path, params }: Route,
  input: Readonly<Record<string, unknown>>,
): { readonly target: string; readonly body?: unknown } {
  const rest = Object.entries(input).filter(([field]) => !params.includes(field))
  const url = path.replaceAll(/:(\w+)/g, (_, field: string) => encodeURIComponent(String(input[field])))
  if (method !== 'GET') return { target: `${method} ${url}`, ...(method === 'DELETE' ? {} : { body: Object.fromEntries(rest) }) }
  const query = new URLSearchParams(rest.map(([field, value]): [string, string] => [field, String(value)])).toString()
  return { target: `GET ${url}${query === '' ? '' : `?${query}`}` }
}
