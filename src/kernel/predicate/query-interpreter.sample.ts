import { RE2JS } from 're2js'
import { microsecondsOfTimestamp } from './civil.ts'
import { compareText } from './text-order.ts'

type Json = Record<string, unknown>
type Mapping = { readonly type?: string; readonly properties?: Readonly<Record<string, Mapping>> }
type Place = { readonly document: Json; readonly path: string; readonly mapping: Mapping }

/**
 * Answers a query for one document as the engine does, for tests: multi-valued fields match by any value, an empty list
 * is no value, nested documents see only themselves. Throws on a kind of query or clause it does not know.
 */
export function matchesQuery(query: Json, document: Json, mapping: Mapping): boolean {
  return score(query, { document, path: '', mapping }) > 0
}

// The score is that of constant_score and nested sums: zero is no match.
function score(query: Json, place: Place): number {
  const [kind, body] = only(query)
  const clause = body as Json
  switch (kind) {
    case 'match_all':
      return 1
    case 'match_none':
      return 0
    case 'bool':
      return bool(clause, place) ? 1 : 0
    case 'exists':
      return valuesAt(place, String(clause['field'])).length > 0 ? 1 : 0
    case 'nested':
      return nested(clause, place)
    case 'constant_score':
      return score(clause['filter'] as Json, place) > 0 ? Number(clause['boost']) : 0
    case 'function_score': {
      const inner = score(clause['query'] as Json, place)
      return inner >= Number(clause['min_score']) ? inner : 0
    }
    default:
      return leaf(kind, clause, place) ? 1 : 0
  }
}

function only(query: Json): [string, unknown] {
  const entries = Object.entries(query)
  if (entries.length !== 1) throw new Error(`a query has one kind: ${JSON.stringify(query)}`)
  return entries[0] as [string, unknown]
}

function bool(clause: Json, place: Place): boolean {
  const known = new Set(['filter', 'should', 'minimum_should_match', 'must_not'])
  for (const name of Object.keys(clause)) if (!known.has(name)) throw new Error(`unknown clause ${name}`)
  const list = (name: string): Json[] => (clause[name] ?? []) as Json[]
  const matches = (query: Json): boolean => score(query, place) > 0
  if (!list('filter').every(matches) || list('must_not').some(matches)) return false
  const should = list('should')
  return should.length === 0 || should.filter(matches).length >= Number(clause['minimum_should_match'])
}

function nested(clause: Json, place: Place): number {
  const path = String(clause['path'])
  const below = place.path === '' ? path : path.slice(place.path.length + 1)
  const mapping = mappingAt(place.mapping, below)
  if (mapping?.type !== 'nested') throw new Error(`${path} is not nested`)
  const documents = rawAt(place.document, below.split('.')).filter((each) => typeof each === 'object' && each !== null)
  const scores = documents.map((each) => score(clause['query'] as Json, { document: each as Json, path, mapping }))
  return scores.reduce((sum, each) => sum + each, 0)
}

function leaf(kind: string, clause: Json, place: Place): boolean {
  const [field, given] = only(clause)
  const type = mappingAt(place.mapping, relative(place, field))?.type
  if (type === undefined) throw new Error(`no field ${field} within ${place.path || 'the document'}`)
  const values = valuesAt(place, field).map((value) => canonical(value, type))
  switch (kind) {
    case 'term':
      return values.includes(canonical(given, type))
    case 'terms':
      return (given as unknown[]).some((each) => values.includes(canonical(each, type)))
    case 'range':
      return values.some((value) => inRange(value, given as Json, type))
    case 'prefix':
      return values.some((value) => String(value).startsWith(String((given as Json)['value'])))
    case 'wildcard':
      return values.some((value) => wildcard(String((given as Json)['value'])).testExact(String(value)))
    case 'regexp':
      return values.some((value) => RE2JS.compile(`(?s)${String((given as Json)['value'])}`).testExact(String(value)))
    default:
      throw new Error(`unknown query ${kind}`)
  }
}

function inRange(value: Value, bounds: Json, type: string): boolean {
  return Object.entries(bounds).every(([side, bound]) => {
    const order = compare(value, canonical(bound, type))
    if (side === 'gte') return order >= 0
    if (side === 'gt') return order > 0
    if (side === 'lte') return order <= 0
    if (side === 'lt') return order < 0
    throw new Error(`unknown bound ${side}`)
  })
}

type Value = bigint | number | string | boolean

function canonical(value: unknown, type: string): Value {
  switch (type) {
    case 'long': {
      const number = BigInt(value as string | number)
      if (BigInt.asIntN(64, number) !== number) throw new Error(`${number} is out of range for a long`)
      return number
    }
    case 'date_nanos':
      return microsecondsOfTimestamp(String(value)) ?? 0n
    case 'double':
      return Number(value) + 0
    default:
      return value as string | boolean
  }
}

function compare(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  return left < right ? -1 : left > right ? 1 : 0
}

function wildcard(pattern: string): RE2JS {
  const text = pattern.replaceAll(/\\([^])|([*?])|([^])/gu, (_, escaped?: string, special?: string, plain?: string) => {
    if (special !== undefined) return special === '*' ? '.*' : '.'
    return RE2JS.quote(escaped ?? plain ?? '')
  })
  return RE2JS.compile(`(?s)${text}`)
}

function relative(place: Place, field: string): string {
  if (place.path === '') return field
  if (!field.startsWith(`${place.path}.`)) throw new Error(`${field} cannot be seen from within ${place.path}`)
  return field.slice(place.path.length + 1)
}

function mappingAt(mapping: Mapping, path: string): Mapping | undefined {
  let at: Mapping | undefined = mapping
  for (const [index, name] of path.split('.').entries()) {
    // What lies in a nested document is not part of the document around it.
    if (index > 0 && at?.type === 'nested') return undefined
    at = at?.properties?.[name]
  }
  return at
}

function valuesAt(place: Place, field: string): unknown[] {
  const path = relative(place, field)
  const mapping = mappingAt(place.mapping, path)
  if (mapping === undefined) throw new Error(`no field ${field} within ${place.path || 'the document'}`)
  if (mapping.type === 'nested') return []
  const raw = rawAt(place.document, path.split('.'))
  return mapping.type === undefined ? raw.flatMap((each) => leavesOf(each, mapping)) : raw
}

// An object exists where one of its fields does.
function leavesOf(value: unknown, mapping: Mapping): unknown[] {
  if (mapping.type === 'nested' || value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((each) => leavesOf(each, mapping))
  if (mapping.properties === undefined) return [value]
  return Object.entries(mapping.properties).flatMap(([name, field]) => leavesOf((value as Json)[name], field))
}

function rawAt(value: unknown, path: readonly string[]): unknown[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((each) => rawAt(each, path))
  const [first, ...rest] = path
  return first === undefined ? [value] : rawAt((value as Json)[first], rest)
}
