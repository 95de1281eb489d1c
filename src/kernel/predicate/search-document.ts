import { typeOfFields, type Fields, type ObjectType, type ScalarKind, type Type } from './fields.ts'
import type { Constant } from './node.ts'
import { readerOf } from './row-value.ts'

type Document = Record<string, unknown>

/**
 * The document of a row as `search()` expects it in the index: values of declared fields only, integers beyond 2^53 as
 * digits, durations as microseconds, and under `shape` what the index would forget: the size of each list, which objects
 * are there, and which lists hold a null.
 */
export function searchDocument(row: { readonly [field: string]: unknown }, fields: Fields): Document {
  return objectDocument(row, typeOfFields(fields))
}

type Shape = { readonly size: Document; readonly objects: string[]; readonly nulls: string[] }

function objectDocument(value: unknown, type: ObjectType): Document {
  const shape: Shape = { size: {}, objects: [], nulls: [] }
  const document = fieldsDocument(value, type, { shape, path: [], size: shape.size })
  return { ...document, shape: { size: shape.size, objects: shape.objects, nulls: shape.nulls } }
}

type Place = { readonly shape: Shape; readonly path: readonly string[]; readonly size: Document }

function fieldsDocument(value: unknown, type: ObjectType, place: Place): Document {
  const document: Document = {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return document
  for (const [name, field] of type.fields) {
    const each = (value as Document)[name]
    const made = valueDocument(each, field, { ...place, path: [...place.path, name] })
    if (made !== undefined) document[name] = made
  }
  return document
}

function valueDocument(value: unknown, type: Type, place: Place): unknown {
  const name = place.path.at(-1) ?? ''
  if (type.kind === 'list') {
    if (!Array.isArray(value)) return undefined
    place.size[name] = value.length
    const { of } = type
    if (of.kind === 'object') return value.map((each) => objectDocument(each, of))
    const elements = value.map((each) => scalarDocument(each, of))
    if (elements.includes(undefined)) place.shape.nulls.push(place.path.join('.'))
    return elements.filter((each) => each !== undefined)
  }
  if (type.kind !== 'object') return scalarDocument(value, type)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  place.shape.objects.push(place.path.join('.'))
  const size: Document = {}
  place.size[name] = size
  return fieldsDocument(value, type, { ...place, size })
}

function scalarDocument(value: unknown, type: Type): unknown {
  const read: Constant = readerOf(type)(value)
  if (read === null) return undefined
  if (type.kind === 'timestamp') return value instanceof Date ? value.toISOString() : value
  return typeof read === 'bigint' ? String(read) : read
}

const mappings: Readonly<Record<ScalarKind, Document>> = {
  int: { type: 'long' },
  double: { type: 'double' },
  bool: { type: 'boolean' },
  string: { type: 'keyword' },
  date: { type: 'date', format: 'strict_date' },
  timestamp: { type: 'date_nanos' },
  duration: { type: 'long' },
}

/** The mapping of an index for documents of `searchDocument`; times lie between 1970 and 2262, as date_nanos does. */
export function searchMapping(fields: Fields): Document {
  return objectMapping(typeOfFields(fields))
}

function objectMapping(type: ObjectType): Document {
  const shape = { properties: { size: sizeMapping(type), objects: { type: 'keyword' }, nulls: { type: 'keyword' } } }
  return { dynamic: 'strict', properties: { ...fieldMappings(type), shape } }
}

function fieldMappings(type: ObjectType): Document {
  return Object.fromEntries([...type.fields].map(([name, field]) => [name, fieldMapping(field)]))
}

function fieldMapping(type: Type): Document {
  switch (type.kind) {
    case 'list':
      return type.of.kind === 'object' ? { type: 'nested', ...objectMapping(type.of) } : fieldMapping(type.of)
    case 'object':
      return { properties: fieldMappings(type) }
    case 'null':
      return {}
    default:
      return mappings[type.kind]
  }
}

function sizeMapping(type: ObjectType): Document {
  const properties: Document = {}
  for (const [name, field] of type.fields) {
    if (field.kind === 'list') properties[name] = { type: 'long' }
    if (field.kind === 'object') properties[name] = sizeMapping(field)
  }
  return { properties }
}
