import { limits } from './limits.ts'

/** What a caller declares: the kind of each field a predicate may read. */
export type FieldKind =
  | 'int'
  | 'money'
  | 'double'
  | 'bool'
  | 'string'
  | 'date'
  | 'timestamp'
  | 'duration'
  | { readonly enum: readonly string[] }
  | { readonly list: FieldKind }
  | { readonly object: Fields }

export type Fields = { readonly [name: string]: FieldKind }

export type ScalarKind = 'int' | 'double' | 'bool' | 'string' | 'date' | 'timestamp' | 'duration'

/** A declared kind made uniform: money is an int, an enumeration is text with a closed list of values. */
export type Type =
  | { readonly kind: ScalarKind; readonly values?: readonly string[] }
  | { readonly kind: 'list'; readonly of: Type }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Type> }
  | { readonly kind: 'null' }

export type ObjectType = Extract<Type, { kind: 'object' }>

const scalars: ReadonlyMap<string, ScalarKind> = new Map<string, ScalarKind>([
  ['int', 'int'],
  ['money', 'int'],
  ['double', 'double'],
  ['bool', 'bool'],
  ['string', 'string'],
  ['date', 'date'],
  ['timestamp', 'timestamp'],
  ['duration', 'duration'],
])

const namePattern = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/

/** Makes the declarations uniform, or throws a TypeError that names the field at fault (the caller's bug, not a user's). */
export function typeOfFields(fields: Fields): ObjectType {
  const count = { left: limits.fieldCount }
  return objectType(fields, '', count)
}

function objectType(fields: Fields, path: string, count: { left: number }): ObjectType {
  if (path.split('.').length > limits.fieldDepth) throw new TypeError(`field ${path} is nested deeper than ${limits.fieldDepth}`)
  const types = new Map<string, Type>()
  for (const [name, kind] of Object.entries(fields)) {
    const full = path === '' ? name : `${path}.${name}`
    if (count.left-- <= 0) throw new TypeError(`more than ${limits.fieldCount} fields`)
    // A name that every object inherits would read the prototype where a row lacks the field.
    if (!namePattern.test(name) || name in Object.prototype || name === 'prototype') throw new TypeError(`${full} cannot be a field's name`)
    types.set(name, typeOf(kind, full, count))
  }
  return { kind: 'object', fields: types }
}

function typeOf(kind: FieldKind, path: string, count: { left: number }): Type {
  if (typeof kind === 'string') {
    const scalar = scalars.get(kind)
    if (scalar === undefined) throw new TypeError(`field ${path} has the unknown kind ${kind}`)
    return { kind: scalar }
  }
  if (typeof kind !== 'object' || kind === null) throw new TypeError(`field ${path} has an unknown kind`)
  if ('enum' in kind) {
    if (!Array.isArray(kind.enum) || kind.enum.length === 0 || kind.enum.some((value) => typeof value !== 'string'))
      throw new TypeError(`field ${path}: an enumeration is a list of at least one text`)
    return { kind: 'string', values: [...kind.enum] }
  }
  if ('list' in kind) {
    const of = typeOf(kind.list, path, count)
    if (of.kind === 'list') throw new TypeError(`field ${path}: a list of lists cannot be indexed; make it a list of objects`)
    return { kind: 'list', of }
  }
  if ('object' in kind) return objectType(kind.object, path, count)
  throw new TypeError(`field ${path} has an unknown kind`)
}

/** The type as an error message names it. */
export function describe(type: Type): string {
  switch (type.kind) {
    case 'list':
      return `list of ${describe(type.of)}`
    case 'string':
      return type.values === undefined ? 'string' : 'enumeration'
    default:
      return type.kind
  }
}
